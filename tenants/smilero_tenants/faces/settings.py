"""Settings as people see them: fields with their words, what was written, and what to mend."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from babel.dates import format_skeleton
from pydantic import SecretStr

from smilero_core.plugins.choosing import Choosing, Fault
from smilero_core.plugins.context import Context
from smilero_core.plugins.fields import LONGEST_TEXT, Kind, SettingField, UnreadableError
from smilero_sdk.settings import Settings

View = dict[str, object]

# So many words of a choice are seen at once; more are folded into a list.
_SEEN_AT_ONCE = 5
# From so many characters on a text has more than one line.
_LONG_TEXT = 100

VALUE, REMOVE = "set.", "remove."


@dataclass(frozen=True)
class Written:
    """What a form said.

    Attributes:
        values: what could be read, by the names of settings. A secret that was left empty is not among them.
        texts: as it was written, without secrets, to be shown again.
    """

    values: Mapping[str, object] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    faults: Sequence[Fault] = ()


def read_form(choosing: Choosing, posted: Mapping[str, str]) -> Written:
    """Read the fields that a form has; those that it does not have stay as they are."""
    values: dict[str, object] = {}
    faults: list[Fault] = []
    for one in choosing.fields:
        text = posted.get(VALUE + one.name)
        if text is None:
            continue
        try:
            value = one.read(text)
        except UnreadableError as error:
            faults.append(Fault(one.name, error.reason, {"max_length": one.longest}))
            continue
        if one.kind is not Kind.SECRET:
            values[one.name] = value
        elif value:
            values[one.name] = SecretStr(str(value))
        elif REMOVE + one.name in posted:
            values[one.name] = getattr(choosing.defaults, one.name)
    secrets = {one.name for one in choosing.fields if one.kind is Kind.SECRET}
    texts = {one.name: posted[VALUE + one.name] for one in choosing.fields if VALUE + one.name in posted and one.name not in secrets}
    return Written(values, texts, faults)


class Words:
    """What is said about the settings of one plugin, in the reader's language."""

    def __init__(self, context: Context, choosing: Choosing) -> None:
        self._context = context
        self._choosing = choosing

    def label(self, name: str) -> str:
        """What a setting is called."""
        return self._context.text(f"{self._choosing.prefix}.{name}")

    def help(self, name: str) -> str | None:
        """What it does, where the plugin says so."""
        key = f"{self._choosing.prefix}.{name}.help"
        said = self._context.text(key)
        return None if said == key else said

    @property
    def none(self) -> str:
        """That nothing is chosen."""
        return self._context.text("faces.settings.none")

    def word(self, one: SettingField, word: str) -> str:
        """One of a choice."""
        return self._context.text(f"{self._choosing.prefix}.{one.name}.{word}")

    def limits(self, one: SettingField) -> str | None:
        """What a field takes, in words."""
        match one:
            case SettingField(kind=Kind.NUMBER, least=int(least), most=int(most)):
                return self._context.text("faces.settings.between", least=least, most=most)
            case SettingField(kind=Kind.NUMBER, least=int(least)):
                return self._context.text("faces.settings.at_least", least=least)
            case SettingField(kind=Kind.NUMBER, most=int(most)):
                return self._context.text("faces.settings.at_most", most=most)
            case SettingField(kind=Kind.TEXT, longest=longest) if longest != LONGEST_TEXT:
                return self._context.text("faces.settings.longest", longest=longest)
        return None

    def fault(self, fault: Fault) -> str:
        """Why a value cannot be."""
        key = f"invalid.{fault.reason}"
        known = key in self._context.catalogue.keys()  # noqa: SIM118 - a method
        return self._context.text(key if known else "invalid.value", **fault.limits)

    def said(self, one: SettingField, values: Settings) -> str:
        """A value in words; of a secret only whether there is one."""
        value = getattr(values, one.name)
        if one.kind is Kind.SECRET:
            return self._context.text("faces.settings.kept") if _is_set(value) else self.none
        if value is None or value == "":
            return self.none
        if one.kind is Kind.SWITCH:
            return self._context.text("faces.settings.on" if value else "faces.settings.off")
        if one.kind is Kind.CHOICE:
            return self.word(one, str(value))
        if isinstance(value, dt.date):
            return str(format_skeleton("yMMMd", value, locale=self._context.language))
        return f"{value:,}" if one.kind is Kind.NUMBER else text_of(value)


@dataclass(frozen=True)
class FormFields:
    """The fields of a form: as they were written, else as they are chosen now.

    Attributes:
        compare: whether to say beside what was written what holds now, where it is another.
    """

    words: Words
    now: Settings
    written: Written = field(default_factory=Written)
    compare: bool = False

    def view(self, one: SettingField) -> View:
        """One field, for the templates."""
        current = getattr(self.now, one.name)
        text = self.written.texts.get(one.name, text_of(current))
        return {
            "id": f"setting-{one.name.replace('_', '-')}",
            "name": VALUE + one.name,
            "remove_name": REMOVE + one.name,
            "kind": _shape(one),
            "label": self.words.label(one.name),
            "help": self.words.help(one.name),
            "limits": self.words.limits(one),
            "longest": one.longest,
            # The number pad of the phone has no minus.
            "padded": one.kind is Kind.NUMBER and one.least is not None and one.least >= 0,
            "value": text,
            "words": self._choices(one, text),
            "is_set": _is_set(current),
            "error": next((self.words.fault(fault) for fault in self.written.faults if fault.name == one.name), None),
            "now": self.words.said(one, self.now) if self._differs(one, text) else None,
        }

    def _differs(self, one: SettingField, text: str) -> bool:
        return self.compare and one.name in self.written.texts and text.strip() != text_of(getattr(self.now, one.name))

    def _choices(self, one: SettingField, chosen: str) -> list[View]:
        shown = [{"value": word, "label": self.words.word(one, word), "selected": word == chosen} for word in one.words]
        if one.optional and one.words:
            shown.insert(0, {"value": "", "label": self.words.none, "selected": not chosen})
        return shown


def text_of(value: object) -> str:
    """A value as a field holds it."""
    if value is None or isinstance(value, SecretStr):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:%H:%M}" if isinstance(value, dt.time) else str(value)


def _shape(one: SettingField) -> str:
    """Which element of a form shows it."""
    if len(one.words) > _SEEN_AT_ONCE:
        return "list"
    return "paragraph" if one.kind is Kind.TEXT and one.longest > _LONG_TEXT else one.kind.value


def _is_set(value: object) -> bool:
    return isinstance(value, SecretStr) and bool(value.get_secret_value())
