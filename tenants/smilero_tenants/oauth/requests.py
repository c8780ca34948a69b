"""A request to an endpoint of OAuth as Authlib reads it."""

from collections import defaultdict
from collections.abc import Mapping
from urllib.parse import parse_qsl
from uuid import UUID

from authlib.oauth2.rfc6749 import InvalidClientError, InvalidRequestError, OAuth2Payload, OAuth2Request
from authlib.oauth2.rfc6749.util import extract_basic_authorization
from starlette.requests import Request

Parameters = Mapping[str, str]

FORM = "application/x-www-form-urlencoded"
_MOST_PARAMETERS = 50
# Where RFC 6749 (appendix A) has no quotation mark and no backslash; Authlib fails on them where it repeats a value in an error.
_PLAIN = frozenset({"response_type", "grant_type", "scope", "redirect_uri", "client_id", "token_type_hint"})


class Payload(OAuth2Payload):
    """The parameters, each once."""

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = dict(parameters)

    @property
    def data(self) -> dict[str, str]:
        """By name."""
        return self._parameters

    @property
    def datalist(self) -> defaultdict[str, list[str]]:
        """By name, as Authlib counts them."""
        return defaultdict(list, {name: [value] for name, value in self._parameters.items()})


class Asked(OAuth2Request):
    """A request with its parameters, wherever they came."""

    def __init__(self, request: Request, parameters: Parameters) -> None:
        # Authlib refuses what did not come over TLS. Whether it did, the proxy before us knows; all that we hand out says https there.
        super().__init__(request.method, f"https://{request.url.netloc}{request.url.path}", headers=request.headers)
        self.payload = Payload(parameters)
        self._parameters = dict(parameters)

    @property
    def args(self) -> dict[str, str]:
        """Of the address."""
        return self._parameters

    @property
    def form(self) -> dict[str, str]:
        """Of the body."""
        return self._parameters


def parameters_of(text: str) -> Parameters:
    """What a query or a form says, each name once; what is empty is as if it were not there (RFC 6749 §3.1).

    Raises InvalidRequestError for what comes twice, is no plain ASCII, or is too much: everything in OAuth is plain ASCII.
    """
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS, encoding="utf-8", errors="strict")
    except ValueError as error:
        raise InvalidRequestError(description="The parameters cannot be read.") from error
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in found:
            raise InvalidRequestError(description="A parameter comes twice.")
        if not (name + value).isascii() or not (name + value).isprintable() or (name in _PLAIN and set('"\\') & set(value)):
            raise InvalidRequestError(description="A parameter has characters that it cannot have.")
        found[name] = value
    return {name: value for name, value in found.items() if value}


async def posted(request: Request) -> Parameters:
    """What a program posts. Raises InvalidRequestError."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise InvalidRequestError(description="The body must be application/x-www-form-urlencoded.")
    body = await request.body()
    return parameters_of(body.decode("ascii", errors="replace"))


def claimed_program(request: Request, parameters: Parameters) -> UUID | None:
    """Which program a request says that it comes from. Raises InvalidClientError for a header that cannot be read."""
    try:
        name, _ = extract_basic_authorization(request.headers)
    except ValueError as error:
        raise InvalidClientError(status_code=401, description="The Authorization header cannot be read.") from error
    return program_id(name or parameters.get("client_id", ""))


def program_id(text: str) -> UUID | None:
    """The id that a text is, written as we write it; else None."""
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text else None
