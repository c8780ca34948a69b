"""Live pages of plugins: who may see which, asked once for many, and streamed without a transaction open."""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import UUID

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from smilero_core.db.session import Session
from smilero_core.identity.sessions import SignedIn, all_signed_in
from smilero_core.identity.watching import watched
from smilero_core.plugins.context import CORE, Context
from smilero_core.realtime.frames import Message, body
from smilero_core.realtime.listener import Listener
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.pages import Face, Live, PageOperation
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.viewers import Place, Sight, Viewer
from smilero_tenants.faces.visit import ROLES, SESSION_COOKIE, Visit

# Where the outermost layer finds the stream that it goes on with; see `LiveStreams` of the web package.
STREAM = "live"


class LiveResponse(Response):
    """The head of the stream and its first event; the rest follows when the request itself is over and its memory free."""

    def __init__(self, listener: Listener[Viewer], opening: Message) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(headers=headers, media_type="text/event-stream")
        del MutableHeaders(raw=self.raw_headers)["content-length"]
        self._listener = listener
        self._opening = opening

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as ASGI calls it
        """Send what every answer begins with, and leave the listener for the outermost layer."""
        scope["state"][STREAM] = self._listener
        await send({"type": "http.response.start", "status": HTTPStatus.OK, "headers": self.raw_headers})
        if scope["method"] == "HEAD":
            self._listener.leave()
            await send(body(b"", more=False))
        else:
            await send(self._opening)


async def live_response(parts: FaceParts, visit: Visit, plugin: str, operation: PageOperation, live: Live) -> Response:
    """Let a visitor into the room of those who see the same. Call it when the visit's transaction is over."""
    request, context = visit.request, visit.context
    place = Place(visit.tenant, plugin, operation, arguments_of(request, operation), str(request.url), context.language)
    sight = Sight.of(context.caller, context.shop_id, shared=live.shared)
    listener = Listener(Viewer(place, request.cookies.get(SESSION_COOKIE), live.topic, live.shared))
    with parts.rooms.door(sight.key(place), partial(_look, parts, place, sight)) as room:
        frame = await room.open(visit.tenant.id, live.topic)
        if room.live != live:  # the room has not heard the bell yet
            room.wake()
        parts.rooms.enter(room, listener)
    return LiveResponse(listener, frame.opening(request.headers.get("last-event-id")))


async def check_viewers(parts: FaceParts, listeners: Sequence[Listener[Viewer]]) -> None:
    """Ask door, session and role of many live pages anew: one transaction for all of a tenant's face.

    Who may no longer see a page is sent away; who sees it with other eyes, as at another shop, is shown that.
    """
    groups: defaultdict[tuple[UUID, Face], list[Listener[Viewer]]] = defaultdict(list)
    for listener in listeners:
        place = listener.viewer.place
        groups[place.tenant.id, place.operation.face].append(listener)
    for (tenant_id, face), group in groups.items():
        doors = await parts.gate.of(tenant_id)
        signed_in = await _signed_in(parts, tenant_id, face, group)
        for listener in group:
            if signed_in is None or listener.viewer.place.plugin not in {CORE, *doors.open}:
                listener.send_away()
            else:
                await _check(parts, listener, signed_in.get(listener.viewer.token or ""))


async def _signed_in(parts: FaceParts, tenant_id: UUID, face: Face, group: Sequence[Listener[Viewer]]) -> dict[str, SignedIn] | None:
    """By token; None when the foundation is suspended."""
    tokens = {token for listener in group if (token := listener.viewer.token)}
    async with parts.database.unit(tenant_id, read_only=True) as unit:
        session = Session(unit)
        active = await session.fetch_value("select status = 'active' from core.tenant where id = $1", tenant_id)
        if not active:
            return None
        found = await all_signed_in(session, tokens, ROLES[face])
        if face is Face.PORTAL:
            found = {token: await watched(session, parts.access, token, visitor) for token, visitor in found.items()}
        return found


async def _check(parts: FaceParts, listener: Listener[Viewer], visitor: SignedIn | None) -> None:
    viewer = listener.viewer
    actor = parts.access.equip(visitor.actor, parts.access.lent(visitor.limits)) if visitor and visitor.actor else None
    if not viewer.place.open_to(actor):
        listener.send_away()
        return
    sight = Sight.of(actor, visitor.shop_id if visitor else None, shared=viewer.shared)
    key = sight.key(viewer.place)
    if listener.room is None or listener.room.key == key:
        return
    try:
        with parts.rooms.door(key, partial(_look, parts, viewer.place, sight)) as room:
            await room.open(viewer.place.tenant.id, viewer.topic)
            parts.rooms.move(listener, room)
    except Problem as problem:
        if problem.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            listener.send_away()


async def _look(parts: FaceParts, place: Place, sight: Sight) -> Live:
    """A live part as it is now, in a transaction of its own. Raises when the door closed meanwhile, and what the page raises."""
    plugins = await parts.gate.of(place.tenant.id)
    if place.plugin != CORE:
        plugins.require(place.plugin)
    scheme, _, rest = place.url.partition("://")
    async with parts.database.unit(place.tenant.id, read_only=True) as unit:
        context = Context(
            place.tenant,
            place.language,
            unit,
            parts.services,
            plugins,
            caller=sight.actor,
            shop_id=sight.shop_id,
            origin=f"{scheme}://{rest.partition('/')[0]}",
        )
        answer = await place.operation.handler(context.for_plugin(place.plugin), **place.arguments)
    if not isinstance(answer, Live):
        raise not_found()
    return answer


def arguments_of(request: Request, operation: PageOperation) -> dict[str, Any]:
    """What a page's handler takes from its address, besides the context."""
    arguments: dict[str, Any] = {name: request.path_params[name] for name in operation.parameters}
    if operation.query is not None:
        arguments["query"] = operation.query.model_validate_strings(dict(request.query_params))
    return arguments
