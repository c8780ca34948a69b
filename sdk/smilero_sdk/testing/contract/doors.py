"""The seven doors of a plugin that is off for a foundation, each beside the same thing while it is on."""

import time
from datetime import date, timedelta
from http import HTTPStatus

from smilero_sdk.answers import Period, Search
from smilero_sdk.context import TenantContext
from smilero_sdk.pages import Face
from smilero_sdk.testing.client import Answer
from smilero_sdk.testing.contract.stage import ContractBroken, Stage, check, sample
from smilero_sdk.testing.host import Address, Door, Foundation

WITHIN_SECONDS = 5.0
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_GONE = HTTPStatus.NOT_FOUND
# As a page of this host asks: a command from elsewhere is refused before any door.
_OURS = {"Sec-Fetch-Site": "same-origin"}
# Called on or off: a person's rights do not end with a switch, and the switch itself is told.
_ALWAYS = frozenset({"provide_person_export", "provide_person_erasure", "on_enabled", "on_disabled", "provide_demo", "on_settings_changed"})


@check("doors", suite="F1", tries=("register_api", "register_pages", "register_webhooks"))
def routes_are_shut(stage: Stage) -> None:
    """Every address answers 404 for everybody, by every method, and does not while the plugin is on."""
    addresses = stage.host.addresses(stage.name)
    stage.look("addresses", [address.name for address in addresses])
    ids = stage.ids(stage.mine)
    faults = [f"{address.name}: {status} while on" for address in addresses if (status := _while_on(stage, address, ids)) == _GONE]
    never = stage.mine.client().get("/api/v1/nothing-was-ever-here").text
    with stage.off():
        for address in addresses:
            path = stage.path(address, ids) or _somewhere(address)
            for who in (None, "owner", "merchant", "customer"):
                for method in _METHODS:
                    answer = stage.mine.client(who).ask(method, path, headers=_OURS)
                    if answer.status != _GONE or (address.door is Door.API and method != "HEAD" and answer.text != never):
                        faults.append(f"{method} {path} as {who}: {answer.status} while off")
        others = [address for address in addresses if _while_on(stage, address, stage.ids(stage.theirs), stage.theirs) == _GONE]
        faults += [f"{address.name}: shut for another foundation too" for address in others]
    faults += [f"{address.name}: shut after on again" for address in addresses if _while_on(stage, address, ids) == _GONE]
    stage.expect_none(faults)


@check("doors", suite="F1")
def off_holds_within_five_seconds_on_two_processes(stage: Stage) -> None:
    """Switched off, both processes shut within five seconds; on again opens both."""
    ids = stage.ids(stage.mine)
    addresses = [address for address in stage.host.addresses(stage.name) if _while_on(stage, address, ids) != _GONE][:1]
    stage.look("addresses on two processes", [address.name for address in addresses])
    path = stage.path(addresses[0], ids) or _somewhere(addresses[0])
    for process in range(2):
        _become(stage.mine, addresses[0], path, process, shut=False)
    with stage.off():
        for process in range(2):
            _become(stage.mine, addresses[0], path, process, shut=True)
    for process in range(2):
        _become(stage.mine, addresses[0], path, process, shut=False)


@check("doors", suite="F1")
def hooks_are_not_called(stage: Stage) -> None:
    """No hook is called for a foundation that has the plugin off, while its pages are opened; some are while it is on."""
    hooks = sorted(hook for hook in stage.host.hooks(stage.name) - _ALWAYS if not hook.startswith("register_"))
    stage.look("hooks", hooks)
    with stage.host.watching(stage.name) as calls:
        _visit(stage.mine)
        _ask_all(stage, hooks)
    missing = [hook for hook in hooks if f"hook:{hook}" not in calls]
    with stage.off(), stage.host.watching(stage.name) as calls_off:
        _visit(stage.mine)
        _ask_all(stage, hooks)
    called = sorted({call for call in calls_off if call.startswith("hook:") and call.removeprefix("hook:") not in _ALWAYS})
    stage.expect_none([*(f"{hook} is not called while on" for hook in missing), *(f"{call} is called while off" for call in called)])


@check("doors", suite="F1", tries=("register_jobs",))
def jobs_do_not_run(stage: Stage) -> None:
    """A job that was queued waits while the plugin is off, and runs when it is on again."""
    jobs = stage.host.declared(stage.name).jobs
    stage.look("jobs", jobs)
    with stage.host.watching(stage.name, instead=_nothing) as calls:
        with stage.off():
            for job in jobs:
                stage.mine.queue(stage.name, job)
            stage.host.settle()
            early = [call for call in calls if call.startswith("job:")]
            waiting = stage.host.query(
                "select distinct name from core.job where tenant_id = $1 and plugin = $2 and kind = 'job'", stage.mine.id, stage.name
            )
        stage.host.settle()
    lost = set(jobs) - {str(row["name"]) for row in waiting}
    stage.expect_none(
        [
            *(f"{call} ran while off" for call in early),
            *(f"the job {name} did not wait" for name in sorted(lost)),
            *(f"the job {job} did not run after on" for job in jobs if f"job:{job}" not in calls),
        ]
    )


@check("doors", suite="F1", tries=("register_schedules",))
def schedules_do_not_fire(stage: Stage) -> None:
    """No schedule runs for a foundation that has the plugin off; every one does for one that has it on."""
    schedules = stage.host.declared(stage.name).schedules
    stage.look("schedules", schedules)
    for tenant in stage.host.tenants:
        tenant.disable(stage.name)
    try:
        with stage.host.watching(stage.name, instead=_nothing) as early:
            stage.host.ring_schedules()
            stage.host.settle()
    finally:
        stage.ready()
    with stage.host.watching(stage.name, instead=_nothing) as calls:
        stage.host.ring_schedules()
        stage.host.settle()
    stage.expect_none(
        [
            *(f"{call} ran while off" for call in early if call.startswith("schedule:")),
            *(f"{name} did not run while on" for name in schedules if f"schedule:{name}" not in calls),
        ]
    )


@check("doors", suite="F1", tries=("register_subscriptions",))
def events_are_not_delivered(stage: Stage) -> None:
    """No event reaches a subscription while the plugin is off; every subscription gets its event while it is on."""
    subscriptions = stage.host.declared(stage.name).subscriptions
    stage.look("subscriptions", subscriptions)
    with stage.host.watching(stage.name, instead=_nothing) as early, stage.off():
        for event, version in subscriptions:
            stage.mine.happen(event, version)
        stage.host.settle()
    with stage.host.watching(stage.name, instead=_nothing) as calls:
        for event, version in subscriptions:
            stage.mine.happen(event, version)
        stage.host.settle()
    heard = [call for call in calls if call.startswith("event:")]
    stage.expect_none(
        [
            *(f"{call} was delivered while off" for call in early if call.startswith("event:")),
            *([] if len(heard) == len(subscriptions) else [f"{len(subscriptions)} subscriptions, and {len(heard)} deliveries while on"]),
        ]
    )


@check("doors", suite="F1")
def slots_are_empty(stage: Stage) -> None:
    """The host's pages carry nothing of the plugin while it is off: no address of it, no template of it."""
    pages = _visit(stage.mine)
    stage.look("pages of the host", pages)
    with stage.off():
        faults = [f"{path} leads to {link}" for path, answer in _visit(stage.mine).items() for link in _links(stage, answer)]
    stage.expect_none(faults)


@check("doors", suite="F1", tries=("register_menu",))
def menus_and_search_are_silent(stage: Stage) -> None:
    """Menus lead to the plugin while it is on, and neither menu nor search nor the API's document names it while it is off."""
    entries = stage.host.declared(stage.name).menu
    operations = [address for address in stage.host.addresses(stage.name) if address.door is Door.API]
    stage.look("menu entries and operations", [*entries, *(address.name for address in operations)])
    on = _named(stage)
    with stage.off():
        off = _named(stage)
    faults = [f"{place} still names it" for place in sorted(off)]
    if entries and not on & {"/console", "/portal"}:
        faults.append("no menu names it while on")
    if operations and "document" not in on:
        faults.append("the API's document does not name it while on")
    stage.expect_none(faults)


@check("doors", suite="F1")
def data_stays(stage: Stage) -> None:
    """Off and on again, every row is as it was."""
    before = stage.text_of_rows(stage.mine)
    stage.look("rows", [f"{table} {index}" for index, (table, _) in enumerate(before)])
    with stage.off():
        during = stage.text_of_rows(stage.mine)
    after = stage.text_of_rows(stage.mine)
    if not sorted(before) == sorted(during) == sorted(after):
        message = f"{len(before)} rows before, {len(during)} while off, {len(after)} after"
        raise ContractBroken(message)


async def _today(ctx: TenantContext) -> date:
    return ctx.today


async def _nothing(*_: object, **__: object) -> None:
    """Stands in for a handler: the door in front of it is under test, not what is behind."""


def _somewhere(address: Address) -> str:
    return address.path.format_map({name: sample(kind) for name, kind in address.parameters.items()}) + address.query


def _while_on(stage: Stage, address: Address, ids: dict[str, object], tenant: Foundation | None = None) -> int:
    """What an open address answers: nobody is asked to sign in, and without need of that the object is shown."""
    path = stage.path(address, ids)
    if path is not None:
        return (tenant or stage.mine).client().ask(address.method, path, headers=_OURS).status
    return (tenant or stage.mine).client().ask(address.method, _somewhere(address), headers=_OURS).status


def _become(tenant: Foundation, address: Address, path: str, process: int, *, shut: bool) -> None:
    until = time.monotonic() + WITHIN_SECONDS
    while (tenant.client(process=process).ask(address.method, path).status == _GONE) is not shut:
        if time.monotonic() > until:
            message = f"{path} is {'open' if shut else 'shut'} on process {process} after {WITHIN_SECONDS} s"
            raise ContractBroken(message)
        time.sleep(0.05)


def _visit(tenant: Foundation) -> dict[str, Answer]:
    """The host's own pages on which plugins have a place."""
    visits = [(None, "/"), ("merchant", "/portal"), ("owner", "/console/shops"), ("clerk", "/portal")]
    return {f"{path} as {who or 'nobody'}": tenant.client(who).get(path) for who, path in visits}


def _ask_all(stage: Stage, hooks: list[str]) -> None:
    """Ask every hook that answers, as the host's pages do."""
    today = stage.mine.work(stage.name, "owner", _today)
    shop = stage.mine.work(stage.name, "owner", lambda ctx: ctx.registry.shop(stage.mine.shop_id))
    arguments: dict[str, dict[str, object]] = {
        "provide_home": {},
        "provide_undo": {},
        "provide_front_page": {"search": ""},
        "provide_shop_fragments": {"shop": shop},
        "provide_prints": {"shop": shop},
        "provide_todos": {},
        "provide_search": {"search": Search(Face.PUBLIC, stage.mine.marker)},
        "provide_measures": {"period": Period(today - timedelta(days=7), today)},
    }
    if set(hooks) - arguments.keys():
        message = f"the contract does not know how to ask {', '.join(sorted(set(hooks) - arguments.keys()))}"
        raise ContractBroken(message)
    for hook in hooks:
        stage.mine.ask(hook, object, **arguments[hook])


def _links(stage: Stage, answer: Answer) -> list[str]:
    prefixes = (f'"/{stage.name}', f'"/console/{stage.name}', f'"/portal/{stage.name}', f"/api/v1/{stage.name}")
    return [prefix for prefix in prefixes if f"{prefix}/" in answer.text or f'{prefix}"' in answer.text]


def _named(stage: Stage) -> set[str]:
    """The places that name the plugin: menus of both faces, and the document of the API."""
    console = stage.mine.client("owner").get("/console/shops").text
    portal = stage.mine.client("merchant").get("/portal").text
    document = stage.mine.client("owner").get("/api/v1/openapi.json").text
    found = {"/console": f'"/console/{stage.name}/' in console, "/portal": f'"/portal/{stage.name}/' in portal}
    return {place for place, named in {**found, "document": f"/api/v1/{stage.name}/" in document}.items() if named}
