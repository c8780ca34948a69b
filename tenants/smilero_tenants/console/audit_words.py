"""An entry of the audit log in words, on the page and in the file."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from smilero_core.audit.log import THROUGH
from smilero_core.audit.reading import Entry
from smilero_core.plugins.choosing import sentences_of
from smilero_core.plugins.context import CORE, Context
from smilero_core.registry.csv_file import harmless

_COLUMNS = ("when", "who", "on_behalf", "role", "where", "what", "subject", "before", "after", "entry")


@dataclass(frozen=True)
class Change:
    """One thing that changed; None: it was not there, or is not there any more."""

    label: str
    before: str | None
    after: str | None


class Words:
    """Says entries in the language of a context.

    Args:
        context: of the visit.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._known = context.catalogue.keys()
        self._zone = ZoneInfo(context.tenant.timezone)

    def when(self, entry: Entry) -> str:
        """Where the markets are, to the second."""
        return f"{entry.at.astimezone(self._zone):%Y-%m-%d %H:%M:%S}"

    def who(self, entry: Entry) -> str:
        """Whose name, the program through which, and who confirmed it; what acts by itself is called by its own name or its role."""
        who = self._hand(entry)
        if entry.approver is None:
            return who
        return self._context.text(
            "console.audit.approved_by", name=who, approver=entry.approver or self._context.text("console.audit.erased")
        )

    def _hand(self, entry: Entry) -> str:
        through = entry.values.get(THROUGH)
        program = str(through.get("name", "")) if isinstance(through, dict) else ""
        if entry.person is None:
            return program or self.role(entry)
        name = entry.name or self._context.text("console.audit.erased")
        return self._context.text("console.audit.through", name=name, program=program) if program else name

    def role(self, entry: Entry) -> str:
        """As what."""
        key = f"console.role.{entry.role}"
        return self._context.text(key) if key in self._known else entry.role

    def where(self, entry: Entry) -> str:
        """The plugin, as people call it."""
        return self.plugin(entry.source)

    def plugin(self, name: str) -> str:
        """What people call a plugin."""
        if name == CORE:
            return self._context.text("console.audit.core")
        return self._context.services.host.title(name, self._context.language)

    def principal(self, entry: Entry) -> str:
        """For whom a helper acted; empty for whoever acted for himself."""
        return "" if entry.on_behalf_of is None else entry.principal or self._context.text("console.audit.erased")

    def for_whom(self, entry: Entry) -> str | None:
        """The same as it stands under a name."""
        return self._context.text("console.audit.for_whom", name=self.principal(entry)) if entry.on_behalf_of else None

    def what(self, entry: Entry) -> str:
        """The sentence; of what a helper did, with both names."""
        if entry.on_behalf_of is None:
            return self._what(entry)
        return self._context.text("console.audit.on_behalf", helper=self.who(entry), merchant=self.principal(entry), what=self._what(entry))

    def _what(self, entry: Entry) -> str:
        """The sentence alone; for a plugin that took its sentences along with it, their key."""
        values = dict(entry.values)
        for name in ("name", "plugin"):
            # The core names plugins by their word.
            if entry.source == CORE and isinstance(values.get(name), str):
                known = name == "plugin" or values[name] in self._context.services.host.plugins
                values[name] = self.plugin(values[name]) if known else values[name]
        if entry.source == CORE and isinstance(approval := values.get("approval"), str):
            values["approval"] = self._context.text(f"approval.{approval}")
        if entry.sentence in self._known:
            try:
                return self._context.text(entry.sentence, **values)
            except (ValueError, TypeError, LookupError, AttributeError):
                # The catalogue asks today for another kind of value than was given then.
                pass
        return self._context.text("console.audit.unknown", key=entry.sentence)

    def changes(self, entry: Entry) -> list[Change]:
        """What was and what is, by name."""
        before, after = entry.before or {}, entry.after or {}
        names = dict.fromkeys([*before, *after])
        return [Change(self._label(entry, name), self._said(before, name), self._said(after, name)) for name in names]

    def _label(self, entry: Entry, name: str) -> str:
        settings = sentences_of(str(entry.values.get("name", "")), for_shop=entry.sentence.endswith("for_shop"))
        keys = (f"{settings}.{name}", f"{entry.source}.audit.field.{name}")
        return next((self._context.text(key) for key in keys if key in self._known), name)

    def _said(self, values: dict[str, object], name: str) -> str | None:
        if name not in values:
            return None
        match values[name]:
            case bool(on):
                return self._context.text("ui.on" if on else "ui.off")
            case None | "" | []:
                return self._context.text("ui.table.none")
            case list(several):
                return ", ".join(map(str, several))
            case dict(nested):
                return json.dumps(nested, ensure_ascii=False)
            case one:
                return str(one)

    def sentences(self, words: str) -> list[str]:
        """The keys of the sentences that have some words, in the language of the context."""
        return [key for key in sorted(self._known) if ".audit." in key and words in self._context.text(key).lower()] if words else []

    def heads(self) -> list[str]:
        """Of the file."""
        return [self._context.text(f"console.audit.column.{column}") for column in _COLUMNS]

    def rows(self, entries: Iterable[Entry]) -> Iterator[list[str]]:
        """Lines of a CSV file, which make a spreadsheet reckon nothing."""
        return ([harmless(cell) for cell in self._cells(entry)] for entry in entries)

    def _cells(self, entry: Entry) -> Iterator[str]:
        yield from (
            self.when(entry),
            self.who(entry),
            self.principal(entry),
            self.role(entry),
            self.where(entry),
            self.what(entry),
            str(entry.subject or ""),
        )
        changes = self.changes(entry)
        for side in ("before", "after"):
            yield "; ".join(f"{one.label}: {getattr(one, side)}" for one in changes if getattr(one, side) is not None)
        yield str(entry.id)
