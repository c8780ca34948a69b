import csv
import gzip
import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from smilero_sdk.i18n import Catalogue
from smilero_web.templating import Templates, read_manifest
from tests.conftest import LookedAt
from tests.house.tree import ROOT
from tests.web.samples import FRAME, HOME, MARKET

DIST = ROOT / "web" / "smilero_web" / "static" / "dist"
FACE = re.compile(r"@font-face\{[^}]*?font-weight:(\d+);[^}]*?url\(([^)]+)\)[^}]*?unicode-range:([^;}]+)")
FIRST_VIEW, FIRST_VIEW_WITH_FONTS = 100_000, 200_000


@pytest.fixture(scope="module")
def manifest() -> dict[str, str]:
    return read_manifest(DIST / "manifest.json")


@pytest.fixture(scope="module")
def sheet(manifest: dict[str, str]) -> str:
    return (DIST / manifest["app.css"]).read_text()


def faces(sheet: str) -> list[tuple[str, Path, list[tuple[int, int]]]]:
    """Weight, file and code points of every slice."""
    return [(weight, DIST / url.strip('"'), [_span(part) for part in ranges.split(",")]) for weight, url, ranges in FACE.findall(sheet)]


def _span(part: str) -> tuple[int, int]:
    if "?" in part:  # U+ac? is U+ac0-acf
        return int(part[2:].replace("?", "0"), 16), int(part[2:].replace("?", "f"), 16)
    first, _, last = part.removeprefix("U+").partition("-")
    return int(first, 16), int(last or first, 16)


def test_everything_built_is_there_and_comes_from_us(manifest: dict[str, str], sheet: str) -> None:
    assert all((DIST / name).is_file() for name in manifest.values())
    assert not re.search(r"https?:|//|data:|@import", sheet)
    assert (DIST / "fonts" / "OFL.txt").is_file()


def test_no_character_is_claimed_by_two_slices(sheet: str, looked_at: LookedAt) -> None:
    found = faces(sheet)
    looked_at("slices", found)
    for weight in ("400", "700"):
        spans = sorted(span for name, _, spans in found if name == weight for span in spans)
        assert [(before, after) for before, after in pairwise(spans) if after[0] <= before[1]] == []


def test_every_icon_that_a_template_names_is_drawn(manifest: dict[str, str], looked_at: LookedAt) -> None:
    drawn = set(re.findall(r'id="([\w-]+)"', (DIST / manifest["icons.svg"]).read_text()))
    folders = [ROOT / "web", ROOT / "tenants", ROOT / "plugins"]
    pages = [page.read_text(encoding="utf-8") for folder in folders for page in folder.rglob("templates/**/*.html")]
    named = {name for page in pages for name in re.findall(r'\b(?:icon|fact)\("([\w-]+)"', page)}
    looked_at("icons named", named)
    assert named - drawn == set()


def test_the_front_page_of_160_markets_is_light(manifest: dict[str, str], sheet: str) -> None:
    with (ROOT / "tenants/smilero_tenants/markets/busan.csv").open(encoding="cp949", newline="") as source:
        rows = list(csv.DictReader(source))
    markets = [
        MARKET
        | {
            "url": f"/markets/{index:036}",
            "name": row["시장명"],
            "address": row["소재지도로명주소"] or row["소재지지번주소"],
            "district": "중구",
        }
        for index, row in enumerate(rows)
    ]
    templates = Templates(Catalogue.of(["smilero_web", "smilero_tenants"]), manifest)
    templates.add("storefront", ROOT / "plugins/storefront/smilero_storefront/templates")
    page = templates.render("storefront/home.html", "ko", **FRAME, **HOME | {"open_today": markets, "closed_today": []})
    files = [page.encode(), *((DIST / name).read_bytes() for name in manifest.values())]
    weight = sum(len(gzip.compress(content)) for content in files)
    points = {ord(sign) for sign in page}
    fonts = sum(
        path.stat().st_size for _, path, spans in faces(sheet) if any(first <= point <= last for first, last in spans for point in points)
    )
    assert len(rows) > 150
    assert weight <= FIRST_VIEW
    # Every text of the page in both weights, folded or not: more than any first view shows.
    assert weight + fonts <= FIRST_VIEW_WITH_FONTS


def test_the_lock_names_no_registry() -> None:
    packages = json.loads((ROOT / "web/frontend/package-lock.json").read_text())["packages"]
    assert len(packages) > 5
    assert [name for name, package in packages.items() if "resolved" in package] == []
