"""The demo: three foundations with their real markets, made-up shops, and people whose numbers everybody knows."""

from collections.abc import Callable, Sequence
from uuid import UUID

from smilero_core.db.database import Database
from smilero_core.db.session import Session
from smilero_core.identity.people import NewPerson, People
from smilero_core.identity.vault import Vault
from smilero_core.platform.tenants import NewTenant, TenantOffice
from smilero_core.plugins.gate import switch
from smilero_core.registry.market_row import MarketRow
from smilero_core.registry.preview import preview
from smilero_core.registry.standard_file import read_standard_file
from smilero_core.registry.store import NewShop, RegistryStore
from smilero_sdk.ids import uuid7
from smilero_sdk.manifest import Role
from smilero_tenants.markets.definition import MarketDefinition, load_definitions
from smilero_tenants.markets.demo_shops import FIRST_MERCHANT_SHOP, demo_shops

MERCHANTS = 30
CUSTOMERS = 100

_PHONE = "010-0000-{}"

# Whom a role stands for in the demo when nobody is named.
DEMO_PHONES = {
    Role.OWNER: _PHONE.format("0001"),
    Role.STAFF: _PHONE.format("0002"),
    Role.OFFICER: _PHONE.format("0003"),
    Role.MERCHANT: _PHONE.format("1001"),
    Role.CLERK: _PHONE.format("1501"),
    Role.CUSTOMER: _PHONE.format("2001"),
}

Told = Callable[[str], None]


async def provision_demo(database: Database, vault: Vault, plugins: Sequence[str], told: Told = lambda _: None) -> None:
    """Make what is not there yet, one foundation a transaction, so that a killed start goes on where it was.

    Args:
        plugins: those that every foundation has on.
        told: called with the name of each foundation before it is made.
    """
    office = TenantOffice(database)
    present = {summary.slug: summary for summary in await office.list()}
    for definition in load_definitions():
        known = present.get(definition.slug)
        if known is None or known.markets == 0:
            told(definition.title("ko"))
            await _provision(database, vault, plugins, definition, is_new=known is None)


async def _provision(database: Database, vault: Vault, plugins: Sequence[str], definition: MarketDefinition, *, is_new: bool) -> None:
    if is_new:
        await TenantOffice(database).create(_tenant(definition))
    async with database.unbound() as unit:
        tenant_id = await Session(unit).fetch_value("select id from core.tenant where slug = $1", definition.slug)
    if not isinstance(tenant_id, UUID):
        raise TypeError(definition.slug)
    rows = read_standard_file(definition.standard_file(), area=definition.area).rows
    async with database.unit(tenant_id) as unit:
        session = Session(unit)
        store = RegistryStore(session)
        await store.import_markets(preview(rows, {}))
        shops = await _open_shops(store, rows)
        await People(session, tenant_id, vault).ensure(_people(shops), definition.locale)
        for plugin in plugins:
            await switch(session, plugin, enabled=True)


async def _open_shops(store: RegistryStore, rows: Sequence[MarketRow]) -> list[tuple[NewShop, str]]:
    """Every shop with its owner's name, the demo's first bakery in front."""
    markets = await store.market_ids()
    made = [(row, shop) for row in rows for shop in demo_shops(row)]
    shops = [(NewShop(uuid7(), markets[row.key], shop.name, shop.stall, shop.category.value, shop.goods), shop.owner) for row, shop in made]
    await store.add_shops([shop for shop, _ in shops])
    return sorted(shops, key=lambda pair: pair[0].name != FIRST_MERCHANT_SHOP.name)


def _people(shops: Sequence[tuple[NewShop, str]]) -> list[NewPerson]:
    """The demo people: numbers as `010-0000-0001`, merchants and clerks at the first shops, one shop each."""
    first = shops[:MERCHANTS]
    staff = (Role.OWNER, Role.STAFF, Role.OFFICER)
    return [
        *(NewPerson(DEMO_PHONES[role], role.value, ((role, None),)) for role in staff),
        *(NewPerson(_PHONE.format(1001 + n), owner, ((Role.MERCHANT, shop.id),)) for n, (shop, owner) in enumerate(first)),
        *(NewPerson(_PHONE.format(1501 + n), f"{owner[0]}도움", ((Role.CLERK, shop.id),)) for n, (shop, owner) in enumerate(first)),
        *(NewPerson(_PHONE.format(2001 + n), f"손님{n + 1}", ((Role.CUSTOMER, None),)) for n in range(CUSTOMERS)),
    ]


def _tenant(definition: MarketDefinition) -> NewTenant:
    return NewTenant(
        slug=definition.slug,
        name=definition.title("ko"),
        seal=definition.seal,
        colour=definition.colour,
        locale=definition.locale,
        timezone=definition.timezone,
        body_type=definition.body_type,
        phone=definition.sender.phone,
    )
