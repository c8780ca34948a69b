"""A person's data across the core and every installed plugin, on or off: handed over whole, or blanked in one transaction.

개인정보 보호법 제35조 (열람), 제36조 (정정·삭제).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from typing import TypeVar, cast
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from jinja2 import Environment, PackageLoader, StrictUndefined

from smilero_core.files.store import object_keys
from smilero_core.identity.colleagues import Colleagues
from smilero_core.identity.personal import PersonalData
from smilero_core.plugins.calling import call_plugin, is_the_databases
from smilero_core.plugins.context import CORE, Context
from smilero_core.plugins.failures import note_failure
from smilero_sdk.answers import Kept, PersonSection
from smilero_sdk.errors import Problem

Part = TypeVar("Part", PersonSection, Kept)

_EXPORT, _ERASURE = "provide_person_export", "provide_person_erasure"
# What the core itself keeps, with no name and no number in it.
KEPT = (Kept("person.kept.audit", "person.kept.audit_why"),)
# A plugin may have to read a lot about somebody, but not without end.
_SECONDS = 10.0


@dataclass(frozen=True)
class KeptBy:
    """What stays after an erasure, and who keeps it."""

    plugin: str
    kept: Kept


async def export(context: Context, person_id: UUID, more: Sequence[PersonSection] = ()) -> bytes:
    """Everything that is stored about a person: a ZIP with a page to read and a JSON file for each section.

    Args:
        context: the core's own; its transaction need only read.
        more: what the platform stores of the person, which no transaction of the foundation can read.

    Raises `http.not_found`, `person.export_failed` (500) with the plugin that failed: a part would look like the whole.
    """
    sections = [(CORE, section) for section in (*await _own(context).sections(person_id), *more)]
    for plugin in await _installed(context):
        sections += [(plugin, section) for section in await _ask(context, plugin, _EXPORT, PersonSection, person_id)]
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as target:
        target.writestr("index.html", _page(context, sections))
        for number, (plugin, section) in enumerate(sections, 1):
            said = {"from": plugin, "title": context.text(section.title), "rows": section.rows}
            target.writestr(f"{number:02}-{plugin}.json", json.dumps(said, ensure_ascii=False, indent=2))
    return out.getvalue()


async def erase(context: Context, person_id: UUID, reason: str | None = None) -> list[KeptBy]:
    """Blank a person everywhere, in the transaction of the context; the files go after its commit. Again is harmless.

    Args:
        reason: why staff does it, the end of a sentence's key; None: the person does.

    Returns:
        What stays because a law says so.

    Raises `http.not_found`, `person.owns_shop` (409), `colleagues.last_owner` (409), `person.erasure_failed` (500) with the plugin
    that failed; the caller must then let the transaction go, so that nothing is erased anywhere.
    """
    own = _own(context)
    shops = await own.owned_shops(person_id)
    if shops:
        raise Problem("person.owns_shop", HTTPStatus.CONFLICT, shops=", ".join(shops))
    await Colleagues(context.host, context.tenant.id, context.services.vault).require_another_owner(person_id)
    kept = [KeptBy(plugin, one) for plugin in await _installed(context) for one in await _ask(context, plugin, _ERASURE, Kept, person_id)]
    for plugin, file_id in await own.forget_files(person_id):
        for key in object_keys(context.tenant.id, plugin, file_id):
            _delete_later(context, key)
    if await own.erase(person_id):
        await context.audit.record(f"person.audit.erased.{reason}" if reason else "person.audit.erased", person_id)
    return [KeptBy(CORE, one) for one in KEPT] + kept


def _delete_later(context: Context, key: str) -> None:
    """Where no store is at hand, the sweep of files finds an object that no row speaks of."""
    store = context.services.files
    if store is not None:
        context.unit.after_commit(lambda: store.delete(key))


def _own(context: Context) -> PersonalData:
    return PersonalData(context.host, context.tenant.id, context.services.vault)


async def _installed(context: Context) -> list[str]:
    """Every plugin whose tables are there, on or off."""
    rows = await context.host.fetch("select plugin from core.plugin_uninstalled")
    return sorted(context.services.host.plugins.keys() - {row["plugin"] for row in rows})


async def _ask(
    context: Context,
    plugin: str,
    hook: str,
    kind: type[Part],  # noqa: ARG001 - gives the answer its type
    person_id: UUID,
) -> list[Part]:
    try:
        answer = await call_plugin(context, plugin, hook, _SECONDS, person_id=person_id)
        for one in answer or ():
            if isinstance(one, PersonSection):
                _require_json(context, plugin, one)
    except Exception as error:
        if is_the_databases(context.unit, error):
            raise
        name = context.services.host.title(plugin, context.language)
        if hook == _EXPORT:
            raise Problem("person.export_failed", HTTPStatus.INTERNAL_SERVER_ERROR, name=name) from error
        raise Problem("person.erasure_failed", HTTPStatus.INTERNAL_SERVER_ERROR, name=name) from error
    return cast("list[Part]", answer or [])


def _require_json(context: Context, plugin: str, section: PersonSection) -> None:
    """Raises TypeError or ValueError for rows that JSON does not know."""
    try:
        json.dumps(list(section.rows))
    except (TypeError, ValueError) as error:
        note_failure(context, plugin, _EXPORT, error)
        raise


def _page(context: Context, sections: list[tuple[str, PersonSection]]) -> str:
    shown = [
        {
            "title": context.text(section.title),
            "columns": [_label(context, plugin, name) for name in (section.rows[0] if section.rows else ())],
            "rows": [[_value(context, plugin, name, value) for name, value in row.items()] for row in section.rows],
        }
        for plugin, section in sections
    ]
    template = _templates.get_template("person.html")
    return template.render(t=context.text, language=context.language, tenant=context.tenant.name, now=context.now, sections=shown)


def _label(context: Context, plugin: str, name: str) -> str:
    """The sentence `<plugin>.person.<name>`, of the core `person.field.<name>`; the name itself where nobody wrote one."""
    key = f"person.field.{name}" if plugin == CORE else f"{plugin}.person.{name}"
    said = context.text(key)
    return name if said == key else said


def _value(context: Context, plugin: str, name: str, value: object) -> str:
    """As it is, but for the core's own words, which have a sentence each."""
    if value is None:
        return ""
    if plugin == CORE and name in _WORDS:
        return context.text(f"{_WORDS[name]}.{value}")
    return str(value)


_WORDS: Mapping[str, str] = {
    "role": "person.role",
    "state": "messaging.state",
    "kind": "person.factor",
    "approval": "approval",
    "approval_state": "approvals.state",
}
_templates = Environment(loader=PackageLoader(__package__ or ""), autoescape=True, undefined=StrictUndefined)
