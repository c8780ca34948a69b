"""`smilero tenant import`: a city of the national standard file, as it is published and as people spoil it."""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import resources
from pathlib import Path

import pytest

from smilero_core.embedded import free_port
from tests.cli.conftest import Demo
from tests.support.commands import Home, running
from tests.support.disk import Mount, small_disk

Row = dict[str, str]
Write = Callable[..., Path]

# Two of Changwon and one of Jinju, in the columns of the files that we carry; the second of Changwon has no number of shops.
CHANGWON = (
    {"시장명": "성원그린시장", "소재지도로명주소": "경상남도 창원시 성산구 원이대로 1", "점포수": "120"},
    {
        "시장명": "웅천시장",
        "소재지도로명주소": "",
        "소재지지번주소": "경상남도 창원시 진해구 성내동 2",
        "점포수": "",
        "시장개설주기": "4일+9일",
        "시장유형": "상설장+5일장",
    },
)
JINJU = {"시장명": "중앙시장", "소재지도로명주소": "경상남도 진주시 장대로 3", "점포수": "many"}


def carried() -> list[Row]:
    data = resources.files("smilero_tenants.markets").joinpath("seongnam.csv").read_bytes()
    return list(csv.DictReader(io.StringIO(data.decode("cp949"), newline="")))


def city(*changes: Row) -> list[Row]:
    """Rows in the published format, each a carried one with something changed."""
    plain = next(row for row in carried() if row["시장유형"] == "상설장" and row["점포수"] and row["위도"])
    return [{**plain, "소재지지번주소": "", **change} for change in (changes or (*CHANGWON, JINJU))]


@pytest.fixture
def write(place: Path) -> Write:
    """Writes rows as a file."""

    def written(rows: list[Row], encoding: str = "cp949") -> Path:
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        file = place / "markets.csv"
        file.write_bytes(text.getvalue().encode(encoding))
        return file

    return written


def markets(demo: Demo, slug: str) -> list[tuple[str, int | None]]:
    rows = demo.query(
        "select m.name, m.stated_shops from core.market m join core.tenant t on t.id = m.tenant_id where t.slug = $1 order by 1", slug
    )
    return [tuple(row) for row in rows]


KNOWN = [("성원그린시장", 120), ("웅천시장", None)]
COUNTS = {"markets": 2, "shops": 120, "added": 0, "changed": 0, "unchanged": 0, "missing": 0}


@pytest.mark.parametrize("encoding", ["cp949", "utf-8", "utf-8-sig"])
def test_a_city_of_the_file(demo: Demo, slug: str, write: Write, encoding: str) -> None:
    command = ("tenant", "import", slug, write(city(), encoding), "--area", "창원시")
    previewed = demo.smilero(*command, "--dry-run", "--json").json
    assert {name: previewed[name] for name in COUNTS} == COUNTS | {"added": 2}
    assert markets(demo, slug) == []
    done = demo.smilero(*command)
    assert (done.code, done.out) == (0, "")
    assert "3번째 줄(웅천시장): 점포수가 비어 있어" in done.err
    assert markets(demo, slug) == KNOWN
    again = demo.smilero(*command, "--json").json
    assert {name: again[name] for name in COUNTS} == COUNTS | {"unchanged": 2}
    assert markets(demo, slug) == KNOWN


def test_its_pages_show_the_markets(demo: Demo, slug: str, write: Write) -> None:
    assert demo.get("/", f"{slug}.localhost")[0] == 200
    assert demo.smilero("tenant", "import", slug, write(city()), "--area", "창원시").code == 0
    assert "성원그린시장" in demo.get("/", f"{slug}.localhost")[1]


def test_a_newer_file_changes_what_it_changes(demo: Demo, slug: str, write: Write) -> None:
    assert demo.smilero("tenant", "import", slug, write(city(*CHANGWON))).code == 0
    command = ("tenant", "import", slug, write(city({**CHANGWON[0], "점포수": "131"})))
    previewed = demo.smilero(*command, "--dry-run")
    assert previewed.err.splitlines()[0] == "성원그린시장: 점포 수 120 → 131"
    assert markets(demo, slug) == KNOWN
    done = demo.smilero(*command, "--json").json
    assert {name: done[name] for name in COUNTS} == COUNTS | {"markets": 1, "shops": 131, "changed": 1, "missing": 1}
    assert markets(demo, slug) == [("성원그린시장", 131), ("웅천시장", None)]


def test_each_bad_line_is_told_and_nothing_is_imported(demo: Demo, slug: str, write: Write) -> None:
    spoilt = (
        *CHANGWON,
        {"시장명": "나라시장", "소재지도로명주소": ""},
        {"시장명": "다리시장", "소재지도로명주소": "경상남도 창원시 의창구 4", "점포수": "-3"},
        {"시장명": "라온시장", "소재지도로명주소": "경상남도 창원시 의창구 5", "시장개설주기": "32일"},
        {**CHANGWON[0]},
    )
    refused = demo.smilero("tenant", "import", slug, write(city(*spoilt)), "--area", "창원시")
    assert refused.refused("imports.refused")
    sentence, *lines, _ = refused.err.splitlines()
    assert "4개" in sentence
    assert [line.partition(":")[0] for line in lines] == [
        "4번째 줄(나라시장)",
        "5번째 줄(다리시장)",
        "6번째 줄(라온시장)",
        "7번째 줄(성원그린시장)",
    ]
    for line, reason in zip(lines, ("주소", "-3", "32일", "2번째 줄과 같은 시장"), strict=True):
        assert reason in line
    assert markets(demo, slug) == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "registry.file_empty"),
        ("시장명,점포수\n가,1\n".encode("utf-16"), "registry.file_utf16"),
        ("시장명,점포수\n가,1\n".encode(), "registry.file_column"),
        (b"PK\x03\x04", "registry.file_not_csv"),
    ],
)
def test_what_is_no_such_file_is_told(demo: Demo, place: Path, data: bytes, code: str) -> None:
    file = place / "markets.csv"
    file.write_bytes(data)
    assert demo.smilero("tenant", "import", "seongnam", file).refused(code)


def test_what_cannot_be_imported_is_told(demo: Demo, place: Path, slug: str, write: Write) -> None:
    file = write(city(*CHANGWON))
    assert demo.smilero("tenant", "import", "nowhere", file).refused("tenancy.unknown", "nowhere")
    assert demo.smilero("tenant", "import", slug, place / "lost.csv").refused("cli.unreadable", "lost.csv")
    assert demo.smilero("tenant", "import", slug, place).refused("cli.unreadable", str(place))
    assert demo.smilero("tenant", "import", slug, Path("/dev/zero")).refused("registry.file_too_large")
    assert demo.smilero("tenant", "import", slug, file, "--area", "제주시").refused("imports.none", "제주시")
    assert demo.smilero("tenant", "import", slug, file, "--area", " ").refused("imports.area")
    assert markets(demo, slug) == []


def test_in_english(demo: Demo, slug: str, write: Write) -> None:
    refused = demo.smilero("tenant", "import", slug, write(city(JINJU)), LANG="en_US.UTF-8")
    assert refused.refused("imports.refused", "1 line must be corrected", "Line 2 (중앙시장)")


@pytest.fixture
def disk(place: Path) -> Iterator[Mount]:
    with small_disk(place / "disk") as mount:
        yield mount


def test_a_disk_that_is_full_is_told_and_nothing_is_imported(disk: Mount, write: Write) -> None:
    folder = disk("size=400m")
    home = Home(folder / "data", free_port())
    file = write(city(*({"시장명": f"{number}번시장", "소재지도로명주소": f"경상남도 창원시 의창구 {number}"} for number in range(3_000))))
    with running("up", **home.variables) as command:
        command.until("준비되었습니다")
        assert home.smilero("tenant", "create", "changwon", "--name", "창원상권지원센터").code == 0
        fill(folder / "filler")
        assert home.smilero("tenant", "import", "changwon", file).refused("database.full", "디스크가 가득")
        assert home.get("/", "changwon.localhost")[0] == 200
        (folder / "filler").unlink()
        assert home.smilero("tenant", "import", "changwon", file, "--json").json["added"] == 3_000


def fill(file: Path) -> None:
    """Take all room that is left."""
    with file.open("wb", buffering=0) as filler, suppress(OSError):
        while True:
            filler.write(bytes(2**16))
