import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from smilero_core.embedded import Embedded, EmbeddedServices
from tests.embedded.tools import query


@contextmanager
def own_folder() -> Iterator[Path]:
    # Not below pytest's folder: every new run of root makes that private again, under the servers' feet.
    folder = Path(tempfile.mkdtemp(prefix="smilero-test-")).resolve()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def place() -> Iterator[Path]:
    with own_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def session_place() -> Iterator[Path]:
    with own_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def template(session_place: Path) -> Path:
    folder = session_place / "template"
    with Embedded(folder, durable=False) as services:
        query(services.database_url, "create table kept (word text)")
        query(services.database_url, "insert into kept values ('모란')")
    return folder


@pytest.fixture
def made(template: Path, place: Path) -> Path:
    """A data folder of an earlier run, with one row."""
    return Path(shutil.copytree(template, place / "data"))


@pytest.fixture(scope="session")
def running(template: Path) -> Iterator[EmbeddedServices]:
    """One pair of servers for the tests that only look."""
    folder = template.with_name("running")
    shutil.copytree(template, folder)
    with Embedded(folder, durable=False) as services:
        yield services
