"""`/console/logins`: by which providers outside a foundation's people may sign in.

The owner's alone: it is about whose word is taken for who somebody is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated, TypeVar
from urllib.parse import urlencode

from pydantic import Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.identity.access import LOGINS_MANAGE
from smilero_core.identity.outside.kinds import ISSUERS, Kind
from smilero_core.identity.outside.providers import Choice, Providers
from smilero_core.identity.outside.providers import Shown as Provider
from smilero_core.identity.outside.refusals import OutsideError
from smilero_core.limits.limiter import Rule
from smilero_sdk.errors import Problem
from smilero_sdk.ids import uuid7
from smilero_sdk.pages import Form
from smilero_tenants.faces.own_pages import OwnPages, Shown, Values
from smilero_tenants.faces.visit import Visit
from smilero_tenants.sign_in.outside import own_callback, platform_callback

_PATH = "/console/logins"
_DONE = ("added", "changed")
# A provider is asked for each try.
_PER_OWNER = Rule("outside-owner", 30, 600, fails_closed=True)
_LONGEST = 200
_LONGEST_LABEL = 20
_DETAILS = frozenset({"address", "unknown_host", "inside", "too_large", "no_answer", "issuer", "algorithms", "slow"})

_F = TypeVar("_F", bound=Form)


class Chosen(Form):
    """What may be chosen again and again. A secret that is left empty stays as it was."""

    label: Annotated[str, Field(max_length=_LONGEST_LABEL)] = ""
    secret: Annotated[str, Field(max_length=_LONGEST)] = ""
    own_callback: bool = False
    enabled: bool = True

    def choice(self, label: str) -> Choice:
        """For the row; `label` where none was written."""
        return Choice(self.label.strip() or label, self.secret.strip() or None, self.own_callback, self.enabled)


class Wanted(Chosen):
    """A new one: with what never changes."""

    kind: Kind
    issuer: Annotated[str, Field(max_length=_LONGEST)] = ""
    client: Annotated[str, Field(min_length=1, max_length=_LONGEST)]

    def address(self) -> str:
        """Of the provider: the one that everybody knows, else what was written."""
        return ISSUERS.get(self.kind, self.issuer.strip())


@dataclass(frozen=True)
class Written:
    """What was written and could not be kept, and why; never the secret."""

    texts: Mapping[str, str] = field(default_factory=dict)
    problem: Problem | None = None

    @classmethod
    def of(cls, posted: Mapping[str, str], problem: Problem) -> "Written":
        """From a form."""
        return cls({name: text[:_LONGEST] for name, text in posted.items() if name not in {"secret", "idempotency_key"}}, problem)


class LoginConsole:
    """The providers and their forms."""

    def __init__(self, pages: OwnPages) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        """The list with the form for a new one, and the form of each."""
        one = f"{_PATH}/{{provider_id:uuid}}"
        return [
            Route(_PATH, self.list),
            Route(_PATH, self.add, methods=["POST"]),
            Route(one, self.form),
            Route(one, self.change, methods=["POST"]),
        ]

    async def list(self, request: Request) -> Response:
        """What there is."""
        return await self._pages.show(request, _list)

    async def form(self, request: Request) -> Response:
        """One of them."""
        return await self._pages.show(request, _one)

    async def add(self, request: Request) -> Response:
        """Add one, if it answers as a provider does: it is asked before anything is kept, with no transaction open."""
        refused = await self._pages.knock(request, LOGINS_MANAGE)
        if refused is not None:
            return refused
        posted = {name: str(value) for name, value in (await request.form()).items()}
        problem = await self._pages.take(request, (_PER_OWNER, self._pages.blind_session(request)))
        wanted: Wanted | None = None
        if problem is None:
            try:
                wanted = _read(Wanted, posted)
                await self._pages.parts.outside.discover(wanted.kind, wanted.address(), anew=True)
            except OutsideError as error:
                problem = _unfit(error)
            except Problem as error:
                problem = error

        async def carry_out(visit: Visit, posted: dict[str, str]) -> Shown | str:
            visit.require(LOGINS_MANAGE)
            if wanted is None or problem is not None:
                return await _list(visit, Written.of(posted, problem or _nameless()))
            try:
                return await _add(visit, wanted)
            except Problem as refusal:
                return await _list(visit, Written.of(posted, refusal))

        return await self._pages.command(request, carry_out)

    async def change(self, request: Request) -> Response:
        """Choose anew for one of them."""

        async def carry_out(visit: Visit, posted: dict[str, str]) -> Shown | str:
            visit.require(LOGINS_MANAGE)
            providers = _providers(visit)
            before = await providers.one(request.path_params["provider_id"])
            try:
                choice = _read(Chosen, {"enabled": "false", **posted}).choice(before.label)
            except Problem as refusal:
                return await _one(visit, Written.of(posted, refusal))
            await providers.change(before.id, choice)
            after = await providers.one(before.id)
            changed = {**_facts(after), **({"secret": "changed"} if choice.secret else {})}
            await visit.context.audit.record(
                "identity.audit.outside_changed", before.id, before=_facts(before), after=changed, label=after.label
            )
            return f"{_PATH}?{urlencode({'done': 'changed'})}"

        return await self._pages.command(request, carry_out)


async def _add(visit: Visit, wanted: Wanted) -> str:
    choice = wanted.choice(visit.context.text(f"identity.outside.kind.{wanted.kind.value}"))
    made = await _providers(visit).add(wanted.kind, wanted.address(), wanted.client.strip(), choice)
    added = await _providers(visit).one(made)
    await visit.context.audit.record("identity.audit.outside_added", made, after=_facts(added), label=added.label)
    return f"{_PATH}?{urlencode({'done': 'added'})}"


def _read(model: type[_F], posted: Mapping[str, str]) -> _F:
    """What a form says. Raises `console.logins.unfit` (422)."""
    try:
        return model.model_validate_strings({name: value for name, value in posted.items() if name in model.model_fields})
    except ValidationError as error:
        raise _nameless() from error


def _nameless() -> Problem:
    return Problem("console.logins.unfit", HTTPStatus.UNPROCESSABLE_ENTITY)


def _unfit(error: OutsideError) -> Problem:
    """Why a provider cannot be used, for the one who sets it up."""
    detail = error.detail if error.detail in _DETAILS else "no_answer"
    return Problem(f"console.logins.unfit.{detail}", HTTPStatus.UNPROCESSABLE_ENTITY)


def _facts(one: Provider) -> dict[str, object]:
    """What is on record of a provider."""
    names = ("label", "issuer", "client_id", "own_callback", "enabled")
    return {"kind": one.kind.value, **{name: getattr(one, name) for name in names}}


async def _list(visit: Visit, written: Written = Written()) -> Shown:
    visit.require(LOGINS_MANAGE)
    providers, done = await _providers(visit).all(), visit.request.query_params.get("done")
    chosen = written.texts.get("kind", Kind.KAKAO.value)
    values: Values = {
        "providers": [{**_facts(one), "url": f"{_PATH}/{one.id}", "kind": _kind(visit, one.kind)} for one in providers],
        "fields": [
            _choices(visit, chosen),
            *(_text(visit, name, written.texts.get(name, "")) for name in ("label", "issuer", "client")),
            _secret(visit, has=False),
            _switch(visit, "own_callback", on=written.texts.get("own_callback") == "true"),
        ],
        "alert": visit.context.text(written.problem.code, **written.problem.params) if written.problem else None,
        "done": visit.context.text(f"console.logins.done.{done}") if done in _DONE and not written.problem else None,
        **_frame(visit, _PATH),
    }
    return Shown("console/logins.html", values, written.problem.status if written.problem else HTTPStatus.OK)


async def _one(visit: Visit, written: Written = Written()) -> Shown:
    visit.require(LOGINS_MANAGE)
    one = await _providers(visit).one(visit.request.path_params["provider_id"])
    values: Values = {
        "provider": {**_facts(one), "kind": _kind(visit, one.kind)},
        "fields": [
            _text(visit, "label", written.texts.get("label", one.label)),
            _secret(visit, has=one.has_secret),
            _switch(visit, "own_callback", on=one.own_callback),
            _switch(visit, "enabled", on=one.enabled),
        ],
        "alert": visit.context.text(written.problem.code, **written.problem.params) if written.problem else None,
        "back_url": _PATH,
        **_frame(visit, f"{_PATH}/{one.id}"),
    }
    return Shown("console/login.html", values, written.problem.status if written.problem else HTTPStatus.OK)


def _frame(visit: Visit, action: str) -> Values:
    callbacks = {"platform": platform_callback(visit.parts, visit.request), "own": own_callback(visit.request)}
    return {"action": action, "key": str(uuid7()), "callbacks": callbacks}


def _field(visit: Visit, name: str, kind: str, **more: object) -> Values:
    label, told = visit.context.text(f"console.logins.{name}"), visit.context.text(f"console.logins.{name}.help")
    shape: Values = {"id": name.replace("_", "-"), "name": name, "kind": kind, "label": label, "help": told}
    return {**shape, "limits": None, "error": None, "now": None, "value": "", "words": [], "longest": _LONGEST, **more}


def _text(visit: Visit, name: str, value: str) -> Values:
    return _field(visit, name, "text", value=value, longest=_LONGEST_LABEL if name == "label" else _LONGEST)


def _secret(visit: Visit, *, has: bool) -> Values:
    limits = visit.context.text("console.logins.secret.kept" if has else "console.logins.secret.none")
    return _field(visit, "secret", "password", limits=limits)


def _switch(visit: Visit, name: str, *, on: bool) -> Values:
    return _field(visit, name, "switch", value="true" if on else "false")


def _choices(visit: Visit, chosen: str) -> Values:
    words = [{"value": kind.value, "label": _kind(visit, kind), "selected": kind.value == chosen} for kind in Kind]
    return _field(visit, "kind", "choice", words=words)


def _kind(visit: Visit, kind: Kind) -> str:
    return visit.context.text(f"identity.outside.kind.{kind.value}")


def _providers(visit: Visit) -> Providers:
    return Providers(visit.context.host, visit.tenant.id, visit.parts.vault)
