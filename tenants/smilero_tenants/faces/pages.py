"""Plugins' pages: door, session, permission, form, idempotency, answer — in this order, for every face."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from smilero_core.audit.log import AuditLog
from smilero_core.idempotency.keys import Answer, IdempotencyKeys, Scope, is_kept, require_key
from smilero_core.identity.tokens import token_hash
from smilero_core.limits.limiter import rule_of
from smilero_core.plugins.approval_rows import Body
from smilero_core.plugins.calling import perform
from smilero_core.plugins.context import Context
from smilero_core.plugins.holding_back import Sent, hold_back
from smilero_sdk.api import PATH_TYPES
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.pages import Answer as Shown
from smilero_sdk.pages import Face, Live, PageOperation, Redirect, View
from smilero_sdk.papers import Paper
from smilero_tenants.faces.frames import approval_path, face_path, frame
from smilero_tenants.faces.halted import HALTED, halted
from smilero_tenants.faces.head import head, is_open
from smilero_tenants.faces.kept import done, page_headers, refused, require_same_hand, wants_word
from smilero_tenants.faces.live import arguments_of, live_response
from smilero_tenants.faces.other_methods import OtherMethods
from smilero_tenants.faces.papers import look_of, on_paper, paper_language
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.posting import Posted, posting
from smilero_tenants.faces.visit import SESSION_COOKIE, SignInNeeded, Visit, referring_path, to_sign_in, visiting

_ONWARD = "application/x-onward"
_REFUSAL = "application/x-refusal"


class PluginPages:
    """The pages of all plugins.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts]) -> None:
        self._parts = parts

    def routes(self, pages: Mapping[str, Sequence[PageOperation]]) -> list[Route]:
        """A route for each page, by plugin, and behind them one for the methods that an address does not have."""
        return [route for plugin, operations in pages.items() for route in self._of(plugin, operations)]

    def _of(self, plugin: str, operations: Sequence[PageOperation]) -> list[Route]:
        routes = [self._route(plugin, operation) for operation in operations]
        methods: dict[str, set[str]] = {}
        for route, operation in zip(routes, operations, strict=True):
            methods.setdefault(route.path, set()).add(operation.method)
        return [*routes, *(Route(path, OtherMethods(self._parts, plugin, has)) for path, has in methods.items())]

    def _route(self, plugin: str, operation: PageOperation) -> Route:
        async def endpoint(request: Request) -> Response:
            tenant = request.state.tenant
            if tenant is None:
                raise not_found()
            try:
                (await self._parts().gate.of(tenant.id)).require(plugin)
                return await self._answer(plugin, operation, request)
            except SignInNeeded:
                return to_sign_in(request, operation.face)
            except Problem as problem:
                if wants_word(request):
                    return refused(self._parts(), request, problem)
                if problem.code not in HALTED:
                    raise
                return await halted(self._parts(), request, operation.face, problem)
            except ValidationError:
                if not wants_word(request):
                    raise
                return refused(self._parts(), request, Problem("http.invalid", HTTPStatus.UNPROCESSABLE_ENTITY))

        path = face_path(operation.face, plugin, operation.path)
        for name, kind in operation.parameters.items():
            path = path.replace(f"{{{name}}}", f"{{{name}:{PATH_TYPES[kind]}}}")
        name = f"{plugin}.{operation.face.value}.{operation.handler.__name__}"
        return Route(path, endpoint, methods=[operation.method], name=name)

    async def _answer(self, plugin: str, operation: PageOperation, request: Request) -> Response:
        if operation.method != "GET":
            return await self._command(plugin, operation, request)
        return await (self._print if operation.paper else self._show)(plugin, operation, request)

    async def _print(self, plugin: str, operation: PageOperation, request: Request) -> Response:
        tenant = request.state.tenant
        language = paper_language(tenant, request.state.language)
        async with visiting(self._parts(), request, operation.face, language=language) as visit:
            paper, look = await self._ask(plugin, operation, visit), await look_of(visit)
        if not isinstance(paper, Paper):
            msg = f"{operation.handler.__name__} is declared as paper and must answer with some"
            raise TypeError(msg)
        return await on_paper(self._parts(), tenant, paper, look)

    async def _show(self, plugin: str, operation: PageOperation, request: Request) -> Response:
        async with visiting(self._parts(), request, operation.face) as visit:
            answer = await self._ask(plugin, operation, visit)
            shown = await frame(visit) if isinstance(answer, View) else {}
            keeping = page_headers(visit) if operation.kept else {}
        if isinstance(answer, Live):
            return await live_response(self._parts(), visit, plugin, operation, answer)
        if isinstance(answer, Redirect):
            return RedirectResponse(answer.path, HTTPStatus.SEE_OTHER)
        if not isinstance(answer, View):
            msg = f"{operation.handler.__name__} answers with paper and must be declared by pages.paper"
            raise TypeError(msg)
        told = {}
        if is_open(operation):
            origin = f"{request.url.scheme}://{request.url.netloc}"
            told = head(request.state.tenant, origin, request.url.path, request.state.language, answer)
        return self._page(request, plugin, answer, {**shown, **told}, keeping)

    async def _ask(self, plugin: str, operation: PageOperation, visit: Visit) -> Shown:
        visit.require_door(plugin)
        visit.require(operation.permission)
        context = visit.context.for_plugin(plugin)
        arguments = arguments_of(visit.request, operation)
        return await perform(context, plugin, _named(operation, plugin), partial(operation.handler, context, **arguments))

    async def _command(self, plugin: str, operation: PageOperation, request: Request) -> Response:
        await self._count(plugin, operation, request)
        # The form arrives before the transaction opens: a slow sender must not hold a connection.
        async with posting(self._parts(), plugin, operation, request) as posted:
            return await self._commanded(plugin, operation, request, posted)

    async def _count(self, plugin: str, operation: PageOperation, request: Request) -> None:
        """Count a command that its plugin limits, with no transaction open: of the session, else of the address."""
        if rule := rule_of(plugin, operation.handler):
            session = request.cookies.get(SESSION_COOKIE)
            subject = token_hash(session).hex() if session else request.client.host if request.client else ""
            await self._parts().limiter.take(request.state.tenant.id, rule, subject)

    async def _commanded(self, plugin: str, operation: PageOperation, request: Request, posted: Posted) -> Response:
        key = require_key(posted.key)
        async with visiting(self._parts(), request, operation.face, read_only=False) as visit:
            # First: whoever else is in, with fewer rights too, must not use up what another hand tapped.
            require_same_hand(visit, operation, posted.kept_for)
            visit.require_door(plugin)
            visit.require(operation.permission)
            body = urlencode(sorted(posted.fields.items())).encode()
            scope = Scope(_caller(visit), f"{plugin} {request.url.path}", key)
            keys = IdempotencyKeys(visit.context.host)
            answer = await keys.claim(scope, body, in_turn=True)
            if answer is None:
                answer = await self._carry_out(plugin, operation, visit, posted)
                await keys.keep(scope, body, answer)
            shown = await frame(visit) if answer.content_type == _REFUSAL else {}
        return self._told(request, operation.face, answer, shown)

    async def _carry_out(self, plugin: str, operation: PageOperation, visit: Visit, posted: Posted) -> Answer:
        """The answer to keep: where to go on, or a refusal with its half-done work undone. Raises what is not kept."""
        arguments: dict[str, Any] = {name: visit.request.path_params[name] for name in operation.parameters}
        if operation.form is not None:
            arguments["form"] = operation.form.model_validate_strings(posted.fields, context={"uploads": posted.uploads})
        try:
            async with visit.context.host.savepoint():
                context = visit.context.for_plugin(plugin)
                held = await hold_back(context, Sent(operation, arguments, _body(visit.request, operation, posted)))
                if held is not None:
                    return _onward(Redirect(approval_path(operation.face, held), told="faces.kept.held"))
                answer = await perform(context, plugin, _named(operation, plugin), partial(operation.handler, context, **arguments))
                await _note_help(visit, context, plugin)
        except Problem as problem:
            if not is_kept(problem.status):
                raise
            told = json.dumps({"code": problem.code, "params": problem.params}, default=str)
            return Answer(problem.status, _REFUSAL, told.encode())
        if not isinstance(answer, Redirect):
            msg = f"{operation.handler.__name__} is a command and must end in a Redirect"
            raise TypeError(msg)
        return _onward(answer)

    def _told(self, request: Request, face: Face, answer: Answer, shown: Mapping[str, object]) -> Response:
        kept = json.loads(answer.body)
        if answer.content_type == _ONWARD:
            return done(self._parts(), request, kept) if wants_word(request) else RedirectResponse(kept["path"], HTTPStatus.SEE_OTHER)
        if wants_word(request):
            return refused(self._parts(), request, Problem(kept["code"], answer.status, **kept["params"]))
        language = request.state.language
        message = self._parts().catalogue.text(language, kept["code"], **kept["params"])
        back = {"back_url": referring_path(request), "back_label": self._parts().catalogue.text(language, "faces.back")}
        if face is Face.CONSOLE:
            title = self._parts().catalogue.text(language, "portal.refusal.word")
            page = self._parts().templates.render("console/halted.html", language, title=title, message=message, **back, **shown)
        else:
            page = self._parts().templates.render("portal/refusal.html", language, message=message, **back, **_with_frame(shown))
        return HTMLResponse(page, answer.status, {"Content-Language": language})

    def _page(self, request: Request, plugin: str, view: View, shown: Mapping[str, object], keeping: Mapping[str, str]) -> Response:
        if not view.template.startswith(f"{plugin}/"):
            msg = f"{view.template} is not a template of {plugin}"
            raise ValueError(msg)
        page = self._parts().templates.render(view.template, request.state.language, **{**shown, **view.context})
        headers = {"Content-Language": request.state.language, "Cache-Control": "no-store", "Vary": "Accept-Language, Cookie", **keeping}
        return HTMLResponse(page, headers=headers)


def _body(request: Request, operation: PageOperation, posted: Posted) -> Body:
    """The command as it was sent, for one that waits."""
    return Body({name: str(request.path_params[name]) for name in operation.parameters}, posted.fields if operation.form else None)


def _onward(answer: Redirect) -> Answer:
    onward = {"path": answer.path, "told": answer.told, "values": dict(answer.values)}
    return Answer(HTTPStatus.SEE_OTHER, _ONWARD, json.dumps(onward, default=str).encode())


def _caller(visit: Visit) -> str:
    """Whose keys they are: of one who helps several, apart for each."""
    actor = visit.context.actor
    return f"{actor.role}:{actor.person_id}" + (f":{actor.on_behalf_of}" if actor.on_behalf_of else "")


async def _note_help(visit: Visit, context: Context, plugin: str) -> None:
    """What a helper does is on record, also where the plugin itself has nothing to say of it."""
    helps = context.caller is not None and context.caller.on_behalf_of is not None
    if helps and isinstance(context.audit, AuditLog) and not context.audit.written:
        await visit.context.audit.record("identity.audit.acted", plugin=plugin)


def _named(operation: PageOperation, plugin: str) -> str:
    """How a page is called in the record of failures."""
    return f"page {operation.method} {face_path(operation.face, plugin, operation.path)}"


def _with_frame(shown: Mapping[str, object]) -> dict[str, object]:
    """Refusals stand in the portal's frame, for which customers have no shop and no bar."""
    known = shown.get("frame")
    return {**shown, "frame": {"shop": None, "bar": [], "sign_out_url": None, **(known if isinstance(known, dict) else {})}}
