import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from smilero_core.embedded import free_port
from tests.support.commands import Done, Home, own_folder, running


@dataclass(frozen=True)
class Demo(Home):
    """A running demo with a past.

    Attributes:
        killed: what the first start said, until it was killed while it filled the second foundation.
        ended: what the second start said, until it was told to end.
        lines: what this start says.
        token: made during the second start, an owner's of seongnam.
        on: where coupons were on after this start. During the second, bucheon switched it off, and busan's row went, as if coupons
            had been installed since.
    """

    killed: Done
    ended: Done
    lines: list[str]
    token: str
    on: list[str]


@pytest.fixture
def place() -> Iterator[Path]:
    with own_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    with own_folder() as folder:
        home = Home(folder / "data", free_port())
        demo = {**home.variables, "SMILERO_ENV": "demo"}
        with running("up", **demo) as first:
            first.until("부산")
            killed = first.end(signal.SIGKILL)
        with running("up", **demo) as second:
            second.until("http://localhost:")
            token = home.smilero("token", "create", "--tenant", "seongnam", "--role", "owner").out.strip()
            home.smilero("plugin", "disable", "coupons", "--tenant", "bucheon")
            home.query("delete from core.plugin_activation where tenant_id = (select id from core.tenant where slug = 'busan')")
            ended = second.end(signal.SIGTERM)
        with running("up", **demo) as third:
            third.until("127.0.0.1:")
            on = next(plugin["enabled"] for plugin in home.smilero("plugin", "list", "--json").json if plugin["name"] == "coupons")
            home.smilero("plugin", "enable", "coupons", "--tenant", "bucheon")
            yield Demo(home.folder, home.port, killed, ended, third.lines, token, on)


@pytest.fixture
def slug(demo: Demo) -> str:
    """A new foundation of the demo."""
    made = f"t{uuid4().hex[:12]}"
    assert demo.smilero("tenant", "create", made, "--name", "창원시상권활성화재단").code == 0
    return made


@pytest.fixture
def place_home(place: Path) -> Home:
    """A data folder in which nothing runs yet."""
    return Home(place / "data", free_port())
