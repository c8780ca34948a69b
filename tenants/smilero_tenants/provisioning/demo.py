"""The demo: three foundations with their real markets, made-up shops, and people whose numbers everybody knows."""

from collections.abc import Callable, Sequence
from uuid import UUID

from smilero_core.db.database import Database
from smilero_core.db.session import Session
from smilero_core.identity.factors import Factors
from smilero_core.identity.outside.demo import offer_demo_login
from smilero_core.identity.people import NewPerson, People
from smilero_core.identity.sessions import GUARDED
from smilero_core.identity.totp import new_secret
from smilero_core.identity.vault import Vault
from smilero_core.platform.tenants import NewTenant, TenantOffice
from smilero_core.plugins.gate import switch
from smilero_core.registry.market_row import MarketRow
from smilero_core.registry.preview import preview
from smilero_core.registry.standard_file import read_standard_file
from smilero_core.registry.store import NewShop, RegistryStore
from smilero_sdk.ids import uuid7
from smilero_sdk.roles import Role
from smilero_tenants.markets.definition import MarketDefinition, load_definitions
from smilero_tenants.markets.demo_shops import FIRST_MERCHANT_SHOP, demo_shops
from smilero_tenants.markets.demo_words import CLERK, CUSTOMER, OFFICE

MERCHANTS = 30
CUSTOMERS = 100

# Shops a statement: few enough that a slow machine answers well within the timeout of a statement.
_BATCH = 2_000

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

Told = Callable[[str, int, int], None]


async def provision_demo(database: Database, vault: Vault, plugins: Sequence[str], told: Told = lambda *_: None) -> None:
    """Make what is not there yet. A foundation is filled in one transaction, so a killed start goes on where it was.

    Args:
        plugins: those that every foundation has on, until somebody switches one off.
        told: called with the name of a foundation that is being filled, and how many of how many shops it has.
    """
    office = TenantOffice(database)
    for definition in load_definitions():
        tenant_id = await office.find(definition.slug) or await office.create(_tenant(definition))
        async with database.unit(tenant_id) as unit:
            session = Session(unit)
            store = RegistryStore(session)
            if not await store.market_ids():
                people = People(session, tenant_id, vault)
                await _fill(store, people, definition, told)
            await _give_apps(session, tenant_id, vault)
            await _switch_new_on(session, plugins)


async def offer_logins(database: Database, vault: Vault, issuer: str, label: str) -> None:
    """Let every demo foundation have the demo's provider of logins, where it listens this time.

    Args:
        label: what stands on its button.
    """
    office = TenantOffice(database)
    for definition in load_definitions():
        tenant_id = await office.find(definition.slug)
        if tenant_id is not None:
            async with database.unit(tenant_id) as unit:
                await offer_demo_login(Session(unit), tenant_id, vault, issuer, label)


async def _fill(store: RegistryStore, people: People, definition: MarketDefinition, told: Told) -> None:
    rows = read_standard_file(definition.standard_file(), area=definition.area).rows
    await store.import_markets(preview(rows, {}))
    shops = await _shops(store, rows)
    name = definition.title(definition.locale)
    for start in range(0, len(shops), _BATCH):
        told(name, start, len(shops))
        await store.add_shops([shop for shop, _ in shops[start : start + _BATCH]])
    told(name, len(shops), len(shops))
    await people.ensure(_people(shops), definition.locale)


async def _give_apps(session: Session, tenant_id: UUID, vault: Vault) -> None:
    """An authenticator app for owner and staff, whose code the page itself shows in the demo; none for who has set something up."""
    factors, people = Factors(session, tenant_id, vault), People(session, tenant_id, vault)
    for role in sorted(GUARDED):
        person_id = await people.by_phone(DEMO_PHONES[role])
        if person_id is not None and not (await factors.held(person_id)).any:
            await factors.set_app(person_id, new_secret(), step=0)


async def _switch_new_on(session: Session, plugins: Sequence[str]) -> None:
    """A plugin that the foundation has never had, as the first start after it was installed finds one; none that was uninstalled."""
    rows = await session.fetch("select plugin from core.plugin_activation union select plugin from core.plugin_uninstalled")
    had = {row["plugin"] for row in rows}
    for plugin in plugins:
        if plugin not in had:
            await switch(session, plugin, enabled=True)


async def _shops(store: RegistryStore, rows: Sequence[MarketRow]) -> list[tuple[NewShop, str]]:
    """Every shop with its owner's name, the demo's first bakery in front."""
    markets = await store.market_ids()
    made = [(row, shop) for row in rows for shop in demo_shops(row)]
    shops = [(NewShop(uuid7(), markets[row.key], shop.name, shop.stall, shop.category.value, shop.goods), shop.owner) for row, shop in made]
    return sorted(shops, key=lambda pair: pair[0].name != FIRST_MERCHANT_SHOP.name)


def _people(shops: Sequence[tuple[NewShop, str]]) -> list[NewPerson]:
    """The demo people: numbers as `010-0000-0001`, merchants and clerks at the first shops, one shop each."""
    first = shops[:MERCHANTS]
    return [
        *(NewPerson(DEMO_PHONES[Role(role)], name, ((Role(role), None),)) for role, name in OFFICE.items()),
        *(NewPerson(_PHONE.format(1001 + n), owner, ((Role.MERCHANT, shop.id),)) for n, (shop, owner) in enumerate(first)),
        *(
            NewPerson(_PHONE.format(1501 + n), CLERK.format(surname=owner[0]), ((Role.CLERK, shop.id),))
            for n, (shop, owner) in enumerate(first)
        ),
        *(NewPerson(_PHONE.format(2001 + n), CUSTOMER.format(number=n + 1), ((Role.CUSTOMER, None),)) for n in range(CUSTOMERS)),
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
