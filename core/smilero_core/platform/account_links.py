"""Links between the accounts of one person at two foundations.

A link is made when the person has proved both accounts, and is a row until either side ends it. It stands in a table of the
platform, so everything here is done by the platform's login; what is on record of it stands in each foundation's own log.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from uuid import UUID

from asyncpg import UniqueViolationError

from smilero_core.audit.log import AuditLog
from smilero_core.db.database import Database
from smilero_core.db.scope import bind
from smilero_core.db.session import Session
from smilero_core.db.unit import UnitOfWork
from smilero_sdk.answers import PersonSection
from smilero_sdk.context import Actor
from smilero_sdk.errors import Problem
from smilero_sdk.ids import uuid7

# What one side sees of a link: itself, and the account at the other foundation.
_SEEN = """
    select l.id, t.id as tenant_id, t.name, t.status = 'active' as open, l.person_id, l.created_at
    from (
      select id, other_tenant as tenant_id, other_person as person_id, created_at
      from core.account_link where one_tenant = $1 and one_person = $2
      union all
      select id, one_tenant, one_person, created_at from core.account_link where other_tenant = $1 and other_person = $2
    ) l join core.tenant t on t.id = l.tenant_id
    where $3::uuid is null or l.id = $3 order by t.name, l.id
"""


@dataclass(frozen=True)
class Account:
    """Somebody at a foundation."""

    tenant_id: UUID
    person_id: UUID


@dataclass(frozen=True)
class Proved:
    """An account that its owner has proved just now.

    Attributes:
        actor: in which role that was.
        foundation: its name, as the other side's log has it.
    """

    account: Account
    actor: Actor
    foundation: str


@dataclass(frozen=True)
class Linked:
    """The account at the other end of a link.

    Attributes:
        open: whether that foundation is active.
    """

    id: UUID
    account: Account
    foundation: str
    since: datetime
    open: bool


class AccountLinks:
    """Makes, finds and ends links, each in a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, account: Account, link_id: UUID | None = None) -> list[Linked]:
        """What an account is linked with, by the foundations' names; with an id that one alone, if it is the account's."""
        async with self._database.platform(read_only=True) as unit:
            rows = await Session(unit).fetch(_SEEN, account.tenant_id, account.person_id, link_id)
        return [
            Linked(row["id"], Account(row["tenant_id"], row["person_id"]), row["name"], row["created_at"], open=row["open"]) for row in rows
        ]

    async def one(self, account: Account, link_id: UUID) -> Linked:
        """One of an account's links. Raises `identity.link_gone` (404), for another's too."""
        found = await self.of(account, link_id)
        if not found:
            raise _gone()
        return found[0]

    async def make(self, here: Proved, there: Proved) -> None:
        """Link two accounts that were both proved; both logs say so.

        Raises `identity.link_taken` (409): an account is linked with one account of another foundation.
        """
        one, other = sorted((here.account, there.account), key=lambda account: account.tenant_id)
        link_id = uuid7()
        try:
            async with self._database.platform(here.account.tenant_id) as unit:
                await Session(unit).execute(
                    """
                    insert into core.account_link (id, one_tenant, one_person, other_tenant, other_person) values ($1, $2, $3, $4, $5)
                    """,
                    *(link_id, one.tenant_id, one.person_id, other.tenant_id, other.person_id),
                )
                await _record(unit, "identity.audit.linked", here.account, here.actor, there.foundation)
                await _record(unit, "identity.audit.linked", there.account, there.actor, here.foundation)
        except UniqueViolationError as error:
            raise Problem("identity.link_taken", HTTPStatus.CONFLICT, name=there.foundation) from error

    async def end(self, here: Proved, link_id: UUID) -> None:
        """End a link from one of its sides; both logs say so. Raises `identity.link_gone` (404)."""
        linked = await self.one(here.account, link_id)
        async with self._database.platform(here.account.tenant_id) as unit:
            if not await Session(unit).execute("delete from core.account_link where id = $1", link_id):
                raise _gone()
            await _record(unit, "identity.audit.unlinked", here.account, here.actor, linked.foundation)
            # Whoever it is was not asked to prove the other account for this.
            await _record(unit, "identity.audit.unlinked_there", linked.account, None, here.foundation)

    async def forget(self, account: Account, foundation: str) -> None:
        """End every link of somebody who was erased.

        Args:
            foundation: the name of the account's own, for the other sides' logs.
        """
        linked = await self.of(account)
        async with self._database.platform() as unit:
            for one in linked:
                if await Session(unit).execute("delete from core.account_link where id = $1", one.id):
                    await _record(unit, "identity.audit.unlinked_there", one.account, None, foundation)

    async def section(self, account: Account) -> PersonSection:
        """What is stored about somebody here, for that person to read."""
        rows = [{"foundation": one.foundation, "since": one.since.isoformat()} for one in await self.of(account)]
        return PersonSection("person.links", rows)


async def _record(unit: UnitOfWork, sentence: str, account: Account, actor: Actor | None, foundation: str) -> None:
    """Write into an account's own log, in the one transaction: the platform's login adds rows of the tenant alone that is bound."""
    await unit.run(None, lambda link: link.execute(bind(account.tenant_id)))
    await AuditLog(Session(unit), actor, "core", datetime.now(UTC)).record(sentence, account.person_id, foundation=foundation)


def _gone() -> Problem:
    return Problem("identity.link_gone", HTTPStatus.NOT_FOUND)
