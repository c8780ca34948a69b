"""One error for everything that a caller can do something about."""

from collections.abc import Mapping
from http import HTTPStatus


class Problem(Exception):  # noqa: N818 - the name of RFC 9457
    """A refusal with a stable code, told to the caller in the caller's language.

    Over HTTP it becomes an RFC 9457 problem document, on the command line one sentence and a non-zero exit.

    Attributes:
        code: `domain.reason`, stable for ever, and the key of its sentence in the domain's catalogue.
        status: the HTTP status.
        params: the values that the sentence names. Never the raw input, never personal data.
        headers: extra HTTP headers, such as `Retry-After`.
    """

    def __init__(
        self,
        code: str,
        status: int = HTTPStatus.BAD_REQUEST,
        /,
        *,
        headers: Mapping[str, str] | None = None,
        **params: object,
    ) -> None:
        super().__init__(code, params)
        self.code = code
        self.status = int(status)
        self.params = params
        self.headers = dict(headers or {})

    def __str__(self) -> str:
        """Code and values, for logs."""
        values = ", ".join(f"{key}={value!r}" for key, value in self.params.items())
        return f"{self.code}({values})" if values else self.code


def not_found(what: str = "object") -> Problem:
    """The one answer for what is not there, is another tenant's, or is behind a closed door."""
    return Problem("http.not_found", HTTPStatus.NOT_FOUND, what=what)
