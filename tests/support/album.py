"""Two plugins that keep pictures, served by this very process: for tests of files and forms."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import uvicorn

from smilero_core.db.settings import DatabaseSettings
from smilero_core.files.store import FileStore
from smilero_core.identity.access import Access
from smilero_core.plugins.host import PluginHost
from smilero_sdk.context import TenantContext
from smilero_sdk.errors import Problem
from smilero_sdk.hooks import hookimpl
from smilero_sdk.manifest import Plugin
from smilero_sdk.pages import Attachment, Face, Form, Pages, Redirect, View
from smilero_sdk.roles import Lent, Permission, Role
from smilero_sdk.services import PictureSize
from smilero_web.app import Application
from smilero_web.runtime import assemble
from smilero_web.settings import WebSettings

ALBUM, OTHER = "album", "otheralbum"


class Photo(Form):
    """A picture, or none."""

    title: str
    photo: Attachment | None = None
    public: bool = False
    how: str = "keep"


class Wanted(Form):
    """How large."""

    size: PictureSize | None = None


class Which(Form):
    """One of them."""

    file_id: UUID


class Hooks:
    """The pages of one of the plugins."""

    def __init__(self, name: str) -> None:
        self.name = name

    @hookimpl
    def register_pages(self) -> Pages:
        """Sending, finding and deleting."""
        pages, permission = Pages(), f"{self.name}.use"

        @pages.post(Face.PORTAL, "/photos", permission=permission)
        async def send(ctx: TenantContext, form: Photo) -> Redirect:
            if form.photo is None or form.how == "leave":
                return Redirect("/none")
            kept = await ctx.files.keep(form.photo, public=form.public)
            if form.how == "refuse":
                raise Problem("http.forbidden", 409)
            if form.how == "fail":
                raise RuntimeError(form.how)
            return Redirect(f"/kept/{kept.id}?size={kept.size}&type={kept.media_type}")

        @pages.get(Face.PORTAL, "/send", permission=permission)
        async def ask(ctx: TenantContext) -> View:  # noqa: ARG001 - every page has the context
            return View(f"{self.name}/send.html", {"action": f"/portal/{self.name}/photos"})

        @pages.get(Face.PORTAL, "/photos/{file_id}", permission=permission)
        async def find(ctx: TenantContext, file_id: UUID, query: Wanted) -> Redirect:
            file = await ctx.files.get(file_id)
            return Redirect(ctx.files.picture(file).paths[query.size] if query.size else ctx.files.path(file))

        @pages.post(Face.PORTAL, "/delete", permission=permission)
        async def delete(ctx: TenantContext, form: Which) -> Redirect:
            await ctx.files.delete(form.file_id)
            return Redirect("/gone")

        return pages


def _plugin(name: str) -> Plugin:
    title = {"ko": name}
    permissions = (Permission(f"{name}.use", frozenset({Role.MERCHANT}), Lent.LOOK),)
    return Plugin(name, "tests.support", title, title, "1", Hooks(name), permissions=permissions)


@asynccontextmanager
async def serving_albums(
    database: DatabaseSettings, folder: Path, files_url: str = "", *, redis_url: str = "", beside: Sequence[Plugin] = ()
) -> AsyncIterator[tuple[str, FileStore]]:
    """The application with the two plugins alone, or with others beside them; its address, and its store."""
    parts = assemble(WebSettings(data_dir=folder, files_url=files_url, redis_url=redis_url))
    parts.templates.add(ALBUM, Path(__file__).parent / "templates")
    host = PluginHost([_plugin(ALBUM), _plugin(OTHER), *beside], [ALBUM, OTHER, *(one.name for one in beside)])
    application = Application(replace(parts, host=host, access=Access(host.permissions)), database)
    server = uvicorn.Server(uvicorn.Config(application.build(), port=0, log_config=None))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
        if serving.done():
            await serving
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}", application.runtime().files
    finally:
        server.should_exit = True
        await serving
