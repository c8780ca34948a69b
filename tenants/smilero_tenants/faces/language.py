"""Which language somebody chose: kept in the browser, and with the person once somebody is in."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from smilero_core.db.session import Session

# Of this host alone, as the session's: browsers count *.localhost as safe.
CHOSEN = "__Host-language"
_YEAR_SECONDS = 365 * 24 * 60 * 60


def language_cookie(language: str) -> str:
    """The header that has a browser keep a choice for a year."""
    response = Response()
    response.set_cookie(CHOSEN, language, max_age=_YEAR_SECONDS, secure=True, httponly=True, samesite="lax")
    return response.headers["Set-Cookie"]


async def keep_language(session: Session, person_id: UUID, language: str) -> None:
    """From now on the person is told everything in it, messages too."""
    await session.execute("update core.person set language = $2 where id = $1 and language <> $2", person_id, language)


async def agree(session: Session, request: Request, person_id: UUID) -> str | None:
    """What was chosen in this browser holds for the person who goes in; else the language to go on in, where the person chose one.

    Returns: what the browser has yet to learn; None for nothing.
    """
    chosen = getattr(request.state, "chosen_language", None)
    if chosen is not None:
        await keep_language(session, person_id, chosen)
        return None
    known = str(await session.fetch_value("select language from core.person where id = $1", person_id))
    # Everybody begins with the foundation's own, so that says nothing.
    return known if known != request.state.tenant.locale else None
