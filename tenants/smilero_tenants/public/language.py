"""`/language`: somebody who is in says in which language to be spoken to, here and in messages."""

from collections.abc import Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from smilero_core.db.session import Session
from smilero_core.identity.sessions import signed_in
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.i18n import LANGUAGES
from smilero_tenants.faces.language import keep_language, language_cookie
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.posting import texts_of
from smilero_tenants.faces.visit import SESSION_COOKIE, inner_path


class LanguagePages:
    """One command. Nobody need have signed in: then the browser alone remembers.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts]) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """The address of the command."""
        return [Route("/language", self.choose, methods=["POST"])]

    async def choose(self, request: Request) -> Response:
        """Keep the choice and go back. Raises `http.invalid` (422) for a language that is not ours."""
        if request.state.tenant is None:
            raise not_found()
        posted = await texts_of(request)
        language = posted.get("language", "")
        if language not in LANGUAGES:
            raise Problem("http.invalid", HTTPStatus.UNPROCESSABLE_ENTITY)
        if token := request.cookies.get(SESSION_COOKIE):
            async with self._parts().database.unit(request.state.tenant.id) as unit:
                session = Session(unit)
                # Whoever still owes a second factor has proved the number, which is enough for this.
                if visitor := await signed_in(session, token, ()):
                    await keep_language(session, visitor.person_id, language)
        response = RedirectResponse(inner_path(posted.get("next", "/")), HTTPStatus.SEE_OTHER)
        response.headers["Set-Cookie"] = language_cookie(language)
        return response
