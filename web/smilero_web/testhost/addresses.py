"""What a plugin mounts, read from the application's router."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from pydantic import BaseModel

from smilero_core.plugins.host import PluginHost
from smilero_sdk.pages import Face, PageOperation, TablePage
from smilero_sdk.testing.host import Address, Door
from smilero_tenants.faces.frames import face_path
from smilero_web.api.operations import PREFIX
from smilero_web.testhost.samples import sample_of


def addresses_of(host: PluginHost, plugin: str) -> Sequence[Address]:
    """Every address of a plugin: the API, the three faces, the webhooks."""
    declared = host.declared[plugin]
    api = [
        Address(Door.API, one.method, f"{PREFIX}/{plugin}{one.path}", one.permission, one.parameters, one.body)
        for one in declared.operations
    ]
    pages = [_page(plugin, one) for one in declared.pages]
    nothing: Mapping[str, type] = {}
    hooks = [Address(Door.WEBHOOK, "POST", f"/webhooks/{plugin}/{name}", None, nothing) for name in declared.webhooks]
    tables = [found for one in declared.tables for found in _table(plugin, one)]
    return [*api, *pages, *tables, *hooks]


def _table(plugin: str, one: TablePage) -> list[Address]:
    path, nothing = face_path(Face.CONSOLE, plugin, one.path), dict[str, type]()
    commands = ("export", "many", "many/carry") if one.table.actions else ("export",)
    return [
        Address(Door.CONSOLE, "GET", path, one.permission, nothing),
        *(Address(Door.CONSOLE, "POST", f"{path}/{command}", one.permission, nothing) for command in commands),
    ]


def _page(plugin: str, one: PageOperation) -> Address:
    path = face_path(one.face, plugin, one.path)
    return Address(Door(one.face.value), one.method, path, one.permission, one.parameters, one.form, _query(one.query), one.paper)


def _query(model: type[BaseModel] | None) -> str:
    values = sample_of(model) if model else {}
    return f"?{urlencode(values)}" if values else ""
