"""`/portal/helpers`: who helps a merchant at the shop that she works for, what was done, and asking one more: one question on a page.

Answers travel in the address but for the number, which is posted with the last one.
"""

from datetime import datetime, time, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.audit.reading import AuditReader, Wanted
from smilero_core.identity.access import HELPERS_MANAGE
from smilero_core.identity.helpers import RELATIONS, Helper, Helpers, Leave
from smilero_core.identity.memberships import Member, Memberships
from smilero_core.identity.phone import normal_phone
from smilero_core.limits.limiter import Rule
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.ids import uuid7
from smilero_sdk.pages import Form
from smilero_sdk.roles import Lent, Role
from smilero_tenants.console.audit_words import Words
from smilero_tenants.faces.own_pages import OwnPages, Shown, Values
from smilero_tenants.faces.visit import Visit
from smilero_tenants.sign_in.help_link import HELP

PATH = "/portal/helpers"
NEW = f"{PATH}/new"
# Nobody asks twenty helpers in an hour, and nobody is to be pestered.
PER_MERCHANT = Rule("help-by", 20, 3600, fails_closed=True)
PER_PHONE = Rule("help-phone", 5, 3600, fails_closed=True)
_LATELY = 8
_TEMPLATE = "messaging.help"
_STEPS = 3
_DONE = ("asked", "waiting", "ended")


class HowLong(StrEnum):
    """Until the end of today, of the seventh or of the thirtieth day from now."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


_DAYS = {HowLong.DAY: 0, HowLong.WEEK: 7, HowLong.MONTH: 30}
_LIMITS = (Lent.WORK, Lent.LOOK)


class Answers(Form):
    """What was answered so far."""

    long: HowLong | None = None
    limits: Lent | None = None
    relation: str | None = None


class Asked(Form):
    """All answers: to whom, by number, or one of the clerks by the place at the shop."""

    long: HowLong
    limits: Lent
    relation: str = "clerk"
    phone: Annotated[str, Field(max_length=20)] = ""
    clerk: UUID | None = None


class HelperPortal:
    """The pages."""

    def __init__(self, pages: OwnPages) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route(PATH, self.helpers),
            Route(PATH, self.ask, methods=["POST"]),
            Route(NEW, self.question),
            Route(f"{PATH}/{{helper_id:uuid}}/end", self.end, methods=["POST"]),
        ]

    async def helpers(self, request: Request) -> Response:
        """Who helps, until when, and what they did lately."""
        return await self._pages.show(request, _list)

    async def question(self, request: Request) -> Response:
        """The first question that was not answered yet."""
        return await self._pages.show(request, _question)

    async def ask(self, request: Request) -> Response:
        """Send somebody the link. The same number is asked once."""
        refused = await self._pages.knock(request, HELPERS_MANAGE)
        if refused is not None:
            return refused
        posted = {name: str(value) for name, value in (await request.form()).items()}
        problem = await self._counted(request, posted)

        async def carry_out(visit: Visit, posted: dict[str, str]) -> Shown | str:
            shop_id, asked = _shop(visit), _read(posted)
            if problem is not None:
                return await _number(visit, asked, problem)
            try:
                made = await _ask(visit, shop_id, asked)
            except Problem as refusal:
                if refusal.status == HTTPStatus.NOT_FOUND:
                    raise
                return await _number(visit, asked, refusal)
            return f"{PATH}?{urlencode({'done': 'asked' if made else 'waiting'})}"

        return await self._pages.command(request, carry_out)

    async def end(self, request: Request) -> Response:
        """Take it back: what the helper asks for next is refused. A second tap changes nothing."""

        async def carry_out(visit: Visit, _: dict[str, str]) -> str:
            shop = await visit.context.reader.shop_row(_shop(visit))
            ended = await _helpers(visit).end(visit.request.path_params["helper_id"], _me(visit))
            if ended is not None:
                before = {"limits": ended.limits.value, "until": ended.until}
                await visit.context.audit.record("identity.audit.helper_ended", ended.id, before=before, shop=shop.name)
            return f"{PATH}?{urlencode({'done': 'ended'})}"

        return await self._pages.command(request, carry_out)

    async def _counted(self, request: Request, posted: dict[str, str]) -> Problem | None:
        """Count who asks and the number, with no transaction open."""
        counted = [(PER_MERCHANT, self._pages.blind_session(request))]
        if not posted.get("clerk"):
            try:
                counted.append((PER_PHONE, self._pages.blind(request, "phone", normal_phone(posted.get("phone", "")))))
            except Problem as problem:
                return problem
        return await self._pages.take(request, *counted)


async def _ask(visit: Visit, shop_id: UUID, asked: Asked) -> bool:
    helpers, phone, relation = _helpers(visit), asked.phone, asked.relation
    if asked.clerk is not None:
        clerk = next((one for one in await _clerks(visit, shop_id) if one.id == asked.clerk), None)
        if clerk is None:
            raise not_found("membership")
        phone, relation = await helpers.phone_of(clerk.person_id), "clerk"
    until = _until(visit, asked.long)
    made = await helpers.ask(Leave(_me(visit), shop_id, asked.limits, until), phone, relation)
    if made is None:
        return False
    helper_id, token = made
    shop = await visit.context.reader.shop_row(shop_id)
    body = visit.context.catalogue.text(
        visit.tenant.locale,
        _TEMPLATE,
        name=visit.tenant.name,
        merchant=visit.visitor.name if visit.visitor else "",
        shop=shop.name,
        link=f"{visit.context.origin}{HELP}/{token}",
    )
    await visit.parts.messages.queue(visit.context.host, visit.tenant.id, normal_phone(phone), _TEMPLATE, body)
    visit.context.ring()
    after = {"limits": asked.limits.value, "until": until, "shop_id": shop_id}
    await visit.context.audit.record(f"identity.audit.helper_asked.{asked.limits.value}", helper_id, after=after, shop=shop.name)
    return True


async def _list(visit: Visit) -> Shown:
    shop_id = _shop(visit)
    reader, words, done = AuditReader(visit.context.host), Words(visit.context), visit.request.query_params.get("done")
    entries = await reader.page(Wanted(principal=_me(visit)), _LATELY)
    values: Values = {
        "helpers": [_row(visit, one) for one in await _helpers(visit).at(_me(visit), shop_id)],
        "lately": [{"what": words.what(entry), "when": _minute(visit, entry.at)} for entry in entries],
        "done": visit.context.text(f"helpers.done.{done}") if done in _DONE else None,
        "new_url": NEW,
        "back_url": "/portal/help",
    }
    return Shown("portal/helpers.html", values)


def _row(visit: Visit, one: Helper) -> Values:
    relation = visit.context.text(f"helpers.relation.{one.relation if one.relation in RELATIONS else 'other'}")
    return {
        "name": one.name or relation,
        "relation": relation if one.name else None,
        "waiting": one.person_id is None,
        "limits": visit.context.text(f"helpers.limits.{one.limits.value}"),
        "until": visit.context.text("helpers.until", until=_said(visit, one.until - timedelta(seconds=1))),
        "end": f"{PATH}/{one.id}/end",
    }


async def _question(visit: Visit) -> Shown:
    shop_id = _shop(visit)
    given = Answers.model_validate_strings({name: value for name, value in visit.request.query_params.items() if value})
    if given.long is None:
        answers = [
            _answer(visit, f"helpers.long.{one.value}", {"long": one.value}, _said(visit, _last_moment(visit, one))) for one in HowLong
        ]
        return _asked(visit, 1, "long", answers, PATH)
    if given.limits not in _LIMITS:
        answers = [
            _answer(
                visit, f"helpers.limits.{one.value}", {"long": given.long, "limits": one}, visit.context.text(f"helpers.lent.{one.value}")
            )
            for one in _LIMITS
        ]
        return _asked(visit, 2, "limits", answers, NEW)
    back = {"long": given.long.value}
    if given.relation in RELATIONS:
        return await _number(visit, Asked(long=given.long, limits=given.limits, relation=str(given.relation)))
    clerks: list[Values] = [
        {
            "label": one.name,
            "note": visit.context.text("helpers.relation.clerk"),
            "url": None,
            "name": "clerk",
            "value": str(one.id),
            "selected": False,
        }
        for one in await _clerks(visit, shop_id)
    ]
    others = [
        _answer(visit, f"helpers.relation.{one}", {**back, "limits": given.limits, "relation": one}) for one in RELATIONS if one != "clerk"
    ]
    fields = {**back, "limits": given.limits.value}
    return _asked(visit, 3, "who", [*clerks, *others], f"{NEW}?{urlencode(back)}", fields)


def _answer(visit: Visit, label: str, query: dict[str, str], note: str | None = None) -> Values:
    return {"label": visit.context.text(label), "note": note, "url": f"{NEW}?{urlencode(query)}", "selected": False}


def _asked(visit: Visit, step: int, question: str, answers: list[Values], back: str, fields: dict[str, str] | None = None) -> Shown:  # noqa: PLR0913, PLR0917 - a page's own
    values: Values = {
        "step": step,
        "steps": _STEPS,
        "title": visit.context.text(f"helpers.ask.{question}"),
        "answers": answers,
        "action": PATH,
        "fields": fields or {},
        "key": str(uuid7()),
        "back_url": back,
    }
    return Shown("portal/helper_question.html", values)


async def _number(visit: Visit, asked: Asked, refused: Problem | None = None) -> Shown:
    values: Values = {
        "title": visit.context.text(f"helpers.ask.number.{asked.relation if asked.relation in RELATIONS else 'other'}"),
        "phone": asked.phone,
        "error": visit.context.text(refused.code, **refused.params) if refused else None,
        "action": PATH,
        "fields": {"long": asked.long.value, "limits": asked.limits.value, "relation": asked.relation},
        "key": str(uuid7()),
        "back_url": f"{NEW}?{urlencode({'long': asked.long.value, 'limits': asked.limits.value})}",
    }
    return Shown("portal/helper_number.html", values, refused.status if refused else HTTPStatus.OK)


def _read(posted: dict[str, str]) -> Asked:
    """What a form says. A limit that nobody offers is no limit."""
    asked = Asked.model_validate_strings({name: value for name, value in posted.items() if name in Asked.model_fields and value})
    if asked.limits not in _LIMITS or asked.relation not in RELATIONS:
        raise Problem("http.invalid", HTTPStatus.UNPROCESSABLE_ENTITY)
    return asked


def _shop(visit: Visit) -> UUID:
    """The shop that is worked for. Raises `http.forbidden` for whoever has no helpers, `http.not_found` without a shop."""
    visit.require(HELPERS_MANAGE)
    if visit.context.shop_id is None:
        raise not_found("shop")
    return visit.context.shop_id


def _me(visit: Visit) -> UUID:
    """Who asks. A page has somebody in person behind it, since it has a session."""
    person_id = visit.context.visitor_id
    if person_id is None:
        raise Problem("http.sign_in", HTTPStatus.UNAUTHORIZED)
    return person_id


def _helpers(visit: Visit) -> Helpers:
    return Helpers(visit.context.host, visit.tenant.id, visit.parts.vault)


async def _clerks(visit: Visit, shop_id: UUID) -> list[Member]:
    members = await Memberships(visit.context.host, visit.tenant.id, visit.parts.vault).at(shop_id)
    return [one for one in members if one.role is Role.CLERK and one.tail and one.person_id != _me(visit)]


def _until(visit: Visit, long: HowLong) -> datetime:
    """The first moment after the last day."""
    zone = ZoneInfo(visit.tenant.timezone)
    today = visit.context.now.astimezone(zone).date()
    return datetime.combine(today + timedelta(days=_DAYS[long] + 1), time(), zone)


def _last_moment(visit: Visit, long: HowLong) -> datetime:
    return _until(visit, long) - timedelta(seconds=1)


def _said(visit: Visit, moment: datetime) -> str:
    return str(format_skeleton("MMMEd", moment.astimezone(ZoneInfo(visit.tenant.timezone)), locale=visit.context.language))


def _minute(visit: Visit, moment: datetime) -> str:
    return f"{_said(visit, moment)} {moment.astimezone(ZoneInfo(visit.tenant.timezone)):%H:%M}"
