import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from jinja2 import TemplateNotFound, UndefinedError

from smilero_core.identity.phone import hyphened
from smilero_sdk.i18n import Catalogue
from smilero_web.dev.design import macros
from smilero_web.templating import Templates, read_manifest, tel
from tests.conftest import LookedAt
from tests.house.tree import ROOT
from tests.web.samples import CLOSED, DIRECTORY, FRAME, HOME, MARKET, MARKET_DAY, SHOPS, SITE
from tests.web.samples import PAGES as PUBLIC_PAGES
from tests.web.samples_console import CONSOLE_PAGES
from tests.web.samples_portal import PORTAL_PAGES

PUBLIC = ROOT / "tenants" / "smilero_tenants" / "public" / "templates"
PORTAL = ROOT / "tenants" / "smilero_tenants" / "portal" / "templates"
CONSOLE = ROOT / "tenants" / "smilero_tenants" / "console" / "templates"
STOREFRONT = ROOT / "plugins" / "storefront" / "smilero_storefront" / "templates"
COUPONS = ROOT / "plugins" / "coupons" / "smilero_coupons" / "templates"
FOLDERS = [ROOT / "web" / "smilero_web" / "templates", PUBLIC, CONSOLE, STOREFRONT]
PAGES = PUBLIC_PAGES | PORTAL_PAGES | CONSOLE_PAGES
MANIFEST = {
    name: name.replace(".", ".1.")
    for name in ("app.css", "sheet.css", "design.css", "app.js", "scan-worker.js", "icons.svg", "favicon.svg")
}
CATALOGUE = Catalogue.of(["smilero_web", "smilero_tenants", "smilero_coupons", "smilero_storefront"])

PREFIXES = "|".join(sorted({key.partition(".")[0] for key in CATALOGUE.keys("ko")}))

Probe = Callable[[str], str]


@pytest.fixture
def templates() -> Templates:
    made = Templates(CATALOGUE, MANIFEST)
    made.add("public", PUBLIC)
    made.add("storefront", STOREFRONT)
    made.add("portal", PORTAL)
    made.add("console", CONSOLE)
    return made


@pytest.fixture
def probe(templates: Templates, tmp_path: Path) -> Probe:
    """Renders a text as a plugin's template, in Korean."""
    folder = tmp_path / "templates"
    (folder / "probe").mkdir(parents=True)
    templates.add("probe", folder)

    def render(source: str, language: str = "ko", **context: object) -> str:
        name = f"{len(list(folder.rglob('*.html')))}.html"
        (folder / "probe" / name).write_text(source, encoding="utf-8")
        return templates.render(f"probe/{name}", language, **context)

    return render


def test_every_macro_does_what_its_documented_call_says(probe: Probe, looked_at: LookedAt) -> None:
    """Those of the application are on the page of the design system, with a test of the house."""
    known = [(path, one) for folder in FOLDERS for path in sorted(folder.glob("*")) if path.name != "ui" for one in macros(path)]
    looked_at("macros", [one.anchor for _, one in known])
    for path, one in known:
        assert one.calls, f"{path.name}/{one.file}: {one.name} has no call in its comment"
        samples = {"market": CLOSED if "closed" in one.name else MARKET_DAY, "shops": SHOPS}
        page = probe(f'{{% from "{path.name}/{one.file}" import {one.name} %}}{{{{ {one.calls[0]} }}}}', **samples)
        assert page.strip().startswith("<"), f"{path.name}/{one.file}: {one.name}"


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["ko", "en", "uk"])
def test_a_page_is_whole_and_fits_the_content_policy(templates: Templates, page: str, language: str) -> None:
    name, context = PAGES[page]
    templates.add("coupons", COUPONS)
    html = templates.render(name, language, **FRAME, **context)
    assert f'<html lang="{language}">' in html
    assert len(re.findall(r"<h1[ >]", html)) == 1
    assert not re.search(
        r"""\sstyle=|\son\w+=|<script(?! type="(?:module" src="/|application/ld\+json">))|<style|["'](?:data|javascript):""", html
    )
    assert set(re.findall(rf"(?<![\w/.-])(?:{PREFIXES})\.[a-z_.]+\b", html)) == set(), "a key without a sentence"


def test_every_sentence_that_a_template_marks_up_is_there(looked_at: LookedAt) -> None:
    said = {
        key
        for folder in [*FOLDERS, *ROOT.glob("plugins/*/smilero_*/templates")]
        for path in folder.rglob("*.html")
        for key in re.findall(r'\brich\("([^"]+)"', path.read_text(encoding="utf-8"))
    }
    looked_at("sentences with markup", said)
    catalogue = Catalogue()
    for folder in (ROOT / "web", ROOT / "tenants", ROOT / "plugins"):
        catalogue.add_folder(folder)
    assert said - catalogue.keys("ko") == set()


def test_an_undefined_name_is_an_error(probe: Probe) -> None:
    with pytest.raises(UndefinedError, match="nothing"):
        probe("<p>{{ nothing }}</p>")


@pytest.mark.parametrize("taken", ["ui", "platform", "public"])
def test_a_prefix_belongs_to_one_package(templates: Templates, tmp_path: Path, taken: str) -> None:
    with pytest.raises(ValueError, match=taken):
        templates.add(taken, tmp_path)


def test_a_plugin_reaches_nothing_outside_its_prefix(templates: Templates, tmp_path: Path) -> None:
    for folder in ("coupons", "ui", "public"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "base.html").write_text("the plugin's")
    (tmp_path / "secret.html").write_text("the plugin's")
    templates.add("coupons", tmp_path)
    assert templates.render("coupons/base.html", "ko") == "the plugin's"
    assert "the plugin's" not in templates.render("ui/base.html", "ko", **FRAME)
    for name in ("public/base.html", "coupons/../secret.html", "coupons/secret.html", "coupons/ui/base.html", "secret.html"):
        with pytest.raises(TemplateNotFound):
            templates.render(name, "ko")


def test_what_people_wrote_is_escaped(templates: Templates) -> None:
    name = "<b onclick=x>시장"
    html = templates.render(
        "storefront/home.html", "ko", **FRAME, **HOME | {"q": name, "open_today": [MARKET | {"name": name, "homepage": "x"}]}
    )
    assert "<b onclick" not in html
    assert "&lt;b onclick" in html


def test_a_sentence_with_markup_escapes_its_values(probe: Probe) -> None:
    assert probe('{{ rich("storefront.next_open", date="<i>") }}') == "다음에 여는 날 <b>&lt;i&gt;</b>"


def test_a_home_page_that_is_no_web_address_is_not_linked(templates: Templates) -> None:
    market = MARKET | {"homepage": "javascript:alert(1)"}
    html = templates.render("storefront/market.html", "ko", **FRAME, market=market, **DIRECTORY)
    assert "alert" not in html


def test_a_fragment_is_not_escaped_again(templates: Templates, tmp_path: Path) -> None:
    (tmp_path / "coupons").mkdir()
    (tmp_path / "coupons" / "slot.html").write_text("<article>{{ title }}</article>")
    templates.add("coupons", tmp_path)
    slot = templates.fragment("coupons/slot.html", "ko", title="1+1 <덤>")
    name, context = PAGES["shop"]
    html = templates.render(name, "ko", **FRAME, **context | {"slots": [slot]})
    assert "<article>1+1 &lt;덤&gt;</article>" in html


def test_many_markets_are_folded_by_district_and_few_are_listed(templates: Templates) -> None:
    def folds(count: int) -> int:
        markets = [MARKET | {"name": f"{index}번 시장", "district": f"{index % 4}구"} for index in range(count)]
        return templates.render("storefront/home.html", "ko", **FRAME, **HOME | {"open_today": markets}).count("<details")

    assert folds(30) == 0
    assert folds(31) == 4


def test_a_closed_shop_sends_people_to_its_market_when_it_has_no_number(templates: Templates) -> None:
    name, context = PAGES["shop without a number"]
    html = templates.render(name, "ko", **FRAME, **context)
    assert 'href="tel:0512431128"' in html
    assert "051-243-1128" in html


@pytest.mark.parametrize(
    ("source", "language", "shown"),
    [
        ("{{ won(2000) }}", "ko", "2,000원"),
        ("{{ won(2000) }}", "en", "₩2,000"),
        ("{{ won(2000) }}", "vi", "₩2.000"),
        ("{{ number(26638) }}", "ko", "26,638"),
        ("{{ date(d) }}", "ko", "11월 23일 (월)"),
        ("{{ date(d) }}", "en", "Mon, Nov 23"),
        ("{{ phone('0512431128') }}", "ko", "051-243-1128"),
        ("{{ asset('app.css') }}", "ko", "/static/dist/app.1.css"),
        ("{{ language }}", "zh", "zh"),
    ],
)
def test_formats(probe: Callable[..., str], source: str, language: str, shown: str) -> None:
    assert probe(source, language, d=date(2026, 11, 23)) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("021234567", "02-123-4567"),
        ("02-1234-5678", "02-1234-5678"),
        ("0317554214", "031-755-4214"),
        ("01012345678", "010-1234-5678"),
        ("050512345678", "0505-1234-5678"),
        ("15880000", "1588-0000"),
        ("교환 3번", "교환 3번"),
        ("", ""),
    ],
)
def test_phone_numbers_get_their_hyphens(written: str, shown: str) -> None:
    assert hyphened(written) == shown


def test_dialling_leaves_only_what_a_telephone_has() -> None:
    assert tel(" 051) 243-1128 ") == "tel:0512431128"
    assert tel("+82 51 243 1128") == "tel:+82512431128"


def test_an_asset_that_was_not_built_is_an_error(probe: Probe) -> None:
    with pytest.raises(KeyError, match=r"nothing\.css"):
        probe("{{ asset('nothing.css') }}")


def test_a_missing_build_names_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"web/frontend/build\.py"):
        read_manifest(tmp_path / "manifest.json")


def test_a_site_without_number_and_source_has_a_frame(templates: Templates) -> None:
    html = templates.render("platform/home.html", "ko", site=SITE | {"phone": None, "source": None}, look_url=None, tenants=[])
    assert "tel:" not in html
    assert "look.css" not in html
