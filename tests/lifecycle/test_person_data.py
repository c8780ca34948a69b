"""What is stored about a person is handed over whole, and blanked everywhere or nowhere."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import UUID
from zipfile import ZipFile

import pytest

from smilero_core.db.session import Session
from smilero_core.db.settings import DatabaseSettings
from smilero_core.identity.bearers import bearer_of
from smilero_core.identity.codes import SignInCodes
from smilero_core.identity.factors import Factors
from smilero_core.identity.people import NewPerson, People
from smilero_core.identity.personal import PersonalData
from smilero_core.identity.sessions import open_session, signed_in
from smilero_core.identity.tokens import create_token
from smilero_core.identity.totp import new_secret
from smilero_core.messaging.channels import NoChannel
from smilero_core.messaging.security import SecurityMessages
from smilero_core.plugins.context import Context, HostServices
from smilero_core.plugins.gate import TenantPlugins
from smilero_core.plugins.host import PluginHost
from smilero_core.plugins.person_data import KEPT, erase, export
from smilero_core.tenancy.directory import TenantDirectory
from smilero_sdk.answers import Kept, PersonSection
from smilero_sdk.context import Actor, TenantContext
from smilero_sdk.errors import Problem
from smilero_sdk.hooks import hookimpl
from smilero_sdk.ids import uuid7
from smilero_sdk.manifest import DataClass, Plugin
from smilero_sdk.roles import Role
from tests.conftest import LookedAt
from tests.lifecycle.conftest import House, opened

HOST = PluginHost.discover()
NAME, PHONE = "남궁서리", "010-3456-7812"
COUPON = {"kind": "won", "value": 1000, "stock": 10, "per_person": 5}


class Shelf:
    """A plugin's hooks that keep something, or fail, or answer with rubbish."""

    def __init__(self, exported: object = None, erased: object = None) -> None:
        self.exported, self.erased = exported or [], erased or []

    @hookimpl
    async def provide_person_export(self, ctx: TenantContext, person_id: UUID) -> list[PersonSection]:
        del ctx, person_id
        if isinstance(self.exported, Exception):
            raise self.exported
        return self.exported  # type: ignore[return-value]  # rubbish too

    @hookimpl
    async def provide_person_erasure(self, ctx: TenantContext, person_id: UUID) -> list[Kept]:
        del ctx, person_id
        if isinstance(self.erased, Exception):
            raise self.erased
        return self.erased  # type: ignore[return-value]  # rubbish too


@pytest.fixture(scope="module")
async def house(settings: DatabaseSettings) -> AsyncIterator[House]:
    async with opened(settings, HOST) as house:
        yield house


@dataclass(frozen=True)
class Somebody:
    """A customer with everything that one can have.

    Attributes:
        traces: by which one could be recognised.
    """

    house: House
    id: UUID
    session: str
    token: str
    traces: list[str]

    @asynccontextmanager
    async def core(self, *hooks: Shelf, off: bool = False, read_only: bool = False) -> AsyncIterator[Context]:
        """The core's context at the first foundation, with further plugins."""
        more = [
            Plugin(f"shelf{number}", "tests", {"ko": f"선반{number}"}, {"ko": "선반"}, "1", one, data_classes=(DataClass.PERSONAL,))
            for number, one in enumerate(hooks)
        ]
        services: HostServices = replace(self.house.services, host=PluginHost([*HOST.plugins.values(), *more]))
        tenant = await TenantDirectory(self.house.database, "localhost").by_slug("seongnam")
        assert tenant
        async with self.house.database.unit(tenant.id, read_only=read_only) as unit:
            plugins = TenantPlugins() if off else await services.gate.read(Session(unit))
            yield Context(tenant, "ko", unit, services, plugins)

    async def found(self) -> list[str]:
        """Where any trace is, in any column of any table."""
        rows = await self.house.admin.fetch(
            """select oid::regclass::text as name from pg_class
               where relkind = 'r' and relnamespace::regnamespace::text ~ '^(core|plugin_.*)$'"""
        )
        return [
            f"{row['name']}: {trace}"
            for row in rows
            for trace in self.traces
            if await self.house.admin.fetchval(f"select true from {row['name']} t where strpos(t::text, $1) > 0 limit 1", trace)  # noqa: S608 - names from the catalogue
        ]


@pytest.fixture
async def somebody(house: House) -> AsyncIterator[Somebody]:
    """With roles, a session, a token, codes, messages, a kept answer, a trace in a failure, and coupons taken and used."""
    foundation = house.foundations[0]
    messages = SecurityMessages(house.database, house.vault, NoChannel())
    async with house.database.unit(foundation.id) as unit:
        session = Session(unit)
        people = People(session, foundation.id, house.vault)
        [person] = await people.ensure([NewPerson(PHONE, NAME, ((Role.CUSTOMER, None), (Role.CLERK, foundation.shop)))])
        cookie, token = await open_session(session, person), await create_token(session, person, Role.CUSTOMER)
        issued = await SignInCodes(session, foundation.id, house.vault).issue(PHONE, "phone")
        await messages.intend(session, foundation.id, issued.phone, "identity.code", f"인증번호 {issued.code}")
        row = await session.fetch_row("select * from core.person where id = $1", person)
    assert row
    await house.admin.execute(
        """insert into core.idempotency (tenant_id, id, caller, operation, key, request_hash, status, content_type, body)
           values ($1, $2, 'customer:' || $3::text, 'x', 'k', '', 200, '', convert_to($4, 'utf8'))""",
        *(foundation.id, uuid7(), str(person), NAME),
    )
    await house.admin.execute(
        "insert into core.plugin_failure (tenant_id, id, plugin, hook, error, trace) values ($1, $2, 'coupons', 'h', $3, $4)",
        *(foundation.id, uuid7(), f"no {NAME}", f"at {PHONE}"),
    )
    sealed = [row[name].hex() for name in ("phone_sealed", "phone_index", "phone_tail_index")]
    traces = [NAME, NAME.encode().hex(), PHONE, PHONE.replace("-", ""), issued.phone, *sealed]
    made = Somebody(house, person, cookie, token, traces)
    await take_coupons(made)
    yield made
    async with made.core() as context:
        await erase(context, person)
    await house.admin.execute("delete from core.plugin_failure")


async def take_coupons(somebody: Somebody) -> None:
    """One used, one not, through the plugin's own API handlers."""
    house, foundation = somebody.house, somebody.house.foundations[0]
    handlers = {operation.handler.__name__: operation for operation in HOST.apis["coupons"]}
    async with somebody.core() as context:
        ctx = replace(
            context, plugin="coupons", caller=Actor(Role.MERCHANT, house.foundations[0].people["merchant"], frozenset({foundation.shop}))
        )
        wanted = handlers["create_campaign"].body
        assert wanted
        body = wanted(shop_id=foundation.shop, ends_at=datetime.now(UTC) + timedelta(days=1), **COUPON)
        campaign = await handlers["create_campaign"].handler(ctx, body)
        mine = replace(ctx, caller=Actor(Role.CUSTOMER, somebody.id))
        first, _ = [await handlers["claim_coupon"].handler(mine, campaign.id) for _ in range(2)]
        used = handlers["redeem_coupon"].body
        assert used
        await handlers["redeem_coupon"].handler(ctx, used(code=first.code))


async def claims(somebody: Somebody) -> int:
    count: int = await somebody.house.admin.fetchval("select count(*) from plugin_coupons.claim where person_id = $1", somebody.id)
    return count


async def deny(somebody: Somebody) -> None:
    """Say of the person alone what only the staff's page could."""
    await somebody.house.admin.execute(
        """insert into core.permission_choice (tenant_id, id, role, person_id, permission, allowed)
           values ($1, gen_random_uuid(), 'staff', $2, 'audit.read', false)""",
        somebody.house.foundations[0].id,
        somebody.id,
    )


async def rights_said(somebody: Somebody) -> int:
    count: int = await somebody.house.admin.fetchval("select count(*) from core.permission_choice where person_id = $1", somebody.id)
    return count


async def test_an_export_is_a_page_to_read_and_a_file_for_each_section(somebody: Somebody) -> None:
    kept = Shelf([PersonSection("coupons.title", [{"what": "<b>책</b>"}])])
    await deny(somebody)
    async with somebody.core(kept, off=True, read_only=True) as context:
        content = await export(context, somebody.id)
    with ZipFile(BytesIO(content)) as source:
        page = source.read("index.html").decode()
        said = {name: json.loads(source.read(name)) for name in source.namelist() if name.endswith(".json")}
    by_title = {(one["from"], one["title"]): one["rows"] for one in said.values()}
    assert len(by_title) == len(said) == 15
    [profile] = by_title["core", "이름과 번호"]
    assert (profile["name"], profile["phone"]) == (NAME, PHONE)
    assert [row["role"] for row in by_title["core", "맡은 일"]] == ["customer", "clerk"]
    assert [(row["right"], row["allowed"]) for row in by_title["core", "이 사람에게만 다르게 정한 권한"]] == [("audit.read", False)]
    assert len(by_title["core", "들어온 기록"]) == 1
    assert [row["text"][:4] for row in by_title["core", "받은 메시지"]] == ["인증번호"]
    assert [row["redeemed_at"] is None for row in by_title["coupons", "쿠폰"]] == [False, True]
    assert by_title["shelf0", "쿠폰"] == [{"what": "<b>책</b>"}]
    for words in (NAME, PHONE, "점원", "받은 때", "&lt;b&gt;책", "seongnam 상권활성화재단"):
        assert words in page


@pytest.mark.parametrize(
    "rubbish",
    [RuntimeError("no"), "rubbish", ["rubbish"], [PersonSection("t", [{"at": object()}])]],
    ids=["raises", "a text", "a list of texts", "what JSON cannot say"],
)
async def test_a_plugin_that_fails_stops_the_export_and_is_named(somebody: Somebody, rubbish: object) -> None:
    async with somebody.core(Shelf(rubbish), read_only=True) as context:
        with pytest.raises(Problem) as stopped:
            await export(context, somebody.id)
    assert (stopped.value.code, stopped.value.params) == ("person.export_failed", {"name": "선반0"})


async def test_after_an_erasure_nothing_leads_to_the_person(somebody: Somebody, looked_at: LookedAt) -> None:
    before = await somebody.found()
    looked_at("traces before", before)
    assert {line.partition(":")[0] for line in before} >= {
        "core.person",
        "core.sign_in_code",
        "core.message",
        "core.plugin_failure",
        "core.idempotency",
    }
    await deny(somebody)
    kept = Kept("coupons.title", "coupons.title")
    async with somebody.core(Shelf(erased=[kept]), off=True) as context:
        answered = await erase(context, somebody.id)
    assert await rights_said(somebody) == 0
    assert [(one.plugin, one.kept) for one in answered] == [("core", KEPT[0]), ("shelf0", kept)]
    assert await somebody.found() == []
    assert await claims(somebody) == 1  # the one that was used is counted still
    async with somebody.core() as context:
        assert await signed_in(context.host, somebody.session, list(Role)) is None
        assert await bearer_of(context.host, somebody.token) is None
        assert await People(context.host, context.tenant.id, somebody.house.vault).by_phone(PHONE) is None
    entries = await somebody.house.admin.fetch("select * from core.audit_entry where subject_id = $1", somebody.id)
    assert [(row["sentence"], row["params"]) for row in entries] == [("person.audit.erased", "{}")]
    async with somebody.core(Shelf(erased=[kept])) as context:
        assert [one.kept for one in await erase(context, somebody.id)] == [*KEPT, kept]
    assert await somebody.house.admin.fetchval("select count(*) from core.audit_entry where subject_id = $1", somebody.id) == 1


async def test_the_others_are_left_alone(somebody: Somebody) -> None:
    sql = "select count(*) from core.person where phone_index is not null"
    before = await somebody.house.admin.fetchval(sql)
    roles = await somebody.house.admin.fetchval("select count(*) from core.membership where ended_at is null")
    async with somebody.core() as context:
        await erase(context, somebody.id)
    assert await somebody.house.admin.fetchval(sql) == before - 1
    assert await somebody.house.admin.fetchval("select count(*) from core.membership where ended_at is null") == roles - 2


@pytest.mark.parametrize("rubbish", [RuntimeError("no"), "rubbish", ["rubbish"]], ids=repr)
async def test_a_plugin_that_fails_keeps_everything(somebody: Somebody, rubbish: object) -> None:
    before = await somebody.found()
    with pytest.raises(Problem) as stopped:
        async with somebody.core(Shelf(erased=rubbish)) as context:
            await erase(context, somebody.id)
    assert (stopped.value.code, stopped.value.params) == ("person.erasure_failed", {"name": "선반0"})
    assert await somebody.found() == before
    assert await claims(somebody) == 2


async def test_who_runs_a_shop_cannot_go(somebody: Somebody) -> None:
    merchant = somebody.house.foundations[0].people["merchant"]
    async with somebody.core() as context:
        with pytest.raises(Problem) as refused:
            await erase(context, merchant)
    assert (refused.value.code, refused.value.params) == ("person.owns_shop", {"shops": "seongnam shop"})
    assert await somebody.house.admin.fetchval("select name from core.person where id = $1", merchant) == "merchant"


async def test_the_last_owner_cannot_go(somebody: Somebody) -> None:
    owner = somebody.house.foundations[0].people["owner"]
    async with somebody.core() as context:
        with pytest.raises(Problem) as refused:
            await erase(context, owner)
    assert refused.value.code == "colleagues.last_owner"
    assert await somebody.house.admin.fetchval("select name from core.person where id = $1", owner) == "owner"


async def test_a_stranger_and_another_foundations_person_are_nobody(somebody: Somebody) -> None:
    async with somebody.core() as context:
        for person in (uuid7(), somebody.house.foundations[1].people["customer"]):
            for call in (export, erase):
                with pytest.raises(Problem) as nobody:
                    await call(context, person)
                assert nobody.value.code == "http.not_found"


async def test_what_somebody_proves_themselves_by_is_told_and_erased(somebody: Somebody) -> None:
    async with somebody.core() as context:
        factors = Factors(context.host, context.tenant.id, somebody.house.vault)
        await factors.set_app(somebody.id, new_secret(), 0)
        await factors.new_recovery_codes(somebody.id)
        await context.host.execute(
            "insert into core.passkey (id, person_id, credential_id, public_key, sign_count, name) values ($1, $2, $3, $3, 0, $4)",
            uuid7(),
            somebody.id,
            b"key",
            "key of hers",
        )
        data = PersonalData(context.host, context.tenant.id, somebody.house.vault)
        [told] = [section.rows for section in await data.sections(somebody.id) if section.title == "person.factors"]
        assert [(row["kind"], row["name"], row["count"]) for row in told] == [
            ("app", "", None),
            ("passkey", "key of hers", None),
            ("recovery", "", 10),
        ]
        await data.erase(somebody.id)
    for table in ("passkey", "recovery_code", "second_factor"):
        assert not await somebody.house.admin.fetchval(f"select count(*) from core.{table} where person_id = $1", somebody.id)  # noqa: S608 - the names above
