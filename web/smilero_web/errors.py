"""Every error in one shape: a problem document (RFC 9457) for the API, a page for people."""

import asyncio
import logging
import re
import secrets
from collections.abc import Callable, Mapping
from http import HTTPStatus

import asyncpg
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from smilero_sdk.errors import Problem
from smilero_sdk.i18n import DEFAULT_LANGUAGE, Catalogue
from smilero_web.error_pages import Asked, error_page
from smilero_web.runtime import Parts

log = logging.getLogger(__name__)

PROBLEM_TYPE = "application/problem+json"
_FOR_PROGRAMS = ("/api/", "/webhooks/", "/oauth/token", "/oauth/revoke", "/.well-known/")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
_FRAMEWORK = {
    HTTPStatus.NOT_FOUND: "http.not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "http.method",
}
# A character that no text of the database has: the zero one.
_NO_TEXT = (asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError)
# What passes by itself: the code to tell, and after how many seconds to come again.
_PASSING: tuple[tuple[tuple[type[Exception], ...], str, int], ...] = (
    (
        (
            asyncpg.PostgresConnectionError,
            asyncpg.CannotConnectNowError,
            asyncpg.AdminShutdownError,
            asyncpg.CrashShutdownError,
            asyncpg.InterfaceError,
            ConnectionError,
        ),
        "database.away",
        2,
    ),
    ((asyncpg.DiskFullError,), "database.full", 30),
    ((asyncpg.TooManyConnectionsError, asyncpg.DeadlockDetectedError, asyncpg.SerializationError), "database.busy", 1),
    ((asyncio.TimeoutError,), "http.timeout", 2),
)


class InvalidInput(Problem):
    """A body or query that its model refuses.

    Args:
        error: pydantic's; only places and kinds are told, never the input.
    """

    def __init__(self, error: ValidationError) -> None:
        super().__init__("http.invalid", HTTPStatus.UNPROCESSABLE_ENTITY)
        self.found = [
            {"field": _place(found["loc"]), "kind": found["type"], "limits": _limits(found.get("ctx", {}))}
            for found in error.errors(include_url=False, include_input=False)[:20]
        ]

    def told(self, catalogue: Catalogue, language: str) -> list[dict[str, str]]:
        """Field, code and sentence of each."""
        return [
            {"field": str(found["field"]), "code": f"invalid.{found['kind']}", "message": _sentence(catalogue, language, found)}
            for found in self.found
        ]


class ProblemRenderer:
    """The outermost layer: turns what was raised into an answer. What nobody foresaw is logged and becomes a 500."""

    def __init__(self, app: ASGIApp, parts: Callable[[], Parts]) -> None:
        self._app = app
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an exception that arrives before the answer's first byte; let a later one close the connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_noted(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        except ClientDisconnect:
            # Who hung up while sending reads no answer.
            return
        except Exception as error:
            problem = to_problem(error)
            number = _number() if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR else None
            if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                log.exception("%s %s%s", scope["method"], scope["path"], f" (told as {number})" if number else "")
            if started:
                raise
            await self._respond(problem, scope, number)(scope, receive, send)

    def _respond(self, problem: Problem, scope: Scope, number: str | None) -> Response:
        state = scope.get("state", {})
        parts, language = self._parts(), state.get("language", DEFAULT_LANGUAGE)
        if scope["path"].startswith(_FOR_PROGRAMS):
            return problem_response(problem, parts.catalogue, language)
        page = error_page(parts, problem, Asked(scope["path"], state.get("tenant")), language, number)
        return HTMLResponse(page, problem.status, {**problem.headers, "Content-Language": language})


def _number() -> str:
    """Short enough to be read out on the telephone; with the hour it is one of a kind."""
    digits = f"{secrets.randbelow(1_000_000):06}"
    return f"{digits[:3]}-{digits[3:]}"


def to_problem(error: Exception) -> Problem:
    """Any exception as a problem."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, HTTPException):
        code = _FRAMEWORK.get(HTTPStatus(error.status_code), "http.refused")
        return Problem(code, error.status_code, headers=dict(error.headers or {}))
    if isinstance(error, ValidationError):
        return InvalidInput(error)
    if isinstance(error, _NO_TEXT):
        return Problem("http.invalid", HTTPStatus.UNPROCESSABLE_ENTITY)
    for kinds, code, seconds in _PASSING:
        if isinstance(error, kinds):
            return Problem(code, HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": str(seconds)})
    return Problem("http.failed", HTTPStatus.INTERNAL_SERVER_ERROR)


def problem_document(problem: Problem, catalogue: Catalogue, language: str) -> dict[str, object]:
    """The members of RFC 9457, with `code`, and `errors` for invalid input."""
    document: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": catalogue.text(language, problem.code, **problem.params),
    }
    if isinstance(problem, InvalidInput):
        document["errors"] = problem.told(catalogue, language)
    return document


def problem_response(problem: Problem, catalogue: Catalogue, language: str) -> JSONResponse:
    """The document as an answer."""
    document = problem_document(problem, catalogue, language)
    return JSONResponse(document, problem.status, {**problem.headers, "Content-Language": language}, PROBLEM_TYPE)


def _place(location: tuple[int | str, ...]) -> str:
    """Where in the input. A field that is not ours has the sender's own name: told when it looks like one, else left out."""
    return ".".join(str(part) for part in location if isinstance(part, int) or _NAME.fullmatch(part))


def _limits(context: object) -> dict[str, object]:
    pairs = context.items() if isinstance(context, dict) else ()
    return {
        key: value
        for key, value in pairs
        if isinstance(value, int | float | str) and key in {"gt", "ge", "lt", "le", "min_length", "max_length"}
    }


def _sentence(catalogue: Catalogue, language: str, found: Mapping[str, object]) -> str:
    key = f"invalid.{found['kind']}"
    limits = found["limits"] if isinstance(found["limits"], dict) else {}
    return catalogue.text(language, key if key in catalogue.keys() else "invalid.value", **limits)  # noqa: SIM118 - a method
