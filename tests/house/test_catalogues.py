import re
from importlib.metadata import entry_points
from pathlib import Path

from smilero_core.identity.access import CORE_PERMISSIONS
from smilero_core.plugins.inventory import unspoken
from smilero_tenants.faces.frames import DAILY, SELDOM
from tests.conftest import LookedAt
from tests.house.catalogues import Spoken, fields, korean_in_code, sentences, spoken
from tests.house.tree import ROOT, shipped_python

# Code that reads Korean words, in a file or a grammar. It may not hold sentences.
READERS = {
    "sdk/smilero_sdk/i18n.py": "the grammar of particles",
    "sdk/smilero_sdk/finding.py": "the letters of Hangul",
    "core/smilero_core/registry/": "places, market days and columns as the national standard file writes them",
    "tenants/smilero_tenants/markets/": "names of places, trades and people, from which the demo makes shops",
}
SENTENCE = re.compile(r"(?:니다|세요|어요|해요|까요)(?:\W|$)")

PROBLEM = """
def refuse():
    '''주석은 괜찮습니다.'''
    raise errors.Problem("seeded.known", 409, name="a", headers={})
    raise Problem("seeded.lost", 404)
    raise Problem("seeded.known", **values)
    say = "한글"
    title = {"ko": "쿠폰", "en": "Coupons"}
"""


def test_everything_said_has_a_korean_sentence(looked_at: LookedAt) -> None:
    known = sentences(ROOT)["ko"]
    said = spoken(ROOT)
    looked_at("keys said", {saying.key for saying in said})
    looked_at("sentences", known)
    assert [saying for saying in said if not saying.known(known)] == []


def test_a_sentence_shows_only_values_that_it_is_given(looked_at: LookedAt) -> None:
    catalogue = sentences(ROOT)
    shown = [
        (saying, language, fields(known[saying.key]) - saying.values)
        for saying in spoken(ROOT)
        for language, known in catalogue.items()
        if saying.values is not None and saying.key in known
    ]
    looked_at("problems told", [saying.where for saying, _, _ in shown])
    assert [case for case in shown if case[2]] == []


def test_korean_has_every_sentence_of_every_other_language(looked_at: LookedAt) -> None:
    catalogue = sentences(ROOT)
    looked_at("languages", catalogue)
    missing = [f"{language}: {key}" for language, known in catalogue.items() for key in known if key not in catalogue["ko"]]
    assert missing == []


def test_every_right_of_the_core_has_a_korean_sentence(looked_at: LookedAt) -> None:
    keys = {f"permission.{right.name}" for right in CORE_PERMISSIONS}
    looked_at("rights of the core", keys)
    assert sorted(keys - sentences(ROOT)["ko"].keys()) == []


def test_every_picture_that_is_named_is_in_the_sprite(looked_at: LookedAt) -> None:
    """One that is not leaves an empty place, and says nothing."""
    build = (ROOT / "web/frontend/build.mjs").read_text()
    sprite = set(re.findall(r"'([a-z0-9-]+)'", build[build.index("const ICONS") : build.index("];", build.index("const ICONS"))]))
    pages = [path.read_text() for path in ROOT.glob("*/*/**/templates/**/*.html") if ".venv" not in path.parts]
    named = {name for page in pages for name in re.findall(r"""icon\(["']([a-z0-9-]+)["']""", page)}
    named |= {icon for _, _, icon, _ in (*DAILY, *SELDOM)}
    looked_at("pictures", named)
    assert sorted(named - sprite) == []


def test_what_a_foundation_reads_of_a_plugin_has_a_korean_sentence(looked_at: LookedAt) -> None:
    plugins = [point.load() for point in entry_points(group="smilero.plugins")]
    looked_at("settings and rights", [key for plugin in plugins for key in unspoken(plugin, ())])
    assert [key for plugin in plugins for key in unspoken(plugin, sentences(ROOT)["ko"])] == []


def test_korean_is_in_the_catalogues_and_not_in_the_code(looked_at: LookedAt) -> None:
    looked_at("files", shipped_python(ROOT))
    assert [where for where in korean_in_code(ROOT) if SENTENCE.search(where) or not where.startswith(tuple(READERS))] == []


def test_what_is_said_is_found(tmp_path: Path) -> None:
    package = tmp_path / "web" / "smilero_web"
    for folder in ("locale", "templates", "demo"):
        (package / folder).mkdir(parents=True)
    (package / "seeded.py").write_text(PROBLEM, encoding="utf-8")
    (package / "demo" / "words.py").write_text("WORDS = ['모란시장']", encoding="utf-8")
    (package / "templates" / "good.html").write_text(
        '{# 주석 #}<p>{{ t("seeded.page") }}{{ t("seeded.kind." ~ kind) }}</p>', encoding="utf-8"
    )
    (package / "templates" / "bad.html").write_text("<p>한글</p>", encoding="utf-8")
    (package / "locale" / "ko.po").write_text('msgid "seeded.known"\nmsgstr "{name:은/는} {left}개"\n', encoding="utf-8")

    assert spoken(tmp_path) == [
        Spoken("seeded.known", "web/smilero_web/seeded.py:4", frozenset({"name"})),
        Spoken("seeded.lost", "web/smilero_web/seeded.py:5", frozenset()),
        Spoken("seeded.known", "web/smilero_web/seeded.py:6", None),
        Spoken("seeded.page", "web/smilero_web/templates/good.html", None),
        Spoken("seeded.kind.*", "web/smilero_web/templates/good.html", None),
    ]
    assert Spoken("seeded.kind.*", "", None).known(["seeded.kind.one"])
    assert not Spoken("seeded.kind.*", "", None).known(["seeded.known"])
    assert fields(sentences(tmp_path)["ko"]["seeded.known"]) == {"name", "left"}
    assert korean_in_code(tmp_path) == ["web/smilero_web/seeded.py:7 한글", "web/smilero_web/templates/bad.html"]
