"""The tables of all plugins, mounted."""

from collections.abc import Callable, Mapping, Sequence

from starlette.routing import Route

from smilero_sdk.pages import Face, TablePage
from smilero_tenants.faces.frames import face_path
from smilero_tenants.faces.other_methods import OtherMethods
from smilero_tenants.faces.own_pages import OwnPages
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.tables.desk import TableDesk
from smilero_tenants.tables.place import Place


def table_routes(parts: Callable[[], FaceParts], tables: Mapping[str, Sequence[TablePage]]) -> list[Route]:
    """Routes of each table, by plugin, and behind them one for the methods that an address does not have.

    Args:
        parts: gives the running application, which exists only once it has started.
    """
    pages, routes = OwnPages(parts, Face.CONSOLE), list[Route]()
    for plugin, declared in tables.items():
        for one in declared:
            place = Place(face_path(Face.CONSOLE, plugin, one.path), one.table, one.permission, plugin)
            made = TableDesk(pages, place).routes()
            routes += [*made, *(Route(route.path, OtherMethods(parts, plugin, set(route.methods or ()) - {"HEAD"})) for route in made)]
    return routes
