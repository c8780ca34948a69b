"""What the plugins that are on show on each other's pages."""

from collections.abc import Sequence
from functools import partial

from markupsafe import Markup

from smilero_core.plugins.calling import ask_plugins, use_answer
from smilero_core.plugins.context import Context
from smilero_sdk.pages import View
from smilero_sdk.registry import Shop
from smilero_tenants.faces.parts import Renderer

SHOP_FRAGMENTS = "provide_shop_fragments"


async def shop_slots(templates: Renderer, context: Context, shop: Shop) -> Sequence[str]:
    """What the enabled plugins show of a shop, rendered. One whose template fails shows nothing."""
    shown: list[Markup] = []
    for plugin, views in await ask_plugins(context, SHOP_FRAGMENTS, list[View], at=shop.id, shop=shop):
        drawn = use_answer(context, plugin, SHOP_FRAGMENTS, partial(_fragments, templates, context.language, views))
        shown += drawn or ()
    return shown


def _fragments(templates: Renderer, language: str, views: Sequence[View]) -> list[Markup]:
    return [templates.fragment(view.template, language, **view.context) for view in views]
