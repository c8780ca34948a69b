"""The master secret is changed while people sign in: everybody is found throughout, and the old secret is not needed after it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from pydantic import SecretStr

from smilero_core.db.database import Database
from smilero_core.db.driver import Connection
from smilero_core.db.session import Session
from smilero_core.db.settings import DatabaseSettings
from smilero_core.identity.codes import LinkState, SignInCodes, Verdict
from smilero_core.identity.factors import Factors
from smilero_core.identity.for_plugins import PluginPeople
from smilero_core.identity.helpers import Helpers, Leave
from smilero_core.identity.invitations import Invitations, Invitee
from smilero_core.identity.outside.attempts import Attempts, new_attempt
from smilero_core.identity.outside.kinds import ISSUERS, Kind
from smilero_core.identity.outside.logins import OutsideLogins
from smilero_core.identity.outside.providers import Choice, Providers
from smilero_core.identity.people import NewPerson, People
from smilero_core.identity.rotation import BATCH, SEALED, SETTINGS, Rotation
from smilero_core.identity.tickets import Tickets
from smilero_core.identity.totp import new_secret
from smilero_core.identity.vault import ATTEMPT_PROVED, LostKeyError, Vault
from smilero_core.messaging.channels import NoChannel
from smilero_core.messaging.security import SecurityMessages
from smilero_core.plugins.approval_rows import Approvals, Asker, Body, Command, Told
from smilero_core.plugins.chosen import ChosenSettings
from smilero_sdk.errors import Problem
from smilero_sdk.roles import Lent, Role
from smilero_sdk.settings import Settings
from tests.conftest import LookedAt
from tests.support.cluster import connected
from tests.support.commands import Done, smilero
from tests.support.foundations import Foundation, found

PHONE, NEWCOMER, INVITED = "010-5555-7777", "010-5555-8888", "010-5555-9999"
NEW = "2:another"
SUBJECT, SECRET = "subject", new_secret()


class Gate(Settings):
    """A plugin's settings with a secret."""

    token: SecretStr = SecretStr("")
    colour: str = "red"


@dataclass(frozen=True)
class Office:
    """A foundation with something in every sealed column, sealed with the first secret.

    Attributes:
        old, both, new: the vaults before, during and after the change.
    """

    settings: DatabaseSettings
    database: Database
    admin: Connection
    foundation: Foundation
    old: Vault
    both: Vault
    new: Vault

    async def person(self, vault: Vault, phone: str) -> UUID | None:
        async with self.database.unit(self.foundation.id) as unit:
            return await People(Session(unit), self.foundation.id, vault).by_phone(phone)

    async def ensure(self, vault: Vault, *phones: str) -> list[UUID]:
        async with self.database.unit(self.foundation.id) as unit:
            new = [NewPerson(phone, "", ((Role.CUSTOMER, None),)) for phone in phones]
            return await People(Session(unit), self.foundation.id, vault).ensure(new)

    async def run(self, vault: Vault, *, most: int | None = None) -> int:
        """Rotate; killed after so many batches."""
        batches = 0

        def told(_: int) -> None:
            nonlocal batches
            batches += 1
            if batches == most:
                raise KeyboardInterrupt

        return await Rotation(self.database, vault, self.foundation.id).run(told)

    async def left(self, vault: Vault) -> dict[str, int]:
        return {one.column: one.old for one in await Rotation(self.database, vault, self.foundation.id).left()}


@pytest.fixture
async def office(own_database: DatabaseSettings) -> AsyncIterator[Office]:
    secret = own_database.secret_key.get_secret_value()
    old = Vault(secret)
    async with Database(own_database) as database, connected(own_database.database_url) as admin:
        foundation = await found(database, old, "seongnam")
        async with database.unit(foundation.id) as unit:
            session = Session(unit)
            await People(session, foundation.id, old).ensure([NewPerson(PHONE, "박순이", ((Role.CUSTOMER, None),))])
            invitee = Invitee(INVITED, "김점원", Role.CLERK, foundation.shop)
            await Invitations(session, foundation.id, old).invite(invitee, foundation.people["owner"])
            await SecurityMessages(database, old, NoChannel()).intend(session, foundation.id, "+821055557777", "identity.code", "인증번호")
            await Tickets(session, foundation.id, old).issue("go on", {"path": "/"})
            await ChosenSettings(old, foundation.id, "gate").keep(session, None, Gate(token=SecretStr("비밀")))
            await seal_the_rest(session, foundation, old)
        yield Office(own_database, database, admin, foundation, old, Vault(NEW, f"1:{secret}"), Vault(NEW))


async def seal_the_rest(session: Session, foundation: Foundation, vault: Vault) -> None:
    """A leave to help, an authenticator app, a login outside and one on its way."""
    tenant, merchant = foundation.id, foundation.people["merchant"]
    await Helpers(session, tenant, vault).ask(a_leave(foundation), NEWCOMER, "daughter")
    await Factors(session, tenant, vault).set_app(merchant, SECRET, 0)
    choice = Choice("네이버", "client secret", own_callback=False, enabled=True)
    provider = await Providers(session, tenant, vault).add(Kind.NAVER, ISSUERS[Kind.NAVER], "client", choice)
    await OutsideLogins(session, tenant, vault).link(provider, SUBJECT, merchant)
    state = Attempts.new_state(tenant)
    made = new_attempt(provider, "", "http://seongnam.localhost", "/")
    await Attempts(session, tenant, vault).begin(state, "browser", made, own_callback=False)
    await session.execute("update core.outside_attempt set proved_sealed = $1", vault.seal(tenant, ATTEMPT_PROVED, "{}"))
    command = Command("gate", "gate.open", "x", "gate.open", Body(form={"colour": "red"}), Told("gate.said"), "ko")
    await Approvals(session, foundation.id, vault).keep(command, Asker(foundation.people["owner"], Role.OWNER))


def a_leave(foundation: Foundation) -> Leave:
    """The merchant's, to look, until tomorrow."""
    return Leave(foundation.people["merchant"], foundation.shop, Lent.LOOK, datetime.now(UTC) + timedelta(days=1))


async def test_every_sealed_column_is_on_the_list(admin: Connection, looked_at: LookedAt) -> None:
    """A column that is forgotten here cannot be opened any more once the old secret is gone."""
    rows = await admin.fetch(
        """
        select table_schema as schema, table_name as table, column_name as column from information_schema.columns
        where table_schema ~ '^(core|plugin_.*)$' and data_type = 'bytea' and column_name ~ '_(sealed|index)$'
        """
    )
    there = {f"{row['schema']}.{row['table']}.{row['column']}" for row in rows}
    listed = {f"core.{one.label}" for one in SEALED} | {f"core.{one.table}.{index.column}" for one in SEALED for index in one.indexes}
    looked_at("sealed and index columns", there)
    assert there == listed
    assert len({one.label for one in SEALED}) == len(SEALED)


async def test_after_the_change_the_new_secret_opens_and_finds_everything(office: Office, looked_at: LookedAt) -> None:
    before = await office.left(office.both)
    looked_at("columns with something to seal anew", [name for name, count in before.items() if count])
    assert {name for name, count in before.items() if not count} == {"sign_in_code.phone_sealed"}  # shown below
    with pytest.raises(LostKeyError):
        await office.run(office.new)
    assert await office.run(office.both) == sum(before.values())
    assert set((await office.left(office.new)).values()) == {0}
    assert await office.run(office.new) == 0
    assert await office.person(office.new, PHONE) is not None
    assert await office.person(office.old, PHONE) is None
    async with office.database.unit(office.foundation.id) as unit:
        session, tenant = Session(unit), office.foundation.id
        found = await PluginPeople(session, tenant, office.new).by_tail(PHONE[-4:])
        assert [person.name for person in found] == ["박순이"]
        waiting = await Invitations(session, tenant, office.new).waiting(office.foundation.shop)
        assert [one.tail for one in waiting] == [INVITED[-4:]]
        assert (await ChosenSettings(office.new, tenant, "gate").of_shop(Gate, session, office.foundation.shop)).colour == "red"
        chosen = ChosenSettings(office.new, tenant, "gate")
        assert chosen.of(Gate, await chosen.read(session, None)).token.get_secret_value() == "비밀"
        ticket = await session.fetch_row("select held_sealed from core.ticket")
        assert ticket
        assert office.new.open(tenant, "ticket go on", ticket["held_sealed"]) == '{"path": "/"}'
        provider = await session.fetch_value("select id from core.outside_provider")
        assert isinstance(provider, UUID)
        assert await OutsideLogins(session, tenant, office.new).person(provider, SUBJECT) == office.foundation.people["merchant"]
        assert await Factors(session, tenant, office.new).code_now(office.foundation.people["merchant"], datetime.now(UTC))
        kept = await session.fetch_value("select id from core.approval")
        assert isinstance(kept, UUID)
        assert (await Approvals(session, tenant, office.new).one(kept)).sound
        # The number is found: it has a leave of hers already.
        assert await Helpers(session, tenant, office.new).ask(a_leave(office.foundation), NEWCOMER, "daughter") is None
        message = await session.fetch_row(
            "select * from core.message where recipient_index = $1", office.new.index(tenant, "phone", "+821055557777")
        )
        assert message
    [shown] = await SecurityMessages(office.database, office.new, NoChannel()).latest(office.foundation.id, 10)
    assert (shown.to, shown.body) == ("+821055557777", "인증번호")


async def test_a_killed_change_goes_on_and_people_are_found_meanwhile(office: Office, looked_at: LookedAt) -> None:
    crowd = [f"010-6000-{number:04}" for number in range(BATCH + 20)]
    ids = await office.ensure(office.old, *crowd)
    with pytest.raises(KeyboardInterrupt):
        await office.run(office.both, most=1)
    half = (await office.left(office.both))["person.phone_sealed"]
    assert 0 < half < len(crowd) + 10
    # The change is half done: old rows and new ones are found alike, and nobody is made twice.
    for vault in (office.both, Vault(office.settings.secret_key.get_secret_value(), NEW)):
        assert [await office.person(vault, phone) for phone in (crowd[0], crowd[-1])] == [ids[0], ids[-1]]
        assert await office.ensure(vault, *crowd) == ids
    [newcomer] = await office.ensure(office.both, NEWCOMER)
    assert await office.ensure(Vault(office.settings.secret_key.get_secret_value(), NEW), NEWCOMER) == [newcomer]
    await office.run(office.both)
    assert [await office.person(office.new, phone) for phone in crowd] == ids
    assert await office.person(office.new, NEWCOMER) == newcomer
    looked_at("people found after the change", crowd)


async def test_two_processes_with_another_current_secret_make_one_person(office: Office) -> None:
    """Both insert at once: without the lock each would find nobody, and add a row under its own index."""
    mixed = Vault(office.settings.secret_key.get_secret_value(), NEW)
    for number in range(8):
        phone = f"010-7000-{number:04}"
        first, second = await asyncio.gather(office.ensure(office.both, phone), office.ensure(mixed, phone))
        assert first == second
    assert await office.admin.fetchval("select count(*) from core.person where name = ''") == 8


async def test_a_code_and_an_invitation_from_before_are_good_during_the_change(office: Office) -> None:
    async with office.database.unit(office.foundation.id) as unit:
        session = Session(unit)
        issued = await SignInCodes(session, office.foundation.id, office.old).issue(NEWCOMER, "phone")
        codes = SignInCodes(session, office.foundation.id, office.both)
        assert await codes.pending_phone("phone") == issued.phone
        assert await codes.link_state("phone", issued.link) is LinkState.OPEN
        assert (await codes.verify("phone", issued.code)).verdict is Verdict.RIGHT
        invitee = Invitee(INVITED, "김점원", Role.CLERK, office.foundation.shop)
        assert await Invitations(session, office.foundation.id, office.both).invite(invitee, office.foundation.people["owner"]) is None
    assert (await office.left(office.both))["sign_in_code.phone_sealed"] == 1
    await office.run(office.both)
    assert set((await office.left(office.new)).values()) == {0}


@pytest.mark.parametrize(("secret", "old"), [("2:a", "2:b"), ("a", "1:b"), ("0:a", ""), ("2:a", "256:b")])
def test_numbers_that_are_none_or_given_twice_are_refused(secret: str, old: str) -> None:
    with pytest.raises(Problem) as refused:
        Vault(secret, old)
    assert refused.value.code == "identity.secret_keys"


def test_a_secret_without_a_number_is_the_first() -> None:
    tenant = UUID(int=7)
    sealed = Vault("a secret, with 1: in it").seal(tenant, "x", "값")
    assert sealed[0] == 1
    assert Vault("3:c,d", "1:a secret, with 1: in it,2:b").open(tenant, "x", sealed) == "값"


async def test_the_command(office: Office) -> None:
    url = {
        "SMILERO_DATABASE_OWNER_URL": office.settings.owner(),
        "SMILERO_DATABASE_APP_URL": office.settings.app(),
        "SMILERO_DATABASE_PLATFORM_URL": office.settings.platform(),
    }
    old = f"1:{office.settings.secret_key.get_secret_value()}"

    async def keys(*arguments: str, old: str = "") -> Done:
        secrets = {"SMILERO_SECRET_KEY": NEW, "SMILERO_SECRET_KEYS_OLD": old}
        return await asyncio.to_thread(smilero, "keys", *arguments, **url, **secrets)

    told = await keys("status", "--json", old=old)
    assert sum(one["old"] for one in told.json) > 5
    assert SETTINGS in {one["column"] for one in told.json}
    lost = await keys("rotate")
    assert lost.code == 1
    assert "cli.keys.lost" in lost.err
    assert (await keys("rotate", old=old)).code == 0
    assert sum(one["old"] for one in (await keys("status", "--json")).json) == 0
    assert await office.person(office.new, PHONE) is not None
