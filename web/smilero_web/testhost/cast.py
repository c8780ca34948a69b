"""Two foundations made by the product's own services: what every test of the application stands on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import entry_points
from uuid import UUID

from smilero_core.db.database import Database
from smilero_core.db.session import Session
from smilero_core.identity.people import NewPerson, People
from smilero_core.identity.tokens import create_token
from smilero_core.identity.vault import Vault
from smilero_core.platform.operators import create_operator_token
from smilero_core.platform.tenants import NewTenant, TenantOffice
from smilero_core.plugins.gate import switch
from smilero_core.plugins.host import GROUP
from smilero_core.registry.calendar import MarketKind
from smilero_core.registry.categories import Category
from smilero_core.registry.market_row import MarketRow
from smilero_core.registry.store import NewShop, RegistryStore
from smilero_sdk.i18n import Catalogue
from smilero_sdk.ids import uuid7
from smilero_sdk.roles import Role

CROWD = 64
OPERATOR = "operator"

# One person of each role at the first shop, and two at the other.
CAST: dict[str, tuple[Role, str | None]] = {
    "owner": (Role.OWNER, None),
    "staff": (Role.STAFF, None),
    "officer": (Role.OFFICER, None),
    "merchant": (Role.MERCHANT, "shop"),
    "clerk": (Role.CLERK, "shop"),
    "customer": (Role.CUSTOMER, None),
    "other merchant": (Role.MERCHANT, "other_shop"),
    "other clerk": (Role.CLERK, "other_shop"),
    "other customer": (Role.CUSTOMER, None),
}


@dataclass(frozen=True)
class Foundation:
    """A foundation with two markets, two shops in the first, people and their tokens.

    Attributes:
        market: open every day; `five_day` has its days on the 4th and 9th.
        people, tokens: by the names of the cast; the operator's token is here too.
        crowd: tokens of 64 customers.
    """

    id: UUID
    host: str
    market: UUID
    five_day: UUID
    shop: UUID
    other_shop: UUID
    people: dict[str, UUID]
    tokens: dict[str, str]
    crowd: list[str]


async def found(database: Database, vault: Vault, slug: str, *, plugins: Sequence[str] | None = None, marker: str = "") -> Foundation:
    """Make a foundation with everything that it needs to work.

    Args:
        plugins: what is on; None: all that is installed.
        marker: stands in front of the name of each of its people.
    """
    new = NewTenant(slug, _word("foundation", slug=slug), slug[0], "#1d4f8c", phone="031-755-4214")
    tenant_id = await TenantOffice(database).create(new)
    shops = {name: uuid7() for name in ("shop", "other_shop")}
    async with database.unit(tenant_id) as unit:
        session = Session(unit)
        daily, five_day = await _markets(RegistryStore(session), slug)
        await RegistryStore(session).add_shops(
            [
                NewShop(shop, daily, f"{slug} {name}", _word("stall", number=stall), Category.RICECAKE.value, _word("goods"))
                for stall, (name, shop) in enumerate(shops.items())
            ]
        )
        people, tokens = await _people(session, People(session, tenant_id, vault), shops, marker)
        crowd = await _crowd(session, People(session, tenant_id, vault))
        for plugin in sorted(entry_points(group=GROUP).names) if plugins is None else plugins:
            await switch(session, plugin, enabled=True)
    tokens[OPERATOR] = await create_operator_token(database)
    return Foundation(tenant_id, f"{slug}.localhost", daily, five_day, **shops, people=people, tokens=tokens, crowd=crowd)


async def _markets(store: RegistryStore, slug: str) -> tuple[UUID, UUID]:
    rows = [
        _market(_word("market.daily", slug=slug), MarketKind.DAILY, _word("days.daily")),
        _market(_word("market.five_day", slug=slug), MarketKind.FIVE_DAY, _word("days.five_day")),
    ]
    await store.import_markets(await store.preview(rows))
    ids = await store.market_ids()
    return ids[rows[0].key], ids[rows[1].key]


def _market(name: str, kind: MarketKind, days: str) -> MarketRow:
    return MarketRow(
        name=name,
        kind=kind,
        road_address=_word("address"),
        lot_address="",
        market_days=days,
        latitude=37.43,
        longitude=127.13,
        shops=2,
        goods=(_word("produce"),),
        vouchers=(),
        homepage="",
        toilet=True,
        parking=None,
        opened_year=1990,
        phone="",
        data_date=date(2024, 11, 4),
        provider=_word("provider"),
    )


async def _people(session: Session, store: People, shops: dict[str, UUID], marker: str) -> tuple[dict[str, UUID], dict[str, str]]:
    new = [
        NewPerson(f"010-1111-{number:04d}", f"{marker}{name}", ((role, shops[shop] if shop else None),))
        for number, (name, (role, shop)) in enumerate(CAST.items())
    ]
    people = dict(zip(CAST, await store.ensure(new), strict=True))
    return people, {name: await create_token(session, people[name], role) for name, (role, _) in CAST.items()}


async def _crowd(session: Session, people: People) -> list[str]:
    new = [NewPerson(f"010-2222-{number:04d}", _word("guest", number=number), ((Role.CUSTOMER, None),)) for number in range(CROWD)]
    return [await create_token(session, person, Role.CUSTOMER) for person in await people.ensure(new)]


@cache
def _catalogue() -> Catalogue:
    return Catalogue.of([__package__ or ""])


def _word(key: str, **values: object) -> str:
    """A name or place of the test's foundations."""
    return _catalogue().text("ko", f"testhost.{key}", **values)
