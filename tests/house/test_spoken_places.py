"""No word for a person stands outside of the catalogues, wherever it hides."""

import pytest

from tests.conftest import LookedAt
from tests.house.spoken_places import everywhere, in_python, in_script, in_style, in_template
from tests.house.tree import ROOT, package_folders, shipped_python


def test_no_word_hides(looked_at: LookedAt) -> None:
    looked_at("templates", [path for folder in package_folders(ROOT) for path in folder.rglob("templates/**/*.html")])
    looked_at("scripts and styles", list((ROOT / "web" / "frontend").glob("s*/*.[jc]s*")))
    looked_at("Python files", shipped_python(ROOT))
    assert list(everywhere(ROOT)) == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Save</p>",
        "<p>{{ name }} saved</p>",
        '<button aria-label="Close">{{ icon("x") }}</button>',
        '<input placeholder="010-1234 번호">',
        '<img alt="Photo of {{ shop.name }}">',
        '<a title="Оновити">{{ n }}</a>',
        '<input type="submit" value="Send">',
        '{{ button("Save", url) }}',
        '{{ button("저장하기", url) }}',
        "{% set label = 'Back to the shop' %}",
        '{{ t("a.key") ~ " or call us" ~ " by telephone now" }}',
    ],
)
def test_a_template_hides_nothing(source: str) -> None:
    assert in_template(source)


@pytest.mark.parametrize(
    "source",
    [
        "{# Save 저장 #}<p>{{ t('a.key') }}</p>",
        '{% from "ui/actions.html" import button %}<p class="lead wide">{{ date(day) }} · 1</p>',
        '<input type="hidden" name="kind" value="true"{% if bad %} aria-invalid="true"{% endif %}>',
        '<script type="application/ld+json">{"name": "Save"}</script>',
        '{{ button(t("a.key"), "/console/shops", "primary", "house") }}',
        "{% block tone %}done{% endblock %}",
    ],
)
def test_a_template_may_say_what_a_machine_reads(source: str) -> None:
    assert in_template(source) == []


@pytest.mark.parametrize(
    ("source", "hidden"),
    [
        ("said.textContent = '저장했어요';", True),
        ("said.textContent = `Saved at ${time}`;", True),
        ('status.ariaLabel = "Photo is ready";', True),
        ("// Saved at once 저장\nconst KEPT = 'kept-for';", False),
        ("throw new Error('No answer from there');", False),
        ("const link = 'https://busan.example/x';", False),
    ],
)
def test_a_script_hides_nothing(source: str, *, hidden: bool) -> None:
    assert bool(in_script(source)) == hidden


def test_a_style_hides_nothing() -> None:
    assert in_style('.now::after { content: "today"; }') == ["today"]
    assert in_style('.now::after { content: attr(data-label); } .a::before { content: ""; }') == []


@pytest.mark.parametrize(
    ("source", "hidden"),
    [
        ("shown = {'title': 'Market day'}", True),
        ("shown = {'title': f'Market of {name}'}", True),
        ("tell(label='Save')", True),
        ("sheet.writerow(['Shop name', 'Phone'])", True),
        ("words = 'Зберегти'", True),
        ("words = f'保存{name}'", True),
        ("words = {'uk': 'Зберегти', 'x': 'Зберегти'}", True),
        ("words = {'ko': '저장', 'uk': 'Зберегти'}", False),
        ("shown = {'title': text('shops.title'), 'kind': 'Save'}", False),
        ("raise ValueError('No such market is here')", False),
        ("'''저장 Зберегти'''", False),
    ],
)
def test_python_hides_nothing(source: str, *, hidden: bool) -> None:
    assert bool(in_python(source, shown=True)) == hidden
