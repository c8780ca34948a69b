"""The design system is whole: every macro is described once and shown, and no template draws by hand what a macro draws."""

import re
from pathlib import Path

import pytest

from smilero_sdk.i18n import Catalogue
from smilero_sdk.testing.handmade import CLASSES, ELEMENTS, handmade, handmade_below
from smilero_web.dev.design import FOLDER, macros, samples, tokens
from smilero_web.templating import Templates, read_manifest
from tests.conftest import LookedAt
from tests.house.tree import ROOT, kept_files

# What is said for the ears alone stands in sentences of any template, and the portal's home has the news itself.
BESIDE = {"unseen", "news"}
# What core writes into an export is a document of its own, read without us.
WRITTEN = [
    path
    for path in kept_files(ROOT, "web", "tenants", "plugins")
    if "/templates/" in str(path) and "/templates/ui/" not in str(path) and ".html" in path.name
]


@pytest.fixture(scope="module")
def templates() -> Templates:
    return Templates(Catalogue.of(["smilero_web", "smilero_tenants"]), read_manifest())


def test_every_macro_is_described_and_shown(templates: Templates, looked_at: LookedAt) -> None:
    """Counted apart from the page's own reader: a macro that it does not see is one that is not shown."""
    there = {f"{path.stem}-{name}" for path in FOLDER.glob("*.html") for name in re.findall(r"{%-? *macro +(\w+)", path.read_text("utf-8"))}
    known = macros()
    by_name = {one.name: one for one in known}
    shown = {
        one.anchor for one in known if one.text and any(str(sample["html"]).strip() for sample in samples(templates, "ko", one, by_name))
    }
    looked_at("macros", there)
    assert there - shown == set()
    assert len(by_name) == len(known), "two macros have one name"


def test_no_template_draws_by_hand_what_a_macro_draws(looked_at: LookedAt) -> None:
    looked_at("templates", [str(path.relative_to(ROOT)) for path in WRITTEN])
    found = [f"{path.relative_to(ROOT)}, {one}" for path in WRITTEN for one in handmade(path.read_text("utf-8"))]
    assert found == []


def test_what_the_lint_knows_is_what_the_macros_draw(looked_at: LookedAt) -> None:
    """Each class and element of the lint is drawn where it says; each macro with a class of its own is known by one."""
    looked_at("classes", CLASSES)
    drawn = {path.name: _without_comments(path) for path in FOLDER.glob("*.html")}
    for name, where in {**CLASSES, **ELEMENTS}.items():
        files = re.findall(r"ui/(\w+\.html)", where)
        mark = rf'class="{name}[" {{]' if name in CLASSES else rf"<{name}[ >]"
        assert files
        assert any(re.search(mark, drawn[file]) for file in files), f"{name} is not drawn by {where}"
        for names, file in re.findall(r"((?:\w+(?:, | and ))*\w+) of ui/(\w+\.html)", where):
            for macro in set(re.split(", | and ", names)) - {"macros"}:
                assert f"macro {macro}(" in drawn[file], f"{name}: there is no macro {macro} in {file}"
    for file, text in drawn.items():
        for macro, body in re.findall(r"{% macro (\w+)\(.*?%}(.*?){%-? endmacro", text, re.DOTALL):
            marks = set(re.findall(r'class="([\w-]+)', body))
            element = any(re.search(rf"<{name}[ >]", body) for name in ELEMENTS)
            assert not marks or element or marks & (CLASSES.keys() | BESIDE), f"{file}: {macro} is known by no class"


def _without_comments(path: Path) -> str:
    return re.sub(r"{#.*?#}", "", path.read_text("utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('<button class="button primary">보내기</button>', '<button class="button">'),
        ('<a class="button {{ "secondary" if a else "primary" }}" href="/">가기</a>', '<a class="button">'),
        ("<button>보내기</button>", "<button>"),
        ('<form>{% if a %}<input name="{{ b }}">{% endif %}</form>', "<input>"),
        ("<table><tr></tr></table>", "<table>"),
        ('<div class="wide empty"><p>없음</p></div>', '<div class="empty">'),
        ('<p class="alarm" role="alert">틀렸어요</p>', '<p class="alarm">'),
        ('<form class="undo">되돌리기</form>', '<form class="undo">'),
        ('<span class="seal">부</span>', '<span class="seal">'),
        ('<b class="badge day">장날</b>', '<b class="badge">'),
        ('<div class="keypad"></div>', '<div class="keypad">'),
        ("<svg></svg>", "<svg>"),
    ],
)
def test_the_lint_finds_it(text: str, what: str) -> None:
    assert [one.what for one in handmade(f"{{# <button> #}}\n{text}")][:1] == [what]
    assert handmade(f"\n{text}")[0].line == 2


def test_the_lint_leaves_calls_and_plain_markup_alone(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('{{ send("<button>", more={"form": "a"}) }}<p class="why">{% if a %}<b>{{ b }}</b>{% endif %}</p>')
    assert list(handmade_below(tmp_path)) == []


def test_the_tokens_are_told_with_their_values(templates: Templates, looked_at: LookedAt) -> None:
    found = {token.name: token.value for token in tokens(templates.built("app.css"))}
    looked_at("tokens", found)
    assert re.fullmatch("#[0-9a-f]{3,8}", found["--act"])
    assert all("var(" not in value for value in found.values())
