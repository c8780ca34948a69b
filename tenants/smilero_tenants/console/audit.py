"""`/console/audit`: who did what and when, as sentences, and the same as a file."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

import anyio.to_thread
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from smilero_core.audit.reading import AuditReader, Entry, Wanted
from smilero_core.identity.access import AUDIT_READ
from smilero_core.plugins.context import CORE
from smilero_sdk.errors import Problem
from smilero_sdk.pages import Face, Form
from smilero_tenants.console.audit_words import Words
from smilero_tenants.faces.own_pages import OwnPages, Shown, Values
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.posting import texts_of
from smilero_tenants.faces.visit import SignInNeeded, Visit, to_sign_in, visiting
from smilero_tenants.tables.files import CsvSheet

PATH = "/console/audit"
PAGE_SIZE = 50
# What a spreadsheet opens at ease; a year of a large foundation is had month by month.
MOST_IN_FILE = 50_000
# Entries that are read in one transaction.
_AT_ONCE = 500


class AuditSearch(Form):
    """Which entries; days are whole ones where the markets are."""

    who: Annotated[str, Field(max_length=60)] = ""
    what: Annotated[str, Field(max_length=60)] = ""
    person: UUID | None = None
    plugin: Annotated[str, Field(max_length=60)] = ""
    since: date | None = None
    until: date | None = None
    subject: UUID | None = None

    def wanted(self, timezone: str, words: Words) -> Wanted:
        """For the log."""
        said = self.what.lower()
        since = None if self.since is None else _dawn(self.since, timezone)
        until = None if self.until is None or self.until == date.max else _dawn(self.until + timedelta(days=1), timezone)
        what = [said, *words.sentences(said)] if said else []
        return Wanted(self.who, self.person, self.plugin, since, until, self.subject, what=what)

    @property
    def given(self) -> dict[str, str]:
        """What is asked for, as a form would send it."""
        return {name: str(value) for name, value in self if name in AuditSearch.model_fields and value}


class AuditPage(AuditSearch):
    """And which page of them: what is older than an entry, or newer."""

    before: UUID | None = None
    after: UUID | None = None


class AuditPages:
    """Handlers of one application.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts]) -> None:
        self._parts = parts
        self._pages = OwnPages(parts, Face.CONSOLE)

    def routes(self) -> list[Route]:
        """The page, and the file, which is asked for by a form: it is itself put on record."""
        return [Route(PATH, self.show), Route(f"{PATH}/export", self.export, methods=["POST"])]

    async def show(self, request: Request) -> Response:
        """A page of the log."""
        return await self._pages.show(request, _page)

    async def export(self, request: Request) -> Response:
        """What was searched for as a file, sent as it grows. Raises `console.audit.too_many` (422)."""
        search = AuditSearch.model_validate_strings(_filled(await texts_of(request)))
        try:
            async with visiting(self._parts(), request, Face.CONSOLE, read_only=False) as visit:
                visit.require(AUDIT_READ)
                wanted = await _taken(visit, search)
        except SignInNeeded:
            return to_sign_in(request, Face.CONSOLE)
        name = f"audit-{visit.tenant.slug}-{visit.context.today:%Y%m%d}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return StreamingResponse(self._pieces(request, wanted, Words(visit.context)), media_type="text/csv", headers=headers)

    async def _pieces(self, request: Request, wanted: Wanted, words: Words) -> AsyncIterator[bytes]:
        """The file, a short transaction for each piece, and none while it is made or sent."""
        sheet, last = CsvSheet(words.heads(), quoted=True), None
        yield sheet.head()
        while True:
            async with visiting(self._parts(), request, Face.CONSOLE) as visit:
                visit.require(AUDIT_READ)
                entries = await AuditReader(visit.context.host).page(wanted, _AT_ONCE, before=last)
            if not entries:
                return
            last = entries[-1].id
            yield await anyio.to_thread.run_sync(sheet.add, words.rows(entries))


async def _taken(visit: Visit, search: AuditSearch) -> Wanted:
    """What is to be in the file, put on record before a byte of it leaves: what there is by now, and not that record."""
    now, wanted = visit.context.now, search.wanted(visit.tenant.timezone, Words(visit.context))
    wanted = replace(wanted, until=min(now, wanted.until or now))
    count = await AuditReader(visit.context.host).count(wanted, MOST_IN_FILE)
    if count > MOST_IN_FILE:
        raise Problem("console.audit.too_many", HTTPStatus.UNPROCESSABLE_ENTITY, limit=MOST_IN_FILE)
    # Which filters, and not what was looked for: the log keeps for good, and a name may stand in it.
    language, text = visit.tenant.locale, visit.context.catalogue.text
    filters = ", ".join(text(language, f"core.audit.field.{name}") for name in search.given)
    await visit.context.audit.record("console.audit.exported", after={"filters": filters} if filters else None, count=count)
    return wanted


async def _page(visit: Visit) -> Shown:
    visit.require(AUDIT_READ)
    search = AuditPage.model_validate_strings(_filled(visit.request.query_params))
    reader, words = AuditReader(visit.context.host), Words(visit.context)
    wanted = search.wanted(visit.tenant.timezone, words)
    # One more than is shown tells whether there is another page beyond.
    found = await reader.page(wanted, PAGE_SIZE + 1, before=search.before, after=search.after)
    backwards = search.after is not None and search.before is None
    more = len(found) > PAGE_SIZE
    entries = found[-PAGE_SIZE:] if backwards else found[:PAGE_SIZE]
    older, newer = (bool(entries), more) if backwards else (more, search.before is not None and bool(entries))
    values: Values = {
        "who": search.who,
        "words": search.what,
        "since": str(search.since or ""),
        "until": str(search.until or ""),
        "plugins": _plugins(visit, words, search.plugin),
        "person": words.who(entries[0]) if search.person and entries else "",
        "subject": search.subject is not None,
        "given": search.given,
        "rows": [_row(words, entry) for entry in entries],
        "prev_url": _url(search.given, after=str(entries[0].id)) if newer else None,
        "next_url": _url(search.given, before=str(entries[-1].id)) if older else None,
        "export": f"{PATH}/export",
    }
    return Shown("console/audit.html", values)


def _row(words: Words, entry: Entry) -> Values:
    return {
        "what": words.what(entry),
        "when": words.when(entry),
        "who": words.who(entry),
        "role": words.role(entry) if entry.person else None,
        "for_whom": words.for_whom(entry),
        "person_url": _url({}, person=str(entry.person)) if entry.person else None,
        "where": words.where(entry),
        "subject_url": _url({}, subject=str(entry.subject)) if entry.subject else None,
        "changes": words.changes(entry),
    }


def _plugins(visit: Visit, words: Words, chosen: str) -> list[Values]:
    names = dict.fromkeys([CORE, *sorted(visit.parts.host.plugins), *([chosen] if chosen else [])])
    return [{"name": name, "title": words.plugin(name), "selected": name == chosen} for name in names]


def _filled(posted: Mapping[str, str]) -> dict[str, str]:
    """A form sends its empty fields too."""
    return {name: value for name, value in posted.items() if value}


def _url(given: Mapping[str, str], **more: str) -> str:
    return f"?{urlencode({**given, **more})}"


def _dawn(day: date, timezone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(timezone))
