"""The foundation's list of what is to be done: what waits for the visitor's word or hand, the urgent first, then the oldest."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from smilero_core.identity.access import PEOPLE_MANAGE, PLUGINS_MANAGE, PLUGINS_READ, REGISTRY_MANAGE
from smilero_core.plugins.approval_rows import Held
from smilero_core.plugins.context import CORE, Context
from smilero_core.plugins.holding_back import approvals_of
from smilero_sdk.answers import Todo
from smilero_sdk.pages import Face
from smilero_tenants.approvals.words import name_of, said, title, view
from smilero_tenants.faces.frames import approval_path, face_path
from smilero_tenants.faces.own_pages import Values
from smilero_tenants.faces.todos import RUNS_OUT, plugin_todos
from smilero_tenants.faces.visit import Visit

# With so little time left nothing else comes first.
_SOON = timedelta(days=1)
_MINE = 10


@dataclass(frozen=True)
class Item:
    """Something to do.

    Attributes:
        since: how long it has been waiting.
        count: how many things it stands for.
    """

    title: str
    detail: str
    url: str
    icon: str
    since: datetime
    urgent: bool = False
    count: int = 1


async def todo_list(visit: Visit) -> Values:
    """What the page shows of it, and with nothing to do what to do first."""
    todos = await plugin_todos(visit.context)
    visit.parts.todos.note(visit.context, todos)
    found = [*await _approvals(visit.context), *await _letters(visit.context), *await _resting(visit.context)]
    found += [*await _invitations(visit.context), *(_of_plugin(visit.context, plugin, todo) for plugin, todo in todos)]
    items = sorted(sorted(found, key=attrgetter("since")), key=attrgetter("urgent"), reverse=True)
    person_id = visit.context.actor.person_id
    mine = await approvals_of(visit.context).of_mine(person_id, _MINE) if person_id else []
    return {
        "todos": [_shown(visit.context, item) for item in items],
        "first": None if items else _first(visit.context),
        "own_held": [view(visit.context, held, Face.CONSOLE) for held in mine],
    }


async def _approvals(context: Context) -> list[Item]:
    if context.actor.person_id is None:
        return []
    waiting = await approvals_of(context).for_me(context.actor.person_id, context.actor.permissions, [CORE, *context.plugins.open])
    return [_of_approval(context, held) for held in waiting]


def _of_approval(context: Context, held: Held) -> Item:
    asked = context.text("todo.approval", name=name_of(context, held.asker_name), what=title(context, held))
    urgent = held.expires_at - context.now < _SOON
    return Item(asked, said(context, held)[0], approval_path(Face.CONSOLE, held.id), "users", held.asked_at, urgent)


async def _letters(context: Context) -> list[Item]:
    row = await context.host.fetch_row("select count(*) as number, min(run_at) as since from core.job where state = 'dead'")
    if row is None or not row["number"]:
        return []
    told = context.text("todo.letters", count=row["number"])
    return [Item(told, context.text("todo.letters.detail"), "#letters", "mail-open", row["since"], count=row["number"])]


async def _resting(context: Context) -> list[Item]:
    if not context.actor.may(PLUGINS_READ) or not context.plugins.resting:
        return []
    rows = await context.host.fetch(
        """
        select a.plugin, coalesce(min(f.failed_at), now()) as since from core.plugin_activation a
        left join core.plugin_failure f on f.plugin = a.plugin and f.failed_at > now() - interval '1 day'
        where a.plugin = any($1) group by a.plugin
        """,
        sorted(context.plugins.resting),
    )
    host = context.services.host
    return [
        Item(
            context.text("todo.resting", plugin=host.title(row["plugin"], context.language)),
            context.text("todo.resting.detail"),
            f"/console/plugins/{row['plugin']}/trouble",
            "triangle-alert",
            row["since"],
            urgent=True,
        )
        for row in rows
    ]


async def _invitations(context: Context) -> list[Item]:
    """By place: all of a shop's, or of the foundation's, are seen on one page."""
    if not context.actor.may(PEOPLE_MANAGE):
        return []
    rows = await context.host.fetch(
        f"""
        select i.shop_id, s.name as shop, count(*) as number, min(i.sent_at) as since from core.invitation i
        left join core.shop s on s.id = i.shop_id where {RUNS_OUT} group by i.shop_id, s.name
        """  # noqa: S608 - a constant of the package
    )
    return [
        Item(
            context.text("todo.invitations", count=row["number"]),
            context.text("todo.invitations.detail", place=row["shop"] or context.tenant.name),
            f"/console/shops/{row['shop_id']}/people" if row["shop_id"] else "/console/colleagues",
            "users",
            row["since"],
            count=row["number"],
        )
        for row in rows
    ]


def _of_plugin(context: Context, plugin: str, todo: Todo) -> Item:
    icon = context.services.host.plugins[plugin].icon
    return Item(todo.title, todo.detail, face_path(Face.CONSOLE, plugin, todo.path), icon, todo.since, todo.urgent, todo.count)


def _shown(context: Context, item: Item) -> Values:
    days = (context.now - item.since).days
    return {
        "title": item.title,
        "detail": item.detail,
        "url": item.url,
        "icon": item.icon,
        "since": context.text("todo.days", count=days) if days > 0 else context.text("todo.today"),
        "urgent": item.urgent,
    }


def _first(context: Context) -> Values:
    """Where somebody with nothing to do begins, as far as he may."""
    actor = context.actor
    if not context.plugins.open and actor.may(PLUGINS_MANAGE):
        word, url = "plugins", "/console/plugins"
    elif actor.may(PEOPLE_MANAGE):
        word, url = "people", "/console/colleagues"
    elif actor.may(REGISTRY_MANAGE):
        word, url = "shops", "/console/shops"
    else:
        word, url = "look", "/console/shops"
    return {"text": context.text(f"todo.first.{word}"), "label": context.text(f"todo.first.{word}.go"), "url": url}
