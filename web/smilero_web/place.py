"""Where the page stands that is drawn just now: its address in each language."""

from contextvars import ContextVar
from dataclasses import dataclass

from smilero_sdk.i18n import LANGUAGES

# The word of an address that says in which language: `?lang=uk`.
PARAMETER = "lang"

# What each language calls itself; Open Graph's code of it, with the territory that its readers here are used to.
NATIVE = {"ko": "한국어", "en": "English", "zh": "中文", "vi": "Tiếng Việt", "uk": "Українська"}
# In as few letters as fit beside a foundation's name on a phone.
SHORT = {"ko": "한", "en": "EN", "zh": "中", "vi": "VI", "uk": "Укр"}
TERRITORIAL = {"ko": "ko_KR", "en": "en_US", "zh": "zh_CN", "vi": "vi_VN", "uk": "uk_UA"}


@dataclass(frozen=True)
class Choice:
    """A language to choose. `url` leads to this very page in it."""

    language: str
    name: str
    short: str
    url: str
    current: bool


@dataclass(frozen=True)
class Place:
    """A page's address.

    Attributes:
        path: as it stands in the address.
        query: what follows it, without the language.
        own: the foundation's language, in which an address speaks that says none.
    """

    origin: str
    path: str
    query: str
    language: str
    own: str

    @property
    def back(self) -> str:
        """The address on this host; what was looked for on it stands in no form."""
        return self.path

    @property
    def choices(self) -> list[Choice]:
        """The languages, each with the way to it."""
        before = f"?{self.query}&" if self.query else "?"
        return [Choice(one, NATIVE[one], SHORT[one], f"{before}{PARAMETER}={one}", one == self.language) for one in LANGUAGES]

    @property
    def canonical(self) -> str:
        """The one whole address of this page in this language: a search on it, or whatever else follows, is no page of its own."""
        return self.address(self.language)

    def address(self, language: str) -> str:
        """The whole address of this page in a language."""
        return f"{self.origin}{self.path}" + ("" if language == self.own else f"?{PARAMETER}={language}")

    @property
    def alternates(self) -> list[tuple[str, str]]:
        """Language codes and addresses; `x-default` for whoever reads none of them."""
        return [*((one, self.address(one)) for one in LANGUAGES), ("x-default", self.address(self.own))]

    @property
    def territory(self) -> str:
        """Open Graph's code of the language."""
        return TERRITORIAL[self.language]

    @property
    def territories(self) -> list[str]:
        """Open Graph's codes of the others."""
        return [code for one, code in TERRITORIAL.items() if one != self.language]


_HERE: ContextVar[Place | None] = ContextVar("place", default=None)


def here() -> Place | None:
    """The page of this request; None where none is drawn, or where its address takes no GET."""
    return _HERE.get()


def stand(place: Place | None) -> None:
    """Say where, for the rest of this request."""
    _HERE.set(place)
