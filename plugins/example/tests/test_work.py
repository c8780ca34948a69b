"""What the worker does for the guest book, and what the plugin is told of itself and of people."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from pydantic import SecretStr

from smilero_core.db.orm import forget_models, init_models
from smilero_core.db.session import Session
from smilero_core.messaging.channels import NoChannel
from smilero_core.messaging.security import SecurityMessages
from smilero_core.models import CORE_MODELS
from smilero_core.platform.relay import Relay
from smilero_core.plugins.chosen import ChosenSettings
from smilero_core.plugins.context import CORE, Context
from smilero_core.plugins.gate import PluginGate
from smilero_core.plugins.host import PluginHost
from smilero_core.plugins.switching import Switchboard
from smilero_core.plugins.work import Workbench, listeners
from smilero_core.tenancy.directory import TenantDirectory
from smilero_example.jobs import digest
from smilero_example.plugin import Example
from smilero_example.rights import THANK
from smilero_example.service import GuestBook
from smilero_example.settings import BookSettings
from smilero_sdk.context import Actor, Tenant
from smilero_sdk.errors import Problem
from smilero_sdk.i18n import Catalogue
from smilero_sdk.registry import Shop
from smilero_sdk.roles import Role
from smilero_web.runtime import PACKAGES
from smilero_web.services import Installed, Wires, host_services
from tests.support.application import Site
from tests.support.coupons import Till
from tests.support.faces import Town, new_town

# A test's contexts are the worker's own; what of them a hook uses is for the hook's own types to say.
HOOKS: Any = Example()


@dataclass
class Workshop:
    """A worker's parts in this process, at one foundation."""

    town: Town
    tenant: Tenant
    host: PluginHost = field(default_factory=lambda: PluginHost.discover(["coupons", "example", "storefront"]))

    def __post_init__(self) -> None:
        site, catalogue = self.town.site, Catalogue.of([*PACKAGES, *self.host.packages])
        self.gate = PluginGate(site.database, self.host.listed)
        self.services = host_services(Installed(self.host, catalogue), self.gate, self.town.vault, Wires())
        self.relay = Relay(site.database, listeners(self.host), self.host.listed, CORE)
        self.bench = Workbench(site.database, self.services, {}, lambda tenant: f"https://{tenant.slug}.localhost")

    @asynccontextmanager
    async def context(self, who: str | None = None, name: str = "example") -> AsyncIterator[Any]:
        """A transaction of a plugin, by one of the cast or by nobody."""
        async with self.town.site.database.unit(self.tenant.id) as unit:
            plugins = await self.gate.read(Session(unit))
            yield Context(self.tenant, "ko", unit, self.services, plugins, plugin=name, caller=self.actor(who) if who else None)

    def actor(self, who: str) -> Actor:
        """One of the cast."""
        role = Role.CUSTOMER if "customer" in who else Role.OWNER if who == "owner" else Role.MERCHANT
        shop = frozenset({self.town.foundation.shop}) if role is Role.MERCHANT else frozenset()
        return Actor(role, self.town.foundation.people[who], shop)

    async def choose(self, **chosen: Any) -> None:  # noqa: ANN401 - the settings' own
        """As the console keeps a choice."""
        async with self.context(name=CORE) as context:
            await ChosenSettings(self.town.vault, self.tenant.id, "example").keep(context.host, None, BookSettings(**chosen))
        self.gate.forget(self.tenant.id)

    async def work_off(self) -> None:
        """Hand over and do all that is due."""
        self.gate.forget(self.tenant.id)
        while await self.relay.hand_over(self.tenant.id):
            pass
        while await self.bench.take_turn(self.tenant):
            pass

    async def told(self) -> list[str]:
        """What people were told, oldest first."""
        messages = await SecurityMessages(self.town.site.database, self.town.vault, NoChannel()).latest(self.tenant.id, 20)
        return [message.body for message in reversed(messages)]

    async def waiting(self) -> list[tuple[str, str, int]]:
        """Jobs of the plugin that wait or are dead."""
        rows = await self.town.site.admin.fetch(
            "select name, state, attempts from core.job where tenant_id = $1 and plugin = 'example' order by id", self.tenant.id
        )
        return [(row["name"], row["state"], row["attempts"]) for row in rows]


@pytest.fixture(scope="module", autouse=True)
async def models() -> AsyncIterator[None]:
    await init_models({"core": CORE_MODELS, **PluginHost.discover().models})
    yield
    await forget_models()


@pytest.fixture
async def workshop(site: Site) -> Workshop:
    town = await new_town(site)
    tenant = await TenantDirectory(site.database, "localhost").by_id(town.foundation.id)
    assert tenant is not None
    return Workshop(town, tenant)


@dataclass
class Board:
    """An outside board that answers each call with the next status."""

    statuses: list[int]
    taken: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read a request and answer it."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length: ")[2].partition("\r")[0])
        body = json.loads(await reader.readexactly(length))
        self.taken.append((body["text"], head.partition("idempotency-key: ")[2].partition("\r")[0]))
        status = self.statuses.pop(0)
        writer.write(f"HTTP/1.1 {status} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()


@pytest.fixture
async def board() -> AsyncIterator[Board]:
    made = Board([])
    server = await asyncio.start_server(made.answer, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    yield made
    server.close()
    await server.wait_closed()


async def write(workshop: Workshop, text: str = "떡이 맛있어요", who: str = "customer") -> Any:  # noqa: ANN401 - an id
    async with workshop.context(who) as ctx:
        return await GuestBook(ctx).write(workshop.town.foundation.shop, text)


async def test_the_writer_is_told_once_that_the_shop_thanked(workshop: Workshop) -> None:
    greeting = await write(workshop)
    for _ in range(2):
        async with workshop.context("merchant") as ctx:
            await GuestBook(ctx).thank(greeting)
    await workshop.work_off()
    assert [one for one in await workshop.told() if "고마움" in one] == [], "it can still be taken back"
    await workshop.town.site.admin.execute("update core.job set run_at = now() where tenant_id = $1", workshop.tenant.id)
    await workshop.work_off()
    assert [one for one in await workshop.told() if "고마움" in one] == [
        f"{workshop.tenant.slug} shop 사장님이 남기신 말에 고마움을 전했어요."
    ]
    assert await workshop.waiting() == []


async def test_thanks_that_were_a_wrong_tap_tell_nobody(workshop: Workshop) -> None:
    greeting = await write(workshop)
    async with workshop.context("merchant") as ctx:
        await GuestBook(ctx).thank(greeting)
    at_the_shop = {"shop_id": workshop.town.foundation.shop, "caller": replace(workshop.actor("merchant"), permissions=frozenset({THANK}))}
    async with workshop.context("merchant") as ctx:
        offered = await HOOKS.provide_undo(replace(ctx, **at_the_shop))
        await GuestBook(ctx).take_thanks_back(greeting)
    assert offered.path == f"/greetings/{greeting}/thanks/undo"
    await workshop.town.site.admin.execute("update core.job set run_at = now() where tenant_id = $1", workshop.tenant.id)
    await workshop.work_off()
    assert ([one for one in await workshop.told() if "고마움" in one], await workshop.waiting()) == ([], [])
    async with workshop.context("merchant") as ctx:
        assert await HOOKS.provide_undo(replace(ctx, **at_the_shop)) is None
        with pytest.raises(Problem, match=r"example\.undo_late"):
            await GuestBook(ctx).take_thanks_back(greeting)


async def test_the_board_gets_each_greeting_under_the_same_key_until_it_takes_it(workshop: Workshop, board: Board) -> None:
    await workshop.choose(board_url=board.url, form_secret=SecretStr("x"))
    board.statuses = [500, 200]
    await write(workshop, "널리 알려요")
    await workshop.work_off()
    assert await workshop.waiting() == [("publish", "queued", 1)]
    await workshop.town.site.admin.execute("update core.job set run_at = now() where tenant_id = $1", workshop.tenant.id)
    await workshop.work_off()
    assert await workshop.waiting() == []
    assert [text for text, _ in board.taken] == ["널리 알려요"] * 2
    assert len({key for _, key in board.taken}) == 1


async def test_what_is_hidden_in_time_is_not_published(workshop: Workshop, board: Board) -> None:
    await workshop.choose(board_url=board.url, form_secret=SecretStr("x"))
    greeting = await write(workshop)
    async with workshop.context("owner") as ctx:
        await GuestBook(ctx).hide(greeting)
    await workshop.work_off()
    assert (board.taken, await workshop.waiting()) == ([], [])


@pytest.mark.parametrize(("tone", "words"), [("warm", "2분이 한마디"), ("plain", "새 글 2건")])
async def test_the_digest_counts_today_s_greetings_for_the_shop_s_merchant(workshop: Workshop, tone: str, words: str) -> None:
    await workshop.choose(tone=tone)
    await write(workshop)
    await write(workshop, "또 올게요", "other customer")
    old = await write(workshop, "어제 다녀왔어요")
    await workshop.town.site.admin.execute("update plugin_example.greeting set created_at = now() - interval '2 days' where id = $1", old)
    async with workshop.context() as ctx:
        await digest(ctx)
    (told,) = [one for one in await workshop.told() if workshop.tenant.slug in one]
    assert words in told


async def test_a_used_coupon_counts_a_guest_once(workshop: Workshop) -> None:
    till = Till(workshop.town.site, workshop.town.foundation)
    claim = await till.claim(await till.campaign())
    await till.redeem(claim["code"])
    await workshop.work_off()
    page = await workshop.town.guest().get(f"/example/books/{workshop.town.foundation.shop}")
    assert "쿠폰 손님 1분" in page.text


async def test_switched_off_and_on_its_greetings_are_back_and_on_record(workshop: Workshop) -> None:
    await write(workshop)
    for change in ("disable", "enable"):
        async with workshop.context("owner", CORE) as core:
            await getattr(Switchboard(core), change)("example")
    rows = await workshop.town.site.admin.fetch(
        "select sentence, params from core.audit_entry where tenant_id = $1 and plugin = 'example' order by id", workshop.tenant.id
    )
    assert [(row["sentence"], json.loads(row["params"])) for row in rows] == [
        ("example.audit.closed", {}),
        ("example.audit.opened", {"count": 1}),
    ]


async def test_a_board_without_a_secret_is_refused(workshop: Workshop) -> None:
    async with workshop.context("owner") as ctx:
        with pytest.raises(Problem, match=r"example\.board_needs_secret"):
            await HOOKS.on_settings_changed(ctx, BookSettings(), BookSettings(board_url="https://board.example/"))
        await HOOKS.on_settings_changed(ctx, BookSettings(), BookSettings(form_secret=SecretStr("new")))
    assert (
        await workshop.town.site.admin.fetchval(
            "select count(*) from core.audit_entry where tenant_id = $1 and sentence = 'example.audit.new_secret'", workshop.tenant.id
        )
        == 1
    )


async def test_a_person_gets_and_leaves_what_he_wrote(workshop: Workshop) -> None:
    await write(workshop, "제가 쓴 말")
    await write(workshop, "남이 쓴 말", "other customer")
    person = workshop.town.foundation.people["customer"]
    async with workshop.context() as ctx:
        (section,) = await HOOKS.provide_person_export(ctx, person)
        assert [row["text"] for row in section.rows] == ["제가 쓴 말"]
        assert await HOOKS.provide_person_erasure(ctx, person) == []
        assert await HOOKS.provide_person_export(ctx, person) == []
    rows = await workshop.town.site.admin.fetch(
        "select text, person_id from plugin_example.greeting where tenant_id = $1 order by id", workshop.tenant.id
    )
    assert [(row["text"], row["person_id"] is None) for row in rows] == [("", True), ("남이 쓴 말", False)]


@dataclass(frozen=True)
class Life:
    """Sixty days at the cast's shop."""

    workshop: Workshop
    ctx: Context
    shops: tuple[Shop, ...]
    random: Random
    days: tuple[date, ...] = tuple(date(2026, 3, 1) + timedelta(days=number) for number in range(60))

    @property
    def customers(self) -> list[Actor]:
        return [self.workshop.actor("customer"), self.workshop.actor("other customer")]

    def merchant(self, _: Shop) -> Actor:
        return self.workshop.actor("merchant")

    def at(self, moment: datetime, actor: Actor) -> Context:
        return replace(self.ctx, now=moment.astimezone(UTC), caller=actor)


async def a_demo(workshop: Workshop) -> list[tuple[object, ...]]:
    """What sixty days make, undone again."""
    async with workshop.context("owner") as ctx, ctx.db.savepoint():
        shop = await ctx.registry.shop(workshop.town.foundation.shop)
        await HOOKS.provide_demo(ctx, Life(workshop, ctx, (shop,), Random(7)))  # noqa: S311 - a seed, not a secret
        rows = await ctx.db.fetch("select text, created_at, thanked_at from plugin_example.greeting order by created_at, text")
        await ctx.db.execute("delete from plugin_example.greeting")
        return [tuple(row) for row in rows]


async def test_sixty_days_are_the_same_for_the_same_seed(workshop: Workshop) -> None:
    made = await a_demo(workshop)
    assert await a_demo(workshop) == made
    assert len(made) > 10
    assert {row[1].date() for row in made if isinstance(row[1], datetime)} <= set(Life.days)
    assert 0 < sum(row[2] is not None for row in made) < len(made)
