"""In which language a page answers: as its address says, else as was chosen in this browser, else as the browser asks."""

from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import URL, Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from smilero_sdk.i18n import DEFAULT_LANGUAGE, LANGUAGES
from smilero_tenants.faces.language import CHOSEN, language_cookie
from smilero_tenants.faces.visit import inner_path
from smilero_web.place import PARAMETER, Place, stand

# Programs say what they want in a header; files have no language.
_FOR_PROGRAMS = ("/api/", "/webhooks/", "/static/", "/files/", "/oauth/token", "/oauth/revoke", "/.well-known/")
_LOOKS = frozenset({"GET", "HEAD"})


class Language:
    """Sets `language` in the request's state, and `chosen_language` (None: nobody chose one), for pages.

    `?lang=uk` is taken out of the query, so that no page need know of it, and is remembered in a cookie of this host: the links of
    the page that it opened say no language.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and say which language it is and that another browser may get another."""
        if scope["type"] != "http" or scope["path"].startswith(_FOR_PROGRAMS):
            await self._app(scope, receive, send)
            return
        asked, query = _taken(scope["query_string"])
        kept = _known(cookie_parser(Headers(scope=scope).get("cookie", "")).get(CHOSEN, ""))
        state = scope["state"]
        state["chosen_language"] = asked or kept
        state["language"] = asked or kept or state["language"]
        scope = {**scope, "query_string": query}
        stand(_place(scope) if scope["method"] in _LOOKS else None)

        async def send_told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.setdefault("Content-Language", state["language"])
                    headers.add_vary_header("Accept-Language, Cookie")
                    if asked and asked != kept:
                        headers.append("Set-Cookie", language_cookie(asked))
            await send(message)

        await self._app(scope, receive, send_told)


def _taken(query: bytes) -> tuple[str | None, bytes]:
    """What `lang` says, where it says one of ours, and the query without it."""
    name = PARAMETER.encode()
    parts = query.split(b"&")
    said = [part.partition(b"=")[2] for part in parts if part.partition(b"=")[0] == name]
    left = b"&".join(part for part in parts if part.partition(b"=")[0] != name)
    return _known(said[-1].decode("ascii", errors="replace")) if said else None, left


def _known(language: str) -> str | None:
    return language if language in LANGUAGES else None


def _place(scope: Scope) -> Place:
    url, tenant = URL(scope=scope), scope["state"]["tenant"]
    own = tenant.locale if tenant else DEFAULT_LANGUAGE
    return Place(f"{url.scheme}://{url.netloc}", url.path, _inside(url.query), scope["state"]["language"], own)


def _inside(query: str) -> str:
    """The query for an address of ours: where it says whither, it leads to this host."""
    if "next=" not in query:
        return query
    return urlencode([(name, inner_path(value) if name == "next" else value) for name, value in parse_qsl(query, keep_blank_values=True)])
