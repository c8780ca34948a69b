"""Pages from Jinja templates: one environment per language, one folder per prefix, nothing found outside its own prefix."""

import io
import json
import re
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import date
from functools import cache, cached_property, partial
from pathlib import Path

import segno
from babel.dates import format_skeleton
from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup, escape

from smilero_core.identity.phone import hyphened
from smilero_sdk.i18n import Catalogue
from smilero_web.place import here

STATIC_URL = "/static/dist/"

# How a page is shown: as ever, large type, high contrast. Chosen, "plain" holds against a device that asks for more contrast.
DISPLAYS = ("plain", "large", "contrast", "large contrast")
DISPLAY: ContextVar[str] = ContextVar("display", default="")

_HERE = Path(__file__).parent
_MANIFEST = _HERE / "static" / "dist" / "manifest.json"
_CORE_PREFIXES = ("ui", "platform", "dev")


def read_manifest(path: Path = _MANIFEST) -> dict[str, str]:
    """Logical asset name → hashed file name. Raises FileNotFoundError that names the command which builds it."""
    if not path.is_file():
        msg = f"{path} is missing: run `python web/frontend/build.py`"
        raise FileNotFoundError(msg)
    manifest: dict[str, str] = json.loads(path.read_text())
    return manifest


class Templates:
    """Every template of the process. A template's name is `prefix/file.html`; `ui`, `platform` and `dev` are the application's own.

    In a template: `t` and `rich` (sentences), `asset`, `won`, `number`, `date`, `phone`, `tel`, `qr`, `language`, `display_mode`, and
    `here()`: where the page stands, or None. What is not defined is an error.
    """

    def __init__(self, catalogue: Catalogue, manifest: Mapping[str, str]) -> None:
        self._catalogue = catalogue
        self._manifest = manifest
        self._folders = {prefix: FileSystemLoader(_HERE / "templates" / prefix) for prefix in _CORE_PREFIXES}
        self._loader = PrefixLoader(self._folders)
        self._environment = cache(self._make_environment)

    def add(self, prefix: str, folder: Path) -> None:
        """Serve `folder`/`prefix`/* as `prefix`/*. Raises ValueError when another package has the prefix."""
        if prefix in self._folders:
            msg = f"the template prefix {prefix} is another package's"
            raise ValueError(msg)
        self._folders[prefix] = FileSystemLoader(folder / prefix)

    def has(self, name: str) -> bool:
        """Whether there is a template of this name; only those of plugins can appear and go, and they do not while a process runs."""
        return name in self._names

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(self._loader.list_templates())

    @cached_property
    def icons(self) -> frozenset[str]:
        """The names of the sprite's drawings; none without a built sprite."""
        sprite = _HERE / "static" / "dist" / self._manifest["icons.svg"]
        return frozenset(re.findall(r'<symbol id="([^"]+)"', sprite.read_text(encoding="utf-8")))

    def render(self, name: str, language: str, /, **context: object) -> str:
        """The page `name` in `language`. Raises jinja2.TemplateNotFound, jinja2.UndefinedError."""
        return self._environment(language).get_template(name).render(context)

    def fragment(self, name: str, language: str, /, **context: object) -> Markup:
        """Like `render`, for a slot of another page: not escaped again there."""
        return Markup(self.render(name, language, **context))  # noqa: S704 - rendered with autoescape

    def drawn(self, source: str, language: str) -> Markup:
        """What a text of our own draws as a template, for the page of the design system."""
        return Markup(self._environment(language).from_string(source).render())  # noqa: S704 - rendered with autoescape

    def built(self, name: str) -> str:
        """The text of a built sheet or script."""
        return (_HERE / "static" / "dist" / self._manifest[name]).read_text(encoding="utf-8")

    def sentence(self, language: str, key: str, /, **params: object) -> Markup:
        """A sentence of the catalogue that may have markup of its own; its values are escaped."""
        return self._rich(language, key, **params)

    def _make_environment(self, language: str) -> Environment:
        # The language is bound here and not in the context, because imported macros do not see the context.
        environment = Environment(
            loader=self._loader,
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
            cache_size=-1,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals |= {
            "language": language,
            "display_mode": DISPLAY.get,
            "t": partial(self._catalogue.text, language),
            "rich": partial(self._rich, language),
            "asset": self._asset,
            "number": partial(format_decimal, locale=language),
            "won": partial(self._won, language),
            "date": partial(_date, language),
            "whole_date": partial(_whole_date, language),
            "phone": hyphened,
            "tel": tel,
            "qr": qr,
            "here": here,
        }
        return environment

    def _rich(self, language: str, key: str, /, **params: object) -> Markup:
        safe = {name: value if isinstance(value, int) else escape(value) for name, value in params.items()}
        return Markup(self._catalogue.text(language, key, **safe))  # noqa: S704 - the sentence is ours, its values are escaped

    def _won(self, language: str, amount: int) -> str:
        return self._catalogue.text(language, "format.won", amount=format_decimal(amount, locale=language))

    def _asset(self, name: str) -> str:
        return STATIC_URL + self._manifest[name]


def _date(language: str, value: date) -> str:
    """Month, day and weekday: 11월 23일 (월)."""
    return str(format_skeleton("MMMEd", value, locale=language))


def _whole_date(language: str, value: date) -> str:
    """With its year: 2024년 11월 4일."""
    return str(format_skeleton("yMMMd", value, locale=language))


def tel(value: str) -> str:
    """The address that dials `value`."""
    return "tel:" + re.sub(r"[^\d+]", "", value)


def qr(text: str) -> Markup:
    """A text as an SVG element with nothing inline but its path; errors of up to 15 % of the code are made good."""
    drawing = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawing, kind="svg", xmldecl=False, svgns=False, omitsize=True, svgclass=None, lineclass=None
    )
    return Markup(drawing.getvalue().decode())  # noqa: S704 - drawn by segno from modules, no text of anybody's in it
