"""The foundations that the application carries."""

from importlib import resources
from pathlib import Path

import pytest
from pydantic import ValidationError

import smilero_tenants.markets
from smilero_core.registry.standard_file import read_standard_file
from smilero_sdk.errors import Problem
from smilero_sdk.i18n import LANGUAGES, Catalogue
from smilero_tenants.markets.definition import MarketDefinition, load_definitions, read_definition

CATALOGUE = Catalogue()
CATALOGUE.add_folder(Path(str(smilero_tenants.markets.__file__)).parent)
TOML = resources.files("smilero_tenants.markets").joinpath("seongnam.toml").read_text(encoding="utf-8")


def test_three_foundations_are_carried() -> None:
    definitions = load_definitions()
    assert [definition.slug for definition in definitions] == ["bucheon", "busan", "seongnam"]
    assert [definition.host for definition in definitions] == ["bucheon", "busan", "seongnam"]
    assert [definition.seal for definition in definitions] == ["부", "산", "성"]
    assert all(set(definition.name) == set(LANGUAGES) for definition in definitions)


@pytest.mark.parametrize("definition", load_definitions(), ids=lambda definition: definition.slug)
def test_the_rows_beside_a_definition_are_those_of_its_area(definition: MarketDefinition) -> None:
    data = definition.standard_file()
    assert read_standard_file(data, area=definition.area).rows == read_standard_file(data).rows
    assert data.splitlines()[0].decode("cp949").startswith("시장명,시장유형,소재지도로명주소,")


def test_a_title_that_a_language_lacks_is_korean() -> None:
    definition = read_definition(TOML.replace('uk = "', '#"'), file="seongnam.toml")
    assert definition.title("en") == "Seongnam Market District Foundation"
    assert definition.title("uk") == definition.title("ko") == "성남시상권활성화재단"


def test_a_definition_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        load_definitions()[0].slug = "other"


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ('colour = "#1a6b45"', 'colour = "#ffd400"', "colour: "),
        ('colour = "#1a6b45"', 'colour = "green"', "colour: "),
        ('seal = "성"', 'seal = "성남"', "seal: "),
        ('seal = "성"', 'seal = "ㅅ"', "seal: "),
        ('slug = "seongnam"', 'slug = "Seong nam"', "slug: "),
        ('area = ["성남시"]', "area = []", "area: "),
        ('area = ["성남시"]', 'area = "성남시"', "area: "),
        ('timezone = "Asia/Seoul"', 'timezone = "Asia/Seol"', "timezone: "),
        ('phone = "031-000-0001"', "phone = 310000001", "sender.phone: "),
        ('ko = "성남시상권활성화재단"', "", "name: "),
        ('host = "seongnam"', "", "host: "),
        ('host = "seongnam"', 'host = "seongnam"\nmotto = "x"', "motto: "),
    ],
)
def test_a_value_that_does_not_fit_is_named(before: str, after: str, named: str) -> None:
    assert before in TOML
    with pytest.raises(Problem) as refusal:
        read_definition(TOML.replace(before, after), file="seongnam.toml")
    assert refusal.value.code == "tenants.definition"
    assert str(refusal.value.params["reasons"]).startswith(named)
    assert "seongnam.toml" in CATALOGUE.text("ko", refusal.value.code, **refusal.value.params)


def test_a_broken_file_is_named() -> None:
    with pytest.raises(Problem) as refusal:
        read_definition(TOML + "\nslug =", file="seongnam.toml")
    assert refusal.value.code == "tenants.definition_syntax"
    assert "seongnam.toml" in CATALOGUE.text("en", refusal.value.code, **refusal.value.params)
