"""The manifest and the hooks: every one that there is, each a line or two that leads to the file where it is done."""

from http import HTTPStatus
from uuid import UUID

from smilero_example import answers, demo, events, rights
from smilero_example.jobs import jobs, schedules, subscriptions
from smilero_example.pages import pages
from smilero_example.routes import api, webhooks
from smilero_example.service import GuestBook
from smilero_example.settings import BookSettings, ShopBookSettings
from smilero_sdk.answers import Kept, Measure, MeasureValue, Period, PersonSection, Printout, Search, SearchHit, Todo
from smilero_sdk.api import Api
from smilero_sdk.context import TenantContext
from smilero_sdk.demo import DemoLife
from smilero_sdk.errors import Problem
from smilero_sdk.events import Subscriptions
from smilero_sdk.hooks import hookimpl
from smilero_sdk.jobs import Jobs, Schedules
from smilero_sdk.manifest import DataClass, Level, Plugin
from smilero_sdk.messages import MessageTemplate
from smilero_sdk.pages import Face, HomePart, MenuItem, Pages, Undo, View
from smilero_sdk.registry import Shop
from smilero_sdk.settings import Settings
from smilero_sdk.webhooks import Webhooks


class Registered:
    """What is asked once, when the process starts."""

    @hookimpl
    def register_api(self) -> Api:
        """Operations for customers, shops and the foundation."""
        return api

    @hookimpl
    def register_webhooks(self) -> Webhooks:
        """A form elsewhere."""
        return webhooks

    @hookimpl
    def register_pages(self) -> Pages:
        """Pages of the three faces."""
        return pages

    @hookimpl
    def register_menu(self) -> list[MenuItem]:
        """An entry for the foundation and one for merchants."""
        return [
            MenuItem(Face.CONSOLE, "/greetings", "example.title", "notebook-pen", rights.READ),
            MenuItem(Face.PORTAL, "/greetings", "example.title", "notebook-pen", rights.READ),
        ]

    @hookimpl
    def register_subscriptions(self) -> Subscriptions:
        """Coupons that were used."""
        return subscriptions

    @hookimpl
    def register_jobs(self) -> Jobs:
        """Telling a writer, and an outside board."""
        return jobs

    @hookimpl
    def register_schedules(self) -> Schedules:
        """The evening's digest."""
        return schedules

    @hookimpl
    def register_measures(self) -> list[Measure]:
        """Greetings and their writers."""
        return answers.MEASURES


class Told:
    """What the plugin hears of itself, in the transaction of the change."""

    @hookimpl
    async def on_enabled(self, ctx: TenantContext) -> None:
        """Put on record how many greetings are back."""
        await ctx.audit.record("example.audit.opened", count=len(await GuestBook(ctx).repository.page(None, 1000)))

    @hookimpl
    async def on_disabled(self, ctx: TenantContext) -> None:
        """Put on record that the books are closed; what is in them stays."""
        await ctx.audit.record("example.audit.closed")

    @hookimpl
    async def on_settings_changed(self, ctx: TenantContext, before: Settings, after: Settings) -> None:
        """Refuse an outside board without a secret, and put a new secret on record."""
        if not isinstance(before, BookSettings) or not isinstance(after, BookSettings):
            return
        if after.board_url and not after.form_secret.get_secret_value():
            raise Problem("example.board_needs_secret", HTTPStatus.CONFLICT)
        if after.form_secret != before.form_secret:
            await ctx.audit.record("example.audit.new_secret")


class Asked:
    """What the plugin is asked, in a transaction that may only read; but for erasure and the demo."""

    @hookimpl
    async def provide_home(self, ctx: TenantContext) -> HomePart:
        """A tile for merchants."""
        return await answers.home(ctx)

    @hookimpl
    async def provide_undo(self, ctx: TenantContext) -> Undo | None:
        """Thanks that were a wrong tap."""
        return await answers.undo(ctx)

    @hookimpl
    async def provide_front_page(self, ctx: TenantContext, search: str) -> View | None:  # noqa: ARG002 - the hook's own
        """The newest greetings, if the foundation wants them in front."""
        return await answers.front_page(ctx)

    @hookimpl
    async def provide_shop_fragments(self, ctx: TenantContext, shop: Shop) -> list[View]:
        """The newest greetings to a shop."""
        return await answers.fragments(ctx, shop)

    @hookimpl
    async def provide_search(self, ctx: TenantContext, search: Search) -> list[SearchHit]:
        """Greetings."""
        return await answers.hits(ctx, search)

    @hookimpl
    async def provide_todos(self, ctx: TenantContext) -> list[Todo]:
        """Greetings that a shop has not thanked for in a week."""
        return await answers.todos(ctx)

    @hookimpl
    async def provide_prints(self, ctx: TenantContext, shop: Shop) -> list[Printout]:
        """The invitation to write."""
        return [answers.sheet(ctx, shop)]

    @hookimpl
    async def provide_measures(self, ctx: TenantContext, period: Period) -> list[MeasureValue]:
        """By shop and day."""
        return await answers.figures(ctx, period)

    @hookimpl
    async def provide_person_export(self, ctx: TenantContext, person_id: UUID) -> list[PersonSection]:
        """Everything that somebody wrote."""
        rows = await GuestBook(ctx).repository.written_by(person_id)
        shown = [{"text": row.text, "shop_id": str(row.shop_id), "created_at": row.created_at.isoformat()} for row in rows]
        return [PersonSection("example.title", shown)] if shown else []

    @hookimpl
    async def provide_person_erasure(self, ctx: TenantContext, person_id: UUID) -> list[Kept]:
        """The words go, the row stays and is counted. No law makes us keep more."""
        await GuestBook(ctx).repository.forget(person_id)
        return []

    @hookimpl
    async def provide_demo(self, ctx: TenantContext, life: DemoLife) -> None:
        """Sixty days of greetings."""
        await demo.live(ctx, life)


class Example(Registered, Told, Asked):
    """All of them."""


plugin = Plugin(
    name="example",
    package="smilero_example",
    title={"ko": "방명록", "en": "Guest book", "zh": "留言簿", "vi": "Sổ lưu bút", "uk": "Книга відгуків"},
    description={
        "ko": "손님이 가게에 한마디 남기고 사장님이 고마움을 전합니다",
        "en": "Customers greet a shop, and the shop thanks them",
        "zh": "顾客给店铺留言并收到店主的感谢",
        "vi": "Khách để lại lời nhắn cho cửa hàng, chủ cửa hàng gửi lời cảm ơn",
        "uk": "Покупці залишають крамниці кілька слів, крамниця дякує",
    },
    version="0.1.0",
    implementation=Example(),
    # Not `Smilero`: only plugins on the operator's list (SMILERO_PLUGINS) can be enabled, and this one is there to be read.
    owner="Smilero examples",
    licence="Apache-2.0",
    level=Level.SHOP,
    icon="notebook-pen",
    data_classes=(DataClass.PERSONAL,),
    models=("smilero_example.models",),
    permissions=rights.ALL,
    settings=BookSettings,
    shop_settings=ShopBookSettings,
    events=events.ALL,
    messages=(MessageTemplate("thanked"), MessageTemplate("digest_plain"), MessageTemplate("digest_warm")),
)
