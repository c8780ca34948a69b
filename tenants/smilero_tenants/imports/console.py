"""`/console/shops/import`: a foundation's own list of shops, sent, looked at line by line, and kept."""

from collections.abc import Callable
from uuid import UUID

import anyio.to_thread
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.identity.access import REGISTRY_MANAGE
from smilero_core.jobs.queue import Asker, JobQueue
from smilero_core.limits.limiter import Rule
from smilero_core.plugins.context import CORE, Context
from smilero_core.registry.import_runs import ImportRuns, Run
from smilero_core.registry.sheet_file import require_sheet
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.pages import Face, Form, Live, PageOperation
from smilero_tenants.faces.live import live_response
from smilero_tenants.faces.own_pages import OwnPages, Shown, Values
from smilero_tenants.faces.visit import SignInNeeded, Visit, to_sign_in, visiting
from smilero_tenants.imports.drawing import columns_told, refused_sheet, shown_run, template_sheet
from smilero_tenants.imports.jobs import IMPORT_JOBS, KEEP, READ, OneRun, topic
from smilero_tenants.tables.files import TYPES

PATH = "/console/shops/import"
_ONE = f"{PATH}/{{run_id:uuid}}"
_LATEST = 5
_LONGEST_NAME = 120
PER_SENDER = Rule("import", 60, 3600, fails_closed=False)


class Sent(Form):
    """Whose shops they are; empty: as the sheet's own column says."""

    market: UUID | None = None


async def progress(ctx: Context, run_id: UUID) -> Live:
    """How far a sheet is."""
    run = await ImportRuns(ctx.host).far(run_id)
    return Live(topic(run_id), "progress", {"seen": run.seen, "total": run.total, "busy": run.busy, "state": run.state})


PROGRESS = PageOperation(Face.CONSOLE, "GET", f"{PATH}/live", progress, REGISTRY_MANAGE, None, None, {"run_id": UUID})


class ImportConsole:
    """The pages about sheets."""

    def __init__(self, pages: OwnPages) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        """Sending one, its template, and one on its way."""
        return [
            Route(PATH, self.ask),
            Route(PATH, self.send, methods=["POST"]),
            Route(f"{PATH}/template.csv", self.template),
            Route(f"{PATH}/template.xlsx", self.template),
            Route(_ONE, self.one),
            Route(f"{_ONE}/live", self.live),
            Route(f"{_ONE}/refused.csv", self.refused),
            Route(f"{_ONE}/refused.xlsx", self.refused),
            Route(f"{_ONE}/keep", self.keep, methods=["POST"]),
        ]

    async def ask(self, request: Request) -> Response:
        """Which sheet, and what came of the last ones."""
        return await self._pages.show(request, _asked)

    async def send(self, request: Request) -> Response:
        """Take a sheet, to be read in the worker. Raises `registry.file_*` for what is none at first sight."""
        refused = await self._pages.knock(request, REGISTRY_MANAGE)
        if refused is not None:
            return refused
        problem = await self._pages.take(request, (PER_SENDER, self._pages.blind_session(request)))
        async with request.form() as form:
            file = form.get("sheet")
            content = await file.read() if isinstance(file, UploadFile) else b""
            name = (file.filename or "") if isinstance(file, UploadFile) else ""
            texts = {name: value for name, value in form.items() if isinstance(value, str) and value}
        sent = Sent.model_validate_strings(texts)
        try:
            if problem is None:
                await anyio.to_thread.run_sync(require_sheet, content)
        except Problem as found:
            problem = found

        async def carry_out(visit: Visit, _: dict[str, str]) -> Shown | str:
            visit.require(REGISTRY_MANAGE)
            if problem is not None:
                return await _asked(visit, problem)
            if sent.market is not None:
                await visit.context.reader.market(sent.market)
            return await _begin(visit, _tidy(name), content, sent.market)

        return await self._pages.command(request, carry_out)

    async def one(self, request: Request) -> Response:
        """How far it is, what it would do, or what came of it."""

        async def make(visit: Visit) -> Shown:
            visit.require(REGISTRY_MANAGE)
            run = await ImportRuns(visit.context.host).one(request.path_params["run_id"])
            return Shown("console/import_run.html", {"run": shown_run(visit.context, run, f"{PATH}/{run.id}"), "back_url": PATH})

        return await self._pages.show(request, make)

    async def live(self, request: Request) -> Response:
        """The bar, as it moves."""
        try:
            async with visiting(self._pages.parts, request, Face.CONSOLE) as visit:
                visit.require(REGISTRY_MANAGE)
                answer = await progress(visit.context, request.path_params["run_id"])
        except SignInNeeded:
            return to_sign_in(request, Face.CONSOLE)
        return await live_response(self._pages.parts, visit, CORE, PROGRESS, answer)

    async def keep(self, request: Request) -> Response:
        """Let it be kept. A second tap is no second time."""

        async def carry_out(visit: Visit, _: dict[str, str]) -> str:
            visit.require(REGISTRY_MANAGE)
            run_id: UUID = request.path_params["run_id"]
            if await ImportRuns(visit.context.host).let(run_id):
                await _queue(visit).later(KEEP, OneRun(run_id=run_id))
            return f"{PATH}/{run_id}"

        return await self._pages.command(request, carry_out)

    async def template(self, request: Request) -> Response:
        """The sheet to be filled in, with its columns explained."""
        kind = request.url.path.rpartition(".")[2]
        return await self._file(request, f"shops-template.{kind}", lambda context, _: template_sheet(context, kind))

    async def refused(self, request: Request) -> Response:
        """The lines that must be mended, as a sheet of their own that says why."""
        kind = request.url.path.rpartition(".")[2]
        return await self._file(request, f"shops-refused.{kind}", lambda context, run: refused_sheet(context, _there(run), kind))

    async def _file(self, request: Request, name: str, make: Callable[[Context, Run | None], bytes]) -> Response:
        run_id: UUID | None = request.path_params.get("run_id")
        try:
            async with visiting(self._pages.parts, request, Face.CONSOLE) as visit:
                visit.require_role()
                visit.require_own()
                visit.require(REGISTRY_MANAGE)
                run = await ImportRuns(visit.context.host).one(run_id) if run_id else None
        except SignInNeeded:
            return to_sign_in(request, Face.CONSOLE)
        file = await anyio.to_thread.run_sync(make, visit.context, run)
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return Response(file, media_type=TYPES[name.rpartition(".")[2]], headers=headers)


async def _asked(visit: Visit, refused: Problem | None = None) -> Shown:
    visit.require(REGISTRY_MANAGE)
    context = visit.context
    runs = [shown_run(context, run, f"{PATH}/{run.id}") for run in await ImportRuns(context.host).latest(_LATEST)]
    values: Values = {
        "action": PATH,
        "markets": [{"id": str(one.row.id), "name": one.row.name} for one in await context.reader.markets()],
        "columns": columns_told(context),
        "templates": [{"label": context.text(f"tables.format.{kind}"), "url": f"{PATH}/template.{kind}"} for kind in ("xlsx", "csv")],
        "runs": [{**run, "text": context.text(f"imports.state.{run['state']}")} for run in runs],
        "alert": context.text(refused.code, **refused.params) if refused else None,
        "back_url": "/console/shops",
    }
    return Shown.telling("console/import.html", values, refused)


async def _begin(visit: Visit, name: str, content: bytes, market_id: UUID | None) -> str:
    by = visit.context.visitor_id
    if by is None:
        raise SignInNeeded
    run_id = await ImportRuns(visit.context.host).begin(name, content, market_id, by)
    await _queue(visit).later(READ, OneRun(run_id=run_id))
    return f"{PATH}/{run_id}"


def _queue(visit: Visit) -> JobQueue:
    actor = visit.context.actor
    return JobQueue(visit.context.host, CORE, IMPORT_JOBS, visit.context.ring, Asker(actor.person_id, actor.role))


def _there(run: Run | None) -> Run:
    if run is None or run.state != "refused":
        raise not_found("import")
    return run


def _tidy(name: str) -> str:
    """The last part of the sender's name for it, printable."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable())[-_LONGEST_NAME:]
