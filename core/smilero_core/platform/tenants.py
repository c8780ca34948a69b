"""Foundations, seen by the platform."""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from uuid import UUID

from asyncpg import UniqueViolationError

from smilero_core.audit.log import AuditLog
from smilero_core.db.database import Database
from smilero_core.db.session import Session
from smilero_core.platform.colour import READABLE, contrast_with_white
from smilero_sdk.context import Actor
from smilero_sdk.errors import Problem
from smilero_sdk.ids import uuid7

_SLUG = re.compile(r"[a-z][a-z0-9-]{1,38}[a-z0-9]")
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_PHONE = re.compile(r"(0\d{1,2}-\d{3,4}|1\d{3})-\d{4}", re.ASCII)
LONGEST_NAME = 80  # what a header holds at 360 px in two lines
# Words that a host name of the platform itself may need one day.
_RESERVED = frozenset({"www", "api", "admin", "operator", "static", "mail", "platform", "smilero"})


@dataclass(frozen=True)
class NewTenant:
    """What a foundation is made of.

    Attributes:
        slug: its word in host names, for ever.
        seal: one syllable; the first of the name when it is empty.
        colour: `#rrggbb`.
        hosts: further host names of its own.
        plugins: what it has on from the first day.
        phone: whom customers call, as 031-729-1234 or 1588-1234; empty for nobody.
    """

    slug: str
    name: str
    seal: str = ""
    colour: str = "#1d4f8c"
    locale: str = "ko"
    timezone: str = "Asia/Seoul"
    body_type: str = "foundation"
    phone: str = ""
    hosts: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()


@dataclass(frozen=True)
class Look:
    """How a foundation is called and looks.

    Attributes:
        seal: one syllable.
        colour: `#rrggbb`, at least 4.5:1 with white.
        phone: whom customers call; empty for nobody.
        sender: how its messages call it.
    """

    name: str
    seal: str
    colour: str
    phone: str
    sender: str


@dataclass(frozen=True)
class TenantSummary:
    """A line of `smilero tenant list`; `shops` is the number that the markets' own figures state."""

    slug: str
    name: str
    markets: int
    shops: int
    plugins: list[str]


class TenantOffice:
    """Makes and lists foundations by the platform's login."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, slug: str) -> UUID | None:
        """The id of a foundation, suspended or not."""
        async with self._database.platform(read_only=True) as unit:
            found = await Session(unit).fetch_value("select id from core.tenant where slug = $1", slug)
        return found if isinstance(found, UUID) else None

    async def create(self, new: NewTenant) -> UUID:
        """Make a foundation; its host answers within seconds, with no restart.

        Raises `tenancy.slug`, `.slug_reserved`, `.name`, `.seal`, `.colour`, `.colour_pale`, `.phone`,
        `.host` (422), `.taken`, `.host_taken` (409).
        """
        new = _normal(new)
        _require_sound(new)
        tenant_id = uuid7()
        try:
            async with self._database.platform(tenant_id) as unit:
                await _write(Session(unit), tenant_id, new)
        except UniqueViolationError as error:
            if error.table_name == "tenant_host":
                raise Problem("tenancy.host_taken", HTTPStatus.CONFLICT, hosts=", ".join(new.hosts)) from error
            raise Problem("tenancy.taken", HTTPStatus.CONFLICT, slug=new.slug) from error
        return tenant_id

    async def look(self, tenant_id: UUID) -> Look:
        """How a foundation looks now."""
        async with self._database.platform(read_only=True) as unit:
            return await _look(Session(unit), tenant_id)

    async def restyle(self, tenant_id: UUID, actor: Actor, new: Look) -> Look | None:
        """Change how a foundation is called and looks; its pages follow within seconds. Returns what it is now, None when nothing changed.

        Raises `tenancy.name`, `.seal`, `.colour`, `.colour_pale`, `.phone`, `.sender` (422).
        """
        new = sound_look(new)
        async with self._database.platform(tenant_id) as unit:
            session = Session(unit)
            # No key is changed: rows that refer to the foundation are written meanwhile, also by whoever waits for this.
            before, after = _changed(await _look(session, tenant_id, lock="for no key update"), new)
            if not after:
                return None
            await session.execute(
                "update core.tenant set name = $2, seal = $3, colour = $4, sender = sender || $5::jsonb where id = $1",
                tenant_id,
                *(new.name, new.seal, new.colour),
                json.dumps({"name": new.sender, "phone": new.phone}),
            )
            await AuditLog(session, actor, "core", datetime.now(UTC)).record("tenancy.audit.look", tenant_id, before=before, after=after)
        return new

    async def list(self) -> list[TenantSummary]:
        """Every foundation with its figures, by slug."""
        async with self._database.platform(read_only=True) as unit:
            rows = await Session(unit).fetch(
                """
                select t.slug, t.name, coalesce(m.markets, 0) as markets, coalesce(m.shops, 0) as shops,
                  coalesce(p.plugins, '{}') as plugins
                from core.tenant t
                left join (select tenant_id, count(*) as markets, sum(stated_shops) as shops from core.market group by 1) m
                  on m.tenant_id = t.id
                left join (
                  select tenant_id, array_agg(plugin order by plugin) as plugins from core.plugin_activation where enabled group by 1
                ) p on p.tenant_id = t.id
                order by t.slug
                """
            )
        return [TenantSummary(row["slug"], row["name"], row["markets"], row["shops"], list(row["plugins"])) for row in rows]


def sound_look(written: Look) -> Look:
    """As people mean it; without a sender the name is it.

    Raises `tenancy.name`, `.seal`, `.colour`, `.colour_pale`, `.phone`, `.sender` (422).
    """
    name = _clean(written.name)
    new = Look(name, _clean(written.seal), written.colour.strip().lower(), written.phone.strip(), _clean(written.sender) or name)
    sender = len(new.sender) <= LONGEST_NAME and new.sender.isprintable()
    _require({**_look_checks(new.name, new.seal, new.colour, new.phone), "tenancy.sender": sender})
    return new


async def _look(session: Session, tenant_id: UUID, lock: str = "") -> Look:
    said = "coalesce(sender->>'phone', '') as phone, coalesce(sender->>'name', name) as sender"
    row = await session.fetch_row(f"select name, seal, colour, {said} from core.tenant where id = $1 {lock}", tenant_id)  # noqa: S608 - our own words
    if row is None:
        raise Problem("http.not_found", HTTPStatus.NOT_FOUND)
    return Look(row["name"], row["seal"], row["colour"], row["phone"], row["sender"])


def _changed(old: Look, new: Look) -> tuple[dict[str, str], dict[str, str]]:
    """What differs, before and after; of a telephone number its last four digits, as everywhere in the log."""
    before, after = asdict(old), asdict(new)
    for one in (before, after):
        one["phone"] = one["phone"][-4:]
    names = [name for name in before if asdict(old)[name] != asdict(new)[name]]
    return {name: before[name] for name in names}, {name: after[name] for name in names}


async def _write(session: Session, tenant_id: UUID, new: NewTenant) -> None:
    await session.execute(
        """
        insert into core.tenant (id, slug, name, body_type, locale, timezone, status, seal, colour, sender)
        values ($1, $2, $3, $4, $5, $6, 'active', $7, $8, $9::jsonb)
        """,
        tenant_id,
        *(new.slug, new.name, new.body_type, new.locale, new.timezone, new.seal, new.colour),
        json.dumps({"name": new.name, "phone": new.phone}),
    )
    await session.execute_many("insert into core.tenant_host (host, tenant) values ($1, $2)", [(host, tenant_id) for host in new.hosts])
    await session.execute_many(
        "insert into core.plugin_activation (id, plugin, enabled) values ($1, $2, true)", [(uuid7(), plugin) for plugin in new.plugins]
    )
    await AuditLog(session, None, "core", datetime.now(UTC)).record(
        "tenancy.audit.created", tenant_id, after={"slug": new.slug, "hosts": new.hosts, "plugins": new.plugins}, name=new.name
    )


def _normal(new: NewTenant) -> NewTenant:
    """As people mean it: a keyboard may send Hangul in parts, and neither colours nor hosts know case."""
    name = _clean(new.name)
    hosts = tuple(dict.fromkeys(host.lower() for host in new.hosts))
    return replace(new, name=name, seal=_clean(new.seal) or name[:1], colour=new.colour.lower(), hosts=hosts)


def _clean(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _require_sound(new: NewTenant) -> None:
    _require(
        {
            "tenancy.slug": _SLUG.fullmatch(new.slug),
            "tenancy.slug_reserved": new.slug not in _RESERVED,
            **_look_checks(new.name, new.seal, new.colour, new.phone),
            "tenancy.host": all(_HOST.fullmatch(host) for host in new.hosts),
        }
    )


def _look_checks(name: str, seal: str, colour: str, phone: str) -> dict[str, object]:
    return {
        "tenancy.name": 0 < len(name) <= LONGEST_NAME and name.isprintable(),
        "tenancy.seal": len(seal) == 1 and seal.isprintable() and not seal.isspace(),
        "tenancy.colour": _COLOUR.fullmatch(colour),
        "tenancy.colour_pale": _COLOUR.fullmatch(colour) and contrast_with_white(colour) >= READABLE,
        "tenancy.phone": not phone or _PHONE.fullmatch(phone),
    }


def _require(checks: Mapping[str, object]) -> None:
    for code, sound in checks.items():
        if not sound:
            raise Problem(code, HTTPStatus.UNPROCESSABLE_ENTITY)
