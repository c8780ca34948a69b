"""What the plugins that are on show on each other's pages."""

from collections.abc import Sequence

from markupsafe import Markup

from smilero_core.plugins.calling import ask_plugins
from smilero_core.plugins.context import Context
from smilero_core.plugins.failures import note_failure
from smilero_sdk.pages import View
from smilero_sdk.registry import Shop
from smilero_tenants.faces.parts import Renderer

SHOP_FRAGMENTS = "provide_shop_fragments"


async def shop_slots(templates: Renderer, context: Context, shop: Shop) -> Sequence[str]:
    """What the enabled plugins show of a shop, rendered. One whose template fails shows nothing."""
    shown: list[Markup] = []
    for plugin, views in await ask_plugins(context, SHOP_FRAGMENTS, list, at=shop.id, shop=shop):
        for view in views:
            try:
                shown.append(_fragment(templates, context, plugin, view))
            except Exception as error:  # noqa: BLE001 - whatever a template raises, the page goes on
                note_failure(context, plugin, SHOP_FRAGMENTS, error)
    return shown


def _fragment(templates: Renderer, context: Context, plugin: str, view: object) -> Markup:
    if not isinstance(view, View) or not view.template.startswith(f"{plugin}/"):
        msg = f"{view!r} is no view of {plugin}"
        raise TypeError(msg)
    return templates.fragment(view.template, context.language, **view.context)
