"""The pytest plugin of the kit. It does something only where the tests of a plugin run, and is silent everywhere else."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from smilero_sdk.context import TenantContext
from smilero_sdk.testing.client import Client
from smilero_sdk.testing.contract import CHECKS, Check, ContractBroken, Grade, NothingToLookAt, Stage
from smilero_sdk.testing.host import Foundation, Host, HostMaker
from smilero_sdk.testing.network import LOOPBACK
from smilero_sdk.testing.subject import HOST_GROUP, has_host, is_installed, plugin_of, plugins_of

_NO_HOST = (
    "the application is not installed here, so the contract suite of {plugin} cannot run; its unit tests can. "
    "Install the distribution smilero with its extra embedded."
)
_NOT_INSTALLED = "{plugin} is not installed in this environment: pip install -e ."


class Kit:
    """The hosts of one test run: at most one is open at a time, and it is closed when the next test needs none."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._servers = ExitStack()
        self._services: Mapping[str, str] | None = None
        self._open = ExitStack()
        self._stage: Stage | None = None

    def services(self) -> Mapping[str, str]:
        """The servers of this run, started when they are first asked for; a worker uses its controller's."""
        told = getattr(self._config, "workerinput", {}).get("smilero_services")
        if told:
            return dict(told)
        if self._services is None:
            self._services = self._servers.enter_context(_maker().services())
        return self._services

    def stage(self, plugin: str) -> Stage:
        """A host for a plugin, the open one if it is that plugin's."""
        if self._stage is None or self._stage.name != plugin:
            self.close_host()
            host = self._open.enter_context(_maker().host(self.services(), plugin))
            self._stage = Stage(host, plugin)
            self._stage.ready()
        return self._stage

    def close_host(self) -> None:
        """End the open host, if one is."""
        self._stage = None
        self._open.close()

    def close(self) -> None:
        """End the host, then the servers."""
        self.close_host()
        self._servers.close()


_KIT = pytest.StashKey[Kit]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Run the contract for a plugin by its name."""
    group = parser.getgroup("smilero")
    group.addoption(
        "--plugin", action="append", default=[], help="run the contract suite of this installed plugin, wherever pytest is started"
    )
    group.addoption("--no-contract", action="store_true", help="leave the contract suite out")


def pytest_configure(config: pytest.Config) -> None:
    """In the tests of a plugin nothing calls out, and warnings are errors."""
    config.stash[_KIT] = Kit(config)
    config.addinivalue_line("markers", "suite(id): part of the design's check with this id")
    if plugin_of(config.rootpath) is not None:
        # In front, so that an author's own lines can make exceptions.
        config.getini("filterwarnings").insert(0, "error")
        LOOPBACK.close()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what this run started."""
    LOOPBACK.closed = False
    if _KIT in config.stash:
        config.stash[_KIT].close()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401 - of pytest-xdist, which may be missing
    """All workers of a run use the servers of their controller."""
    if has_host() and _subjects(node.config):
        node.workerinput["smilero_services"] = dict(node.config.stash[_KIT].services())


def _maker() -> HostMaker:
    found = entry_points(group=HOST_GROUP)
    maker: HostMaker = next(iter(found)).load()
    return maker


def _subjects(config: pytest.Config) -> list[str]:
    """The plugins whose contract this run is asked for."""
    if config.getoption("--no-contract"):
        return []
    return list(config.getoption("--plugin")) or plugins_of(config.args, config.invocation_params.dir)


class ContractItem(pytest.Item):
    """One check for one plugin, as `contract::coupons::doors::routes_are_shut`."""

    def __init__(self, *, plugin: str, check: Check, **arguments: Any) -> None:  # noqa: ANN401 - pytest's own
        super().__init__(**arguments)
        self.plugin = plugin
        self.check = check
        self.extra_keyword_matches |= {"contract", plugin}
        if check.suite:
            self.add_marker(pytest.mark.suite(check.suite))

    def runtest(self) -> None:
        """Skipped with a line where nothing can be looked at."""
        if not has_host():
            pytest.skip(_NO_HOST.format(plugin=self.plugin))
        if not is_installed(self.plugin):
            pytest.fail(_NOT_INSTALLED.format(plugin=self.plugin), pytrace=False)
        stage = self.config.stash[_KIT].stage(self.plugin)
        try:
            self.check.carry_out(stage)
        except NothingToLookAt as error:
            pytest.skip(str(error))
        finally:
            self.user_properties += [("looked at", (what, subjects)) for what, subjects in stage.looked.items()]

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ANN401 - pytest's own
        """What holds, and where it does not; the traceback of anything else."""
        if isinstance(excinfo.value, ContractBroken):
            return f"{self.check.what}\nIt does not hold:\n{excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where it is told to be."""
        return self.path, None, self.nodeid


class ContractSuite(pytest.Collector):
    """The checks of one plugin."""

    def collect(self) -> Iterator[ContractItem]:
        """All that a plugin must pass."""
        for check in (one for one in CHECKS if one.grade < Grade.GOLD):
            nodeid = f"{self.nodeid}::{check.name}"
            yield ContractItem.from_parent(self, name=check.name, nodeid=nodeid, plugin=self.name, check=check)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add the contract suite, unasked, behind the plugin's own tests."""
    for plugin in _subjects(config):
        suite = ContractSuite.from_parent(session, name=plugin, nodeid=f"contract::{plugin}")
        items.extend(suite.collect())


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """A host in this process keeps models and a port: it goes before tests that do not know of it."""
    if not (nextitem is None or isinstance(nextitem, ContractItem) or "host" in getattr(nextitem, "fixturenames", ())):
        item.config.stash[_KIT].close_host()


def pytest_terminal_summary(terminalreporter: Any) -> None:  # noqa: ANN401 - pytest's own, private
    """Tell what every check looked at, from all workers: a property `looked at` of a test holds (what, subjects)."""
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.getreports(outcome)]
    looked = [(report.nodeid, *value) for report in reports for key, value in report.user_properties if key == "looked at"]
    if looked:
        terminalreporter.section("looked at")
    for nodeid, what, subjects in sorted(looked):
        terminalreporter.write_line(f"{len(subjects):7,} {what}: {nodeid}")
        if terminalreporter.verbosity > 0:
            terminalreporter.write_line(f"        {', '.join(subjects)}")


@pytest.fixture
def host(request: pytest.FixtureRequest) -> Host:
    """The application with this plugin on in two foundations. Skips the test where no application is installed."""
    plugin = plugin_of(request.path.parent)
    if plugin is None:
        pytest.fail("no pyproject.toml above this test names a plugin", pytrace=False)
    if not has_host():
        pytest.skip(_NO_HOST.format(plugin=plugin))
    return request.config.stash[_KIT].stage(plugin).host


@pytest.fixture
def tenants(host: Host) -> tuple[Foundation, Foundation]:
    """Both foundations."""
    return host.tenants


@pytest.fixture
def tenant(host: Host) -> Foundation:
    """The first foundation, 부산."""
    return host.tenants[0]


@pytest.fixture
def other_tenant(host: Host) -> Foundation:
    """The second, 성남."""
    return host.tenants[1]


@pytest.fixture
def client_of(tenant: Foundation) -> Callable[[str | None], Client]:
    """Somebody of the cast at the first foundation: `client_of("merchant").get("/portal/stamps")`."""
    return tenant.client


@pytest.fixture
def work(request: pytest.FixtureRequest, tenant: Foundation) -> Callable[..., Any]:
    """Call a function of the plugin in one transaction: `work("merchant", lambda ctx: StampService(ctx).make(...))`."""
    plugin = plugin_of(request.path.parent) or ""

    def carry_out(who: str | None, function: Callable[[TenantContext], Any]) -> Any:  # noqa: ANN401 - whatever the function returns
        return tenant.work(plugin, who, function)

    return carry_out
