"""What a plugin stores about people, they can have and have erased (개인정보 보호법 제35조, 제36조)."""

from typing import Any

from smilero_sdk.context import TenantContext
from smilero_sdk.manifest import DataClass
from smilero_sdk.testing.contract.stage import Grade, NothingToLookAt, Stage, check
from smilero_sdk.testing.host import Foundation

_HOOKS = ("provide_person_export", "provide_person_erasure")


@check("people", grade=Grade.SILVER)
def personal_data_is_declared(stage: Stage) -> None:
    """A plugin whose rows name people says so in its manifest, and has both hooks."""
    people = {str(person): who for who, person in stage.mine.people.items()}
    rows = stage.text_of_rows(stage.mine)
    stage.look("rows", [f"{table} {index}" for index, (table, _) in enumerate(rows)])
    if DataClass.PERSONAL in stage.plugin.data_classes:
        stage.expect_none(f"it has no {hook}" for hook in _HOOKS if hook not in stage.host.hooks(stage.name))
        return
    found = {f"{table} names {who}" for table, row in rows for person, who in people.items() if person in row}
    found |= {f"{table} holds a person's name" for table, row in rows if stage.mine.marker in row}
    stage.expect_none(sorted(f"{where}, and the manifest declares no personal data" for where in found))


@check("people", grade=Grade.SILVER)
def export_gives_what_is_stored(stage: Stage) -> None:
    """Whoever is in the plugin's rows gets something, rows that JSON knows, under a title that has a Korean sentence."""
    named = _named(stage, stage.mine)
    stage.look("people in its rows", sorted(named))
    faults = []
    for who in named:
        sections = _export(stage, stage.mine, who)
        if not sections:
            faults.append(f"{who} is in its rows, and the export has nothing")
        faults += [f"{title} has no Korean sentence" for title, _ in sections if not stage.host.sentence(title)]
        faults += [f"{value!r} in {title} is nothing that JSON knows" for title, rows in sections for value in _strange(rows)]
    stage.expect_none(faults)


@check("people", grade=Grade.SILVER)
def erasure_leaves_no_trace(stage: Stage) -> None:
    """After a person's erasure no row holds the name, another's export is as before, and a second time is harmless."""
    named = _named(stage, stage.theirs)
    stage.look("people to erase", sorted(named))
    who = min(named)
    others = {other: _export(stage, stage.theirs, other) for other in sorted(named)[1:]}
    for _ in range(2):
        stage.theirs.work(stage.name, "owner", lambda ctx: _erase(stage, ctx, stage.theirs.people[who]))
    name = _name(stage, stage.theirs, who)
    faults = [f"{table} still holds the name" for table, row in stage.text_of_rows(stage.theirs) if name in row]
    faults += [f"the export of {other} changed" for other, before in others.items() if _export(stage, stage.theirs, other) != before]
    stage.expect_none(faults)


def _require_hooks(stage: Stage) -> None:
    if not set(_HOOKS) <= stage.host.hooks(stage.name):
        message = f"{stage.name} has no {' and no '.join(_HOOKS)}"
        raise NothingToLookAt(message)


def _named(stage: Stage, tenant: Foundation) -> set[str]:
    """The people of the cast who are in the plugin's rows."""
    _require_hooks(stage)
    rows = stage.text_of_rows(tenant)
    return {who for who, person in tenant.people.items() if any(str(person) in row for _, row in rows) and _is_customer(who)}


def _is_customer(who: str) -> bool:
    """Merchants and staff are in rows as who did something; what they did stays on record."""
    return who.endswith("customer")


def _name(stage: Stage, tenant: Foundation, who: str) -> str:
    return str(stage.host.query("select name from core.person where id = $1", tenant.people[who])[0]["name"])


def _export(stage: Stage, tenant: Foundation, who: str) -> list[tuple[str, list[dict[str, object]]]]:
    hook = _implementation(stage, "provide_person_export")
    sections = tenant.work(stage.name, "owner", lambda ctx: hook(ctx=ctx, person_id=tenant.people[who]))
    return [(section.title, [dict(row) for row in section.rows]) for section in sections]


async def _erase(stage: Stage, ctx: TenantContext, person: object) -> None:
    await _implementation(stage, "provide_person_erasure")(ctx=ctx, person_id=person)


def _implementation(stage: Stage, hook: str) -> Any:  # noqa: ANN401 - the method of a stranger
    return getattr(stage.plugin.implementation, hook)


def _strange(rows: list[dict[str, object]]) -> list[object]:
    return [value for row in rows for value in row.values() if not isinstance(value, str | int | float | bool | None)]
