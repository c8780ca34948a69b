"""Hooks that give a plugin its place on the faces."""

from smilero_sdk.context import TenantContext
from smilero_sdk.hooks import hookspec
from smilero_sdk.pages import HomePart, MenuItem, Pages, Undo


@hookspec
def register_pages() -> Pages:  # type: ignore[empty-body]  # a specification has no body
    """The plugin's pages on console, portal and public face.

    When: once at start.
    Returns: a `Pages`; the host checks door, session and permission before a handler runs.
    Errors: a broken declaration stops the start and is named.
    Since: 0.1
    """


@hookspec
def register_menu() -> list[MenuItem]:  # type: ignore[empty-body]  # a specification has no body
    """The plugin's entries in the menus.

    When: once at start; an entry is shown while the plugin is on and the visitor holds its permission.
    Returns: entries in order.
    Errors: a broken entry stops the start and is named.
    Since: 0.1
    """


@hookspec
async def provide_home(ctx: TenantContext) -> HomePart:  # type: ignore[empty-body]  # a specification has no body
    """What the plugin has to say and to offer on the home page of a merchant or clerk.

    When: the portal's home is opened; in a transaction that may only read.
    Returns: a `HomePart`.
    Errors: logged with tenant and plugin; the page goes on without it.
    Since: 0.1
    """


@hookspec
async def provide_undo(ctx: TenantContext) -> Undo | None:
    """The last thing that the visitor did for the shop and can still take back.

    When: any page of the portal is opened; in a transaction that may only read, so in one statement that an index answers.
    Returns: an `Undo`, or None; the bar at the bottom of the page offers the newest of all plugins.
    Errors: logged with tenant and plugin; the page goes on without it.
    Since: 0.1
    """
