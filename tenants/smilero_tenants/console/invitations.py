"""`/console/invitations`: many shops of a market at once, looked at line by line before anything is sent."""

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Annotated, Literal, NoReturn
from urllib.parse import urlencode
from uuid import UUID

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.identity.access import PEOPLE_MANAGE
from smilero_core.identity.invitations import Invitations, Invitee, Outgoing
from smilero_core.registry.models import ShopRow
from smilero_sdk.errors import Problem
from smilero_sdk.pages import Form
from smilero_sdk.roles import Role
from smilero_tenants.console.lines import LONGEST_LINES, MOST_LINES, Line, read_lines
from smilero_tenants.console.sending import PER_LIST, record_invited, send
from smilero_tenants.faces.own_pages import OwnPages, Shown, Values
from smilero_tenants.faces.visit import SignInNeeded, Visit

_PATH = "/console/invitations"


class Listed(Form):
    """A list of one market, to be looked at or to be sent."""

    market: UUID
    lines: Annotated[str, Field(max_length=LONGEST_LINES)]
    step: Literal["look", "send"] = "look"


class Asked(Form):
    """Which market, and what was just sent."""

    market: UUID | None = None
    sent: Annotated[int, Field(ge=0, le=MOST_LINES)] | None = None


@dataclass(frozen=True)
class Draft:
    """A list as it stands on the page.

    Attributes:
        looked: each line with its fault, once it was looked at.
        sent: how many were just sent.
    """

    market: UUID | None
    text: str
    looked: list[Line] | None = None
    sent: int | None = None


class _LookedOnly(Exception):  # noqa: N818 - not an error: what was tried is undone
    pass


class InvitationConsole:
    """The pages about many invitations."""

    def __init__(self, pages: OwnPages) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        """Their address."""
        return [Route(_PATH, self.ask), Route(_PATH, self.take, methods=["POST"])]

    async def ask(self, request: Request) -> Response:
        """Which market, and its shops without anybody as lines to be filled in."""

        async def make(visit: Visit) -> Shown:
            visit.require(PEOPLE_MANAGE)
            asked = Asked.model_validate_strings({name: value for name, value in request.query_params.items() if value})
            shops = await _shops(visit, asked.market) if asked.market else []
            text = "\n".join(f"{shop.name}, {shop.stall}, " for shop in (await _without_anybody(visit, shops))[:MOST_LINES])
            return await _shown(visit, Draft(asked.market, text, sent=asked.sent))

        return await self._pages.show(request, make)

    async def take(self, request: Request) -> Response:
        """Look at a list, or send what is right in it."""
        refused = await self._pages.knock(request, PEOPLE_MANAGE)
        if refused is not None:
            return refused
        reached = await self._pages.take(request, (PER_LIST, self._pages.blind_session(request)))

        async def carry_out(visit: Visit, posted: dict[str, str]) -> Shown | str:
            visit.require(PEOPLE_MANAGE)
            listed = Listed.model_validate_strings(posted)
            shops = await _shops(visit, listed.market)
            try:
                if reached is not None:
                    raise reached
                lines = read_lines(listed.lines, shops)
            except Problem as problem:
                return await _shown(visit, Draft(listed.market, listed.lines), problem)
            lines, outgoing = await _tried(visit, lines, keep=listed.step == "send")
            if listed.step == "look":
                return await _shown(visit, Draft(listed.market, listed.lines, lines))
            for one, shop in outgoing:
                await send(visit, one, shop)
                await record_invited(visit, one, shop)
            return f"{_PATH}?{urlencode({'market': listed.market, 'sent': len(outgoing)})}"

        return await self._pages.command(request, carry_out)


async def _tried(visit: Visit, lines: list[Line], *, keep: bool) -> tuple[list[Line], list[tuple[Outgoing, str]]]:
    """Invite each line that is right, and say what is wrong with the others. To look is to do it and to undo it again."""
    judged: list[Line] = []
    outgoing: list[tuple[Outgoing, str]] = []
    try:
        async with visit.context.host.savepoint():
            for line in lines:
                fault, made = await _invited(visit, line)
                judged.append(replace(line, fault=fault))
                if made is not None and line.shop is not None:
                    outgoing.append((made, line.shop.name))
            if not keep:
                _undo()
    except _LookedOnly:
        pass
    return judged, outgoing


def _undo() -> NoReturn:
    raise _LookedOnly


async def _invited(visit: Visit, line: Line) -> tuple[Problem | None, Outgoing | None]:
    by = visit.context.visitor_id
    if by is None:
        raise SignInNeeded
    if line.shop is None or line.fault is not None:
        return line.fault, None
    invitations = Invitations(visit.context.host, visit.tenant.id, visit.parts.vault)
    try:
        made = await invitations.invite(Invitee(line.phone, line.name, Role.MERCHANT, line.shop.id), by)
    except Problem as fault:
        return fault, None
    return (None, made) if made else (Problem("invitations.waiting", HTTPStatus.CONFLICT), None)


async def _shops(visit: Visit, market_id: UUID) -> list[ShopRow]:
    """Of any market that is here. Raises `http.not_found`."""
    await visit.context.reader.market(market_id)
    return await visit.context.reader.shops_of(market_id)


async def _without_anybody(visit: Visit, shops: list[ShopRow]) -> list[ShopRow]:
    """The shops at which nobody works and nobody is awaited."""
    rows = await visit.context.host.fetch(
        """
        select s.id from core.shop s where s.id = any($1::uuid[])
        and not exists (select from core.membership m where m.shop_id = s.id and m.ended_at is null)
        and not exists (select from core.invitation i where i.shop_id = s.id and i.used_at is null and i.revoked_at is null)
        """,
        [shop.id for shop in shops],
    )
    free = {row["id"] for row in rows}
    return [shop for shop in shops if shop.id in free]


async def _shown(visit: Visit, draft: Draft, refused: Problem | None = None) -> Shown:
    said = [
        {
            "number": line.number,
            "text": line.text,
            "fault": visit.context.text(line.fault.code, **line.fault.params) if line.fault else None,
        }
        for line in draft.looked or ()
    ]
    values: Values = {
        "markets": [
            {"id": str(one.row.id), "name": one.row.name, "selected": one.row.id == draft.market}
            for one in await visit.context.reader.markets()
        ],
        "market": str(draft.market) if draft.market else None,
        "lines": draft.text,
        "longest": LONGEST_LINES,
        "looked": None if draft.looked is None else said,
        "good": sum(line["fault"] is None for line in said),
        "bad": sum(line["fault"] is not None for line in said),
        "action": _PATH,
        "alert": visit.context.text(refused.code, **refused.params) if refused else None,
        "done": None if draft.sent is None else visit.context.text("console.invitations.sent", count=draft.sent),
        "back_url": "/console/shops",
    }
    return Shown.telling("console/invitations.html", values, refused)
