"""Hooks by which the host finds, prints and counts what a plugin has."""

from smilero_sdk.answers import Measure, MeasureValue, Period, Printout, Search, SearchHit
from smilero_sdk.context import TenantContext
from smilero_sdk.hooks import hookspec
from smilero_sdk.registry import Shop


@hookspec
async def provide_search(ctx: TenantContext, search: Search) -> list[SearchHit]:  # type: ignore[empty-body]  # a specification has no body
    """What the plugin has that fits the words, on the face that was asked.

    When: somebody searches; in a transaction that may only read.
    Returns: hits that the actor may see, the best first, no more than `search.limit`.
    Errors: logged with tenant and plugin; the answer goes on without it.
    Since: 0.1
    """


@hookspec
async def provide_prints(ctx: TenantContext, shop: Shop) -> list[Printout]:  # type: ignore[empty-body]  # a specification has no body
    """The sheets that the plugin has for a shop to put up.

    When: a merchant opens the sheets of the shop; in a transaction that may only read.
    Returns: sheets in order, none for nothing.
    Errors: logged with tenant and plugin; the page goes on without it.
    Since: 0.1
    """


@hookspec
def register_measures() -> list[Measure]:  # type: ignore[empty-body]  # a specification has no body
    """The figures that the plugin can give.

    When: once at start.
    Returns: measures, each name once.
    Errors: a broken declaration stops the start and is named.
    Since: 0.1
    """


@hookspec
async def provide_measures(ctx: TenantContext, period: Period) -> list[MeasureValue]:  # type: ignore[empty-body]  # a specification has no body
    """The figures of each day of a period, as far as there are any.

    When: a report or the analytics ask; in a transaction that may only read.
    Returns: values of registered measures, by shop where they are of one.
    Errors: logged with tenant and plugin; the report says that this part is missing.
    Since: 0.1
    """
