"""`smilero tenant create`."""

import time
import unicodedata
from uuid import uuid4

import pytest

from tests.cli.conftest import Demo

HOST_SECONDS = 10


@pytest.fixture
def free() -> str:
    """A slug that nobody has."""
    return f"t{uuid4().hex[:12]}"


def listed(demo: Demo, slug: str) -> list[dict[str, object]]:
    return [one for one in demo.smilero("tenant", "list", "--json").json if one["slug"] == slug]


def test_its_hosts_answer_without_a_restart(demo: Demo, free: str) -> None:
    hosts = (f"{free}.localhost", f"{free}.example.kr")
    assert [demo.get("/", host)[0] for host in hosts] == [404, 404]
    made = demo.smilero("tenant", "create", free, "--name", "창원시상권활성화재단", "--host", hosts[1].upper(), "--json").json
    assert made["slug"] == free
    assert listed(demo, free) == [{"slug": free, "name": "창원시상권활성화재단", "markets": 0, "shops": 0, "plugins": ["storefront"]}]
    deadline = time.monotonic() + HOST_SECONDS
    while [demo.get("/", host)[0] for host in hosts] != [200, 200]:
        assert time.monotonic() < deadline
    assert "창원시상권활성화재단" in demo.get("/", hosts[0])[1]


def test_a_name_is_kept_as_people_mean_it(demo: Demo, free: str) -> None:
    name = unicodedata.normalize("NFD", "  진해[/b] :cow:  상권 ")
    assert demo.smilero("tenant", "create", free, "--name", name, "--colour", "#7A1F2B", "--phone", "1588-0000").code == 0
    (row,) = demo.query("select name, seal, colour, sender->>'phone' as phone from core.tenant where slug = $1", free)
    assert tuple(row) == ("진해[/b] :cow: 상권", "진", "#7a1f2b", "1588-0000")
    assert "진해[/b] :cow: 상권" in demo.smilero("tenant", "list").out


@pytest.mark.parametrize(
    ("slug", "options", "code"),
    [
        ("Changwon", (), "tenancy.slug"),
        ("창원", (), "tenancy.slug"),
        ("c", (), "tenancy.slug"),
        ("changwon-", (), "tenancy.slug"),
        ("c" * 41, (), "tenancy.slug"),
        ("operator", (), "tenancy.slug_reserved"),
        ("seongnam", (), "tenancy.taken"),
        ("changwon", ("--name", " "), "tenancy.name"),
        ("changwon", ("--name", "가" * 81), "tenancy.name"),
        ("changwon", ("--name", "창원\x07"), "tenancy.name"),
        ("changwon", ("--name", "\udcff"), "tenancy.name"),
        ("changwon", ("--seal", "창원"), "tenancy.seal"),
        ("changwon", ("--colour", "red"), "tenancy.colour"),
        ("changwon", ("--colour", "#ffe9a8"), "tenancy.colour_pale"),
        ("changwon", ("--phone", "call me"), "tenancy.phone"),
        ("changwon", ("--host", "창원.kr"), "tenancy.host"),
        ("changwon", ("--host", "localhost"), "tenancy.host"),
    ],
)
def test_what_cannot_be_is_told(demo: Demo, slug: str, options: tuple[str, ...], code: str) -> None:
    before = demo.query("select count(*) from core.tenant")
    assert demo.smilero("tenant", "create", slug, "--name", "창원시상권활성화재단", *options).refused(code)
    assert demo.query("select count(*) from core.tenant") == before


def test_a_host_of_another_foundation_is_told_and_nothing_is_left(demo: Demo, free: str, slug: str) -> None:
    options = ("--name", "창원시상권활성화재단", "--host", f"{slug}.example.kr")
    assert demo.smilero("tenant", "create", free, *options).code == 0
    again = demo.smilero("tenant", "create", f"{free}2", *options)
    assert again.refused("tenancy.host_taken", f"{slug}.example.kr")
    assert listed(demo, f"{free}2") == []


def test_wrong_calls(demo: Demo) -> None:
    without = demo.smilero("tenant", "create", "changwon")
    assert (without.code, without.out) == (2, "")
    assert "--name" in without.err
