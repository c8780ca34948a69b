"""The kinds of providers, and what each is known by."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a provider is spoken to. All but Naver speak OpenID Connect."""

    KAKAO = "kakao"
    NAVER = "naver"
    GOOGLE = "google"
    OIDC = "oidc"


# Of those that everybody knows. Naver has no ID token here: https://developers.naver.com/docs/login/api/
ISSUERS: Mapping[Kind, str] = {
    Kind.KAKAO: "https://kauth.kakao.com",
    Kind.NAVER: "https://nid.naver.com",
    Kind.GOOGLE: "https://accounts.google.com",
}


@dataclass(frozen=True)
class Metadata:
    """Where a provider does what (OpenID Connect Discovery 1.0, RFC 8414).

    Attributes:
        jwks_uri: empty for a provider without ID tokens, whose `userinfo` says who it is.
        algorithms: of its ID tokens, those that we take.
        names_itself: whether it puts `iss` into its answers (RFC 9207).
    """

    authorize: str
    token: str
    userinfo: str = ""
    jwks_uri: str = ""
    algorithms: tuple[str, ...] = ()
    token_auth: str = "client_secret_post"  # noqa: S105 - the name of a method
    names_itself: bool = False


NAVER = Metadata(
    authorize="https://nid.naver.com/oauth2.0/authorize",
    token="https://nid.naver.com/oauth2.0/token",  # noqa: S106 - an address
    userinfo="https://openapi.naver.com/v1/nid/me",
)
