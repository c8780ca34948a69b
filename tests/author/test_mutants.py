"""Every protection that the contract is about, taken away once: its check goes red, and is green before and after."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, replace

import pytest

from smilero_core.db.session import Session
from smilero_core.platform import relay
from smilero_core.plugins import calling
from smilero_core.plugins.context import Context
from smilero_core.plugins.gate import PluginGate, TenantPlugins
from smilero_sdk.testing.contract import CHECKS, ContractBroken, Stage
from smilero_web.testhost import removal
from smilero_web.testhost.cluster import Cluster
from smilero_web.testhost.maker import maker
from smilero_web.testhost.town import Town

PLUGIN = "example"
Patch = pytest.MonkeyPatch
Mutant = Callable[[Stage, Patch], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def stage(cluster: Cluster) -> Iterator[Stage]:
    """The example, which has every hook."""
    with maker.host(asdict(cluster), PLUGIN) as host:
        yield Stage(host, PLUGIN)


def patched(target: object, name: str, value: object) -> Mutant:
    @contextmanager
    def mutate(_: Stage, patch: Patch) -> Iterator[None]:
        with patch.context() as inner:
            inner.setattr(target, name, value)
            yield

    return mutate


@contextmanager
def gate_open(stage: Stage, patch: Patch) -> Iterator[None]:
    """Whatever the rows say, every plugin is on, in this process."""
    read = PluginGate.read

    async def all_open(self: PluginGate, session: Session) -> TenantPlugins:
        return replace(await read(self, session), open=frozenset(stage.host.plugins))

    with patch.context() as inner:
        inner.setattr(PluginGate, "read", all_open)
        yield


@contextmanager
def everything_delivered(stage: Stage, patch: Patch) -> Iterator[None]:
    """The relay hands over to plugins that are off, and the gate lets it."""
    with gate_open(stage, patch), patch.context() as inner:
        inner.setattr(relay, "_HAND_OVER", relay._HAND_OVER.replace(" and a.enabled", ""))  # noqa: SLF001 - the rule that is taken away
        yield


def no_row_security(stage: Stage, _: Patch) -> AbstractContextManager[None]:
    """The plugin's tables show every foundation's rows."""
    return showing(stage, [f"{stage.schema}.{table}" for table in stage.tables()])


def any_sign_in(stage: Stage, _: Patch) -> AbstractContextManager[None]:
    """A token or session is looked up wherever it was given."""
    return showing(stage, ["core.api_token", "core.session", "core.person", "core.membership"])


@contextmanager
def showing(stage: Stage, tables: Sequence[str]) -> Iterator[None]:
    for table in tables:
        stage.host.query(f"alter table {table} disable row level security")
    try:
        yield
    finally:
        for table in tables:
            stage.host.query(f"alter table {table} enable row level security")


def raising(_context: Context, _plugin: str, _hook: str, error: BaseException) -> None:
    raise error


async def nothing(*_: object, **__: object) -> None:
    return None


async def no_sections(*_: object, **__: object) -> list[object]:
    return []


@contextmanager
def off_deletes(stage: Stage, patch: Patch) -> Iterator[None]:
    """Switching off takes the data with it."""
    disable = Town.disable

    def disable_and_delete(self: Town, plugin: str) -> None:
        disable(self, plugin)
        stage.host.query(f"delete from {stage.schema}.greeting where tenant_id = $1 returning id", self.id)  # noqa: S608 - the name above

    with patch.context() as inner:
        inner.setattr(Town, "disable", disable_and_delete)
        yield


@contextmanager
def nothing_personal(stage: Stage, _: Patch) -> Iterator[None]:
    """The manifest keeps quiet about people."""
    declared = stage.plugin.data_classes
    object.__setattr__(stage.plugin, "data_classes", ())
    try:
        yield
    finally:
        object.__setattr__(stage.plugin, "data_classes", declared)


def answering(hook: str, instead: object) -> Mutant:
    """A hook of the plugin that does something else."""

    @contextmanager
    def mutate(stage: Stage, patch: Patch) -> Iterator[None]:
        with patch.context() as inner:
            inner.setattr(stage.plugin.implementation, hook, instead, raising=False)
            yield

    return mutate


@contextmanager
def name_stays(stage: Stage, patch: Patch) -> Iterator[None]:
    """The plugin keeps a copy of somebody's name, and erasure does not find it."""
    person = stage.theirs.people["customer"]
    sql = "update plugin_example.greeting set text = p.name from core.person p where p.id = $1 and person_id = $1 returning text"
    assert stage.host.query(sql, person)
    with answering("provide_person_erasure", nothing)(stage, patch):
        yield


ANY_DOOR = patched(TenantPlugins, "require", lambda *_: None)
FAILURES_RISE = patched(calling, "note_failure", raising)

# What cannot be undone comes last.
MUTANTS: dict[str, Mutant] = {
    "doors::routes_are_shut": ANY_DOOR,
    "doors::off_holds_within_five_seconds_on_two_processes": ANY_DOOR,
    "doors::hooks_are_not_called": gate_open,
    "doors::jobs_do_not_run": gate_open,
    "doors::events_are_not_delivered": everything_delivered,
    "doors::menus_and_search_are_silent": gate_open,
    "doors::slots_are_empty": gate_open,
    "isolation::its_role_reaches_nothing_else": patched(Context, "db", property(lambda context: context.host)),
    "isolation::its_rows_belong_to_one_foundation": no_row_security,
    "isolation::the_catalogue_keeps_the_rules": no_row_security,
    "isolation::foreign_objects_are_not_found": no_row_security,
    "isolation::nothing_foreign_is_shown": no_row_security,
    "isolation::another_foundations_sign_in_is_worth_nothing": any_sign_in,
    "failure::a_hook_that_raises_breaks_no_page": FAILURES_RISE,
    "failure::a_hook_that_returns_rubbish_breaks_no_page": FAILURES_RISE,
    "people::personal_data_is_declared": nothing_personal,
    "people::export_gives_what_is_stored": answering("provide_person_export", no_sections),
    "people::erasure_leaves_no_trace": name_stays,
    "doors::data_stays": off_deletes,
    "removal::comes_back_with_everything": patched(removal, "install", nothing),
}
FOR_GOOD = frozenset({"people::erasure_leaves_no_trace", "doors::data_stays", "removal::comes_back_with_everything"})


@pytest.mark.parametrize("name", MUTANTS)
def test_the_check_goes_red_without_its_protection(stage: Stage, monkeypatch: Patch, name: str) -> None:
    check = next(one for one in CHECKS if one.name == name)
    stage.ready()
    if name not in FOR_GOOD:
        check.carry_out(stage)
    with pytest.raises((ContractBroken, Exception)) as found, MUTANTS[name](stage, monkeypatch):
        check.carry_out(stage)
    assert isinstance(found.value, ContractBroken) or name in FOR_GOOD, found.value
    if name not in FOR_GOOD:
        check.carry_out(stage)


def test_every_check_with_a_protection_of_the_host_has_a_mutant() -> None:
    subjects = ("doors", "isolation", "failure", "people", "removal")
    protected = {check.name for check in CHECKS if check.name.partition("::")[0] in subjects}
    # The clock asks the table in the middle of its own statement, and the worker's door stands behind it: tried by hand.
    by_hand = {"doors::schedules_do_not_fire"}
    assert protected == MUTANTS.keys() | by_hand
