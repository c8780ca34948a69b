"""What a plugin mounts, read from the application's router."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from pydantic import BaseModel

from smilero_core.plugins.host import PluginHost
from smilero_sdk.pages import PageOperation
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
    return [*api, *pages, *hooks]


def _page(plugin: str, one: PageOperation) -> Address:
    path = face_path(one.face, plugin, one.path)
    return Address(Door(one.face.value), one.method, path, one.permission, one.parameters, one.form, _query(one.query))


def _query(model: type[BaseModel] | None) -> str:
    values = sample_of(model) if model else {}
    return f"?{urlencode(values)}" if values else ""
