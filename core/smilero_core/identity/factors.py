"""The second factor of owners and staff: an authenticator app, passkeys beside it, and codes on paper for the day both are lost."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from smilero_core.db.session import Session
from smilero_core.identity.sessions import GUARDED
from smilero_core.identity.totp import DRIFT, code_at, matching_step, step_of
from smilero_core.identity.vault import APP_SECRET, Vault
from smilero_sdk.ids import uuid7
from smilero_sdk.roles import Role

MOST_TRIES = 5
# Five tries in a quarter of an hour: guessing one of three valid codes of six digits takes years.
PAUSE = timedelta(minutes=15)
RECOVERY_CODES = 10

_RECOVERY = "recovery code"
# Nothing that is read for something else: no 0 O 1 I L U.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_HALF = 5


class Verdict(StrEnum):
    """What became of a try."""

    RIGHT = "right"
    WRONG = "wrong"
    USED = "used"
    SPENT = "spent"


@dataclass(frozen=True)
class Tried:
    """A try.

    Attributes:
        left: how many remain before the pause.
        last: whether it is this try that began the pause.
    """

    verdict: Verdict
    left: int = 0
    last: bool = False


@dataclass(frozen=True)
class Held:
    """What somebody can prove themselves by.

    Attributes:
        app_since: when the app was set up; None: none is.
        passkeys: how many.
        recovery_codes: how many are not used.
    """

    app_since: datetime | None = None
    passkeys: int = 0
    recovery_codes: int = 0

    @property
    def any(self) -> bool:
        """Whether there is a second factor at all. A code on paper alone is none."""
        return self.app_since is not None or self.passkeys > 0


class Factors:
    """The second factors of a tenant's people within one transaction. A wrong try is written too, so commit it before you refuse.

    Args:
        session: the application's own session, bound to the tenant.
    """

    def __init__(self, session: Session, tenant_id: UUID, vault: Vault) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._vault = vault

    async def held(self, person_id: UUID) -> Held:
        """What somebody has."""
        row = await self._session.fetch_row(
            """
            select (select app_since from core.second_factor where person_id = $1 and app_sealed is not null) as app_since,
              (select count(*) from core.passkey where person_id = $1) as passkeys,
              (select count(*) from core.recovery_code where person_id = $1 and used_at is null) as codes
            """,
            person_id,
        )
        return Held(row["app_since"], row["passkeys"], row["codes"]) if row else Held()

    async def lock(self, person_id: UUID) -> Held:
        """What somebody has, with nobody changing it until the end of the transaction."""
        await self._session.fetch_row("select id from core.person where id = $1 for no key update", person_id)
        return await self.held(person_id)

    async def try_code(self, person_id: UUID, code: str, now: datetime) -> Tried:
        """Count a try and judge a code of the app. The row is locked by the count, so of parallel uses of one code one is right."""
        row = await self._count(person_id)
        if row.tries > MOST_TRIES:
            return Tried(Verdict.SPENT)
        step = None if row.app is None else matching_step(self._vault.open(self._tenant_id, APP_SECRET, row.app), code, now)
        if step is None:
            return row.wrong()
        if step <= row.step:
            return Tried(Verdict.USED, MOST_TRIES - row.tries)
        await self._session.execute("update core.second_factor set app_step = $2, tries = 0 where person_id = $1", person_id, step)
        return Tried(Verdict.RIGHT)

    async def try_recovery(self, person_id: UUID, code: str) -> Tried:
        """Count a try and use a code on paper up, once. Dashes, spaces and small letters are as good."""
        row = await self._count(person_id)
        if row.tries > MOST_TRIES:
            return Tried(Verdict.SPENT)
        used = await self._session.execute(
            "update core.recovery_code set used_at = now() where person_id = $1 and code_hash = any($2::bytea[]) and used_at is null",
            person_id,
            self._vault.indexes(self._tenant_id, _RECOVERY, _letters(code)),
        )
        if not used:
            return row.wrong()
        await self._session.execute("update core.second_factor set tries = 0 where person_id = $1", person_id)
        return Tried(Verdict.RIGHT)

    async def set_app(self, person_id: UUID, secret: str, step: int) -> None:
        """Set an app up, in the place of the one before.

        Args:
            step: of the code that showed that the app has the secret: it is used.
        """
        await self._session.execute(
            """
            insert into core.second_factor (id, person_id, app_sealed, app_step, app_since) values ($1, $2, $3, $4, now())
            on conflict (tenant_id, person_id) do update
              set app_sealed = excluded.app_sealed, app_step = excluded.app_step, app_since = excluded.app_since
            """,
            uuid7(),
            person_id,
            self._vault.seal(self._tenant_id, APP_SECRET, secret),
            step,
        )

    async def remove_app(self, person_id: UUID) -> bool:
        """Take the app away; whether there was one."""
        removed = await self._session.execute(
            "update core.second_factor set app_sealed = null, app_since = null where person_id = $1 and app_sealed is not null", person_id
        )
        return bool(removed)

    async def new_recovery_codes(self, person_id: UUID) -> list[str]:
        """Ten codes to be shown once; the ones before are void."""
        codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
        await self._session.execute("delete from core.recovery_code where person_id = $1", person_id)
        await self._session.execute(
            """
            insert into core.recovery_code (id, person_id, code_hash)
            select id, $2, hash from unnest($1::uuid[], $3::bytea[]) as new (id, hash)
            """,
            [uuid7() for _ in codes],
            person_id,
            [self._vault.index(self._tenant_id, _RECOVERY, _letters(code)) for code in codes],
        )
        return codes

    async def reset(self, person_id: UUID) -> None:
        """Take every factor away: at the next sign-in the person sets one up. End the person's sessions with it."""
        for table in ("recovery_code", "passkey", "second_factor"):
            await self._session.execute(f"delete from core.{table} where person_id = $1", person_id)  # noqa: S608 - the names above

    async def code_now(self, person_id: UUID, now: datetime) -> str | None:
        """A code of somebody's app that is good now, for the demo to show; None without an app, or while the next is awaited."""
        row = await self._session.fetch_row("select app_sealed, app_step from core.second_factor where person_id = $1", person_id)
        if row is None or row["app_sealed"] is None:
            return None
        step = max(step_of(now), row["app_step"] + 1)
        return code_at(self._vault.open(self._tenant_id, APP_SECRET, row["app_sealed"]), step) if step <= step_of(now) + DRIFT else None

    async def _count(self, person_id: UUID) -> "_Counted":
        row = await self._session.fetch_row(
            """
            insert into core.second_factor as f (id, person_id, tries) values ($1, $2, 1)
            on conflict (tenant_id, person_id) do update
              set tries = case when f.tries = 0 or f.tries_since < now() - $3::interval then 1 else f.tries + 1 end,
                tries_since = case when f.tries = 0 or f.tries_since < now() - $3::interval then now() else f.tries_since end
            returning app_sealed, app_step, tries
            """,
            uuid7(),
            person_id,
            PAUSE,
        )
        if row is None:
            msg = f"the try of {person_id} was not counted"
            raise RuntimeError(msg)
        return _Counted(row["app_sealed"], row["app_step"], row["tries"])


@dataclass(frozen=True)
class Guarded:
    """An owner or one of the staff, and what they have."""

    person_id: UUID
    name: str
    role: Role
    app: bool
    passkeys: int


async def guarded_people(session: Session) -> list[Guarded]:
    """Everybody of a tenant who needs a second factor, owners first."""
    rows = await session.fetch(
        """
        select p.id, p.name, min(m.role) as role, coalesce(bool_or(f.app_sealed is not null), false) as app,
          (select count(*) from core.passkey k where k.person_id = p.id) as passkeys
        from core.membership m join core.person p on p.id = m.person_id
        left join core.second_factor f on f.person_id = p.id
        where m.role = any($1) and m.ended_at is null
        group by p.id, p.name order by 3, p.name, p.id
        """,
        [role.value for role in GUARDED],
    )
    return [Guarded(row["id"], row["name"], Role(row["role"]), row["app"], row["passkeys"]) for row in rows]


@dataclass(frozen=True)
class _Counted:
    app: bytes | None
    step: int
    tries: int

    def wrong(self) -> Tried:
        left = MOST_TRIES - self.tries
        return Tried(Verdict.WRONG, left) if left else Tried(Verdict.SPENT, last=True)


def _letters(code: str) -> str:
    """A recovery code however it was typed."""
    return "".join(letter for letter in code.upper() if letter.isalnum())


def _recovery_code() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(2 * _HALF))
    return f"{letters[:_HALF]}-{letters[_HALF:]}"
