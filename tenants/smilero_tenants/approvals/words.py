"""A command that waits for a second person, in words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton

from smilero_core.plugins.approval_rows import Held, State
from smilero_core.plugins.context import CORE, Context
from smilero_sdk.ids import uuid7
from smilero_sdk.pages import Face
from smilero_tenants.faces.frames import approval_path
from smilero_tenants.faces.own_pages import Values

_TONES = {State.DONE: "on", State.WAITING: "wait"}


def name_of(context: Context, name: str | None) -> str:
    """A person's; of one who was erased, that."""
    return name or context.text("console.audit.erased")


def plugin_title(context: Context, name: str) -> str:
    """What people call a plugin, or the host."""
    return context.text("console.work.core") if name == CORE else context.services.host.title(name, context.language)


def title(context: Context, held: Held) -> str:
    """What is done, in general."""
    return context.text(f"approval.{held.name}")


def said(context: Context, held: Held) -> tuple[str, list[tuple[str, str]]]:
    """What it will do: a sentence, and the figures with their labels. The general words alone where a person took them along."""
    if held.told is None:
        return title(context, held), []
    values = dict(held.told.values)
    if held.plugin == CORE:
        # The host names plugins and commands by their words.
        if "plugin" in values:
            values["plugin"] = plugin_title(context, str(values["plugin"]))
        if "approval" in values:
            values["approval"] = context.text(f"approval.{values['approval']}")
    return context.text(held.told.sentence, **values), [(context.text(label), value) for label, value in held.told.facts]


def state_of(context: Context, held: Held) -> str:
    """How it is with it, for both."""
    values: dict[str, object] = {"name": name_of(context, held.decider_name), "until": day(context, held.expires_at)}
    if held.state is State.FAILED and held.outcome:
        values["why"] = context.text(held.outcome["code"], **held.outcome["params"])
    return context.text(f"approvals.told.{held.state.value}", **values)


def view(context: Context, held: Held, face: Face) -> Values:
    """All of it, for a page."""
    sentence, facts = said(context, held)
    return {
        "title": title(context, held),
        "plugin": plugin_title(context, held.plugin),
        "sentence": sentence,
        "facts": [{"label": label, "value": value} for label, value in facts],
        "asker": name_of(context, held.asker_name),
        "asked": moment(context, held.asked_at),
        "until": day(context, held.expires_at),
        "why": held.why,
        "seen": held.why_mark,
        "reason": held.reason,
        "state": held.state.value,
        "state_text": context.text(f"approvals.state.{held.state.value}"),
        "state_tone": _TONES.get(held.state, "off"),
        "told": state_of(context, held),
        "url": approval_path(face, held.id),
        "key": str(uuid7()),
    }


def day(context: Context, at: datetime) -> str:
    """A calendar day where the markets are."""
    return str(format_skeleton("MMMMEd", at.astimezone(ZoneInfo(context.tenant.timezone)), locale=context.language))


def moment(context: Context, at: datetime) -> str:
    """With the hour."""
    return f"{at.astimezone(ZoneInfo(context.tenant.timezone)):%Y-%m-%d %H:%M}"
