"""What the console's templates must keep whatever else changes about their look."""

import re

import pytest

from smilero_sdk.i18n import Catalogue
from smilero_web.templating import Templates
from tests.conftest import LookedAt
from tests.house.tree import ROOT
from tests.web.samples import FRAME
from tests.web.samples_console import CONSOLE_PAGES, PLUGIN

MANIFEST = {name: name for name in ("app.css", "app.js", "icons.svg", "favicon.svg")}
SMALLEST_TEXT = 1.5  # rem of 10 px


@pytest.fixture(scope="module")
def templates() -> Templates:
    made = Templates(Catalogue.of(["smilero_web", "smilero_tenants", "smilero_coupons"]), MANIFEST)
    made.add("console", ROOT / "tenants" / "smilero_tenants" / "console" / "templates")
    made.add("coupons", ROOT / "plugins" / "coupons" / "smilero_coupons" / "templates")
    return made


def shown(templates: Templates, page: str, **changes: object) -> str:
    name, context = CONSOLE_PAGES[page]
    return templates.render(name, "ko", **FRAME, **context | changes)


@pytest.mark.parametrize(("state", "wanted", "word"), [("true", "false", "켜짐"), ("false", "true", "꺼짐")])
def test_a_switch_asks_for_the_other_state_and_says_its_own_in_words(templates: Templates, state: str, wanted: str, word: str) -> None:
    html = shown(templates, "console, plugins", plugins=[PLUGIN | {"enabled": state == "true", "state_text": word}])
    button = re.findall(r"<button[^>]*role=\"switch\"[^>]*>", html)
    assert len(button) == 1
    assert f'aria-checked="{state}"' in button[0]
    assert f'name="enabled" value="{wanted}"' in button[0]
    assert f'name="idempotency_key" value="{PLUGIN["key"]}"' in html
    assert f">{word}</span>" in html


def test_who_may_not_switch_sees_the_state_and_whom_to_ask(templates: Templates) -> None:
    html = shown(templates, "console, plugins", plugins=[PLUGIN | {"action": None}], only_owner=True)
    assert 'role="switch"' not in html
    assert ">켜짐</span>" in html
    assert "재단 대표만" in html


@pytest.mark.parametrize("page", ["console, plugins", "console, shops", "console, audit"])
def test_a_row_that_becomes_a_card_stays_a_row_with_named_cells(templates: Templates, page: str) -> None:
    html = shown(templates, page)
    columns = re.findall(r'role="columnheader"[^>]*>(?:<a [^>]*>)?([^<]+)<', html)
    rows = re.findall(r"<tr role=\"row\">.*?</tr>", html.partition("<tbody")[2], re.DOTALL)
    assert len(rows) > 1
    for row in rows:
        assert row.count('role="rowheader"') == 1
        assert re.findall(r'<td role="cell"[^>]* data-label="([^"]+)"', row) == columns[1:]


def test_a_search_stays_in_its_form_and_can_be_left(templates: Templates) -> None:
    html = shown(templates, "console, shops searched")
    assert 'name="q" type="search" value="두부"' in html
    assert re.findall(r"<option [^>]*selected>([^<]+)", html) == ["구포시장", "상호 가나다 차례"]
    assert 'href="?"' in html


def test_one_page_has_no_pager(templates: Templates) -> None:
    assert 'class="pager"' in shown(templates, "console, shops")
    assert 'class="pager"' not in shown(templates, "console, shops searched")


def test_no_text_of_the_console_is_under_15_px(looked_at: LookedAt) -> None:
    folder = ROOT / "web" / "frontend" / "styles"
    sheets = "".join((folder / name).read_text(encoding="utf-8") for name in ("console.css", "forms.css", "tables.css"))
    sizes = [float(size) for size in re.findall(r"font-size:\s*([\d.]+)rem", sheets)]
    looked_at("sizes", sizes)
    assert min(sizes) >= SMALLEST_TEXT
