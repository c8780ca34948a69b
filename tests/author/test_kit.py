"""The parts of the test kit that need no host: the guard of the network, the reader of pages, whose tests these are."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from smilero_sdk.testing.markup import page_faults
from smilero_sdk.testing.network import CallsOutError, Loopback, is_loopback
from smilero_sdk.testing.subject import plugin_of, plugins_of
from tests.house.tree import ROOT

# An address that belongs to nobody (RFC 5737), should the guard ever fail.
NOBODY = "192.0.2.1"
PAGE = """<!doctype html><html lang="ko"><head><meta name="viewport" content="width=device-width"><title>쿠폰</title></head><body><main>
<h1>쿠폰</h1><h2>만들기</h2><form><label for="a">이름</label><input id="a" name="a"><label>수<input name="b"></label>
<input type="hidden" name="c"><button>보내기</button></form>
<a href="/"><svg aria-hidden="true"><text>x</text></svg><img src="x" alt="처음"></a>
</main></body></html>"""
FAULTS = {
    "html has no lang": (' lang="ko"', ""),
    "the page has no title": ("<title>쿠폰</title>", "<title> </title>"),
    "the page has not one main part": ("main>", "div>"),
    "the page cannot be enlarged": ("width=device-width", "width=device-width, user-scalable=no"),
    "the page has 0 first headings": ("h1>", "p>"),
    "a heading jumps from 1 to 3": ("h2>", "h3>"),
    "h2 says nothing": ("만들기", " "),
    "input 'a' has no label": ('for="a"', 'for="b"'),
    "input 'b' has no label": ("<label>수<input", "수<label></label><input"),
    "button has no words": ("보내기", "<span hidden>보내기</span>"),
    "a has no words": ('alt="처음"', 'alt=""'),
    "img has no alt": (' alt="처음"', ' title="x"'),
    "the id 'a' is there 2 times": ("<h1>", '<h1 id="a">'),
}


@pytest.fixture
def guard() -> Iterator[Loopback]:
    loopback = Loopback()
    loopback.close()
    yield loopback
    loopback.closed = False


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost", "busan.localhost", "", None, b"127.0.0.1", "::"], ids=repr)
def test_this_machine_answers(host: object) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", [NOBODY, "example.com", "localhost.example.com", "10.0.0.1", "fe80::1%eth0", "2001:db8::1"])
def test_another_machine_is_one(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.usefixtures("guard")
def test_nothing_leaves() -> None:
    with pytest.raises(CallsOutError, match=NOBODY):
        socket.create_connection((NOBODY, 9), timeout=1)
    with pytest.raises(CallsOutError, match=r"example\.com"):
        socket.getaddrinfo("example.com", 443)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender, pytest.raises(CallsOutError):
        sender.sendto(b"x", (NOBODY, 9))


@pytest.mark.usefixtures("guard")
def test_this_machine_is_reached_all_the_same() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()


def test_a_good_page_has_no_faults() -> None:
    assert page_faults(PAGE) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_of_a_page_is_found(fault: str) -> None:
    old, new = FAULTS[fault]
    assert old in PAGE
    assert any(found.startswith(fault) for found in page_faults(PAGE.replace(old, new))), page_faults(PAGE.replace(old, new))


def test_the_nearest_project_says_whose_tests_these_are(tmp_path: Path) -> None:
    tests = tmp_path / "stamps" / "tests"
    tests.mkdir(parents=True)
    (tests / "test_one.py").touch()
    assert plugin_of(tests) is None
    (tmp_path / "stamps" / "pyproject.toml").write_text('[project.entry-points."smilero.plugins"]\nstamps = "x:y"\n')
    assert plugin_of(tests) == "stamps"
    # A whole folder is asked for its contract, a file or a single test is not.
    assert plugins_of(["stamps/tests", str(tests)], tmp_path) == ["stamps"]
    assert plugins_of(["stamps/tests/test_one.py", "stamps/tests/test_one.py::test_it"], tmp_path) == []
    (tmp_path / "stamps" / "pyproject.toml").write_text("no toml")
    assert plugin_of(tests) is None


def test_a_run_of_this_repository_holds_every_plugin_to_the_contract() -> None:
    """`make test` asks for these folders: a plugin without tests of its own would be left out."""
    folders = sorted(ROOT.glob("plugins/*/tests"))
    plugins = sorted(path.parent.name for path in ROOT.glob("plugins/*/pyproject.toml"))
    assert plugins_of([str(folder) for folder in folders], ROOT) == plugins
