"""The sheets of a shop."""

from collections.abc import Sequence
from dataclasses import dataclass

from smilero_core.plugins.calling import ask_plugins
from smilero_core.plugins.context import CORE, Context
from smilero_core.registry.for_plugins import as_shop
from smilero_sdk.answers import Printout
from smilero_sdk.errors import not_found
from smilero_sdk.pages import Face
from smilero_sdk.registry import Shop
from smilero_tenants.faces.frames import face_path, shop_page

HOOK = "provide_prints"


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    Attributes:
        plugin: whose it is; `core` for the host's own.
        address: where its QR code leads, with scheme and host; None: no code.
    """

    plugin: str
    name: str
    label: str
    title: str
    lines: Sequence[str]
    address: str | None

    @property
    def url(self) -> str:
        """Its page."""
        return f"/portal/print/{self.plugin}/{self.name}"


async def sheets_of(context: Context) -> list[Sheet]:
    """Every sheet of the shop that is worked for, the host's own in front. Raises `http.not_found` for somebody without a shop."""
    if context.shop_id is None:
        raise not_found("shop")
    row = await context.reader.shop_row(context.shop_id)
    shop = as_shop(row, (await context.reader.market(row.market_id)).row)
    answers = await ask_plugins(context, HOOK, list[Printout], at=shop.id, shop=shop)
    return [_own(context, shop), *(sheet for plugin, given in answers for sheet in _sheets(context, plugin, given))]


def _own(context: Context, shop: Shop) -> Sheet:
    page = shop_page(context, Face.PUBLIC, shop.id, shop.name) or "/"
    lines = (f"{shop.market} {shop.stall}".strip(), context.text("prints.shop.line"))
    return Sheet(CORE, "shop", context.text("prints.shop.label"), shop.name, lines, context.origin + page)


def _sheets(context: Context, plugin: str, given: Sequence[Printout]) -> list[Sheet]:
    return [
        Sheet(
            plugin,
            one.name,
            context.text(one.label),
            one.title,
            one.lines,
            None if one.path is None else context.origin + face_path(Face.PUBLIC, plugin, one.path),
        )
        for one in given
    ]
