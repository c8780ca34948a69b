"""Rights as rows of a page: each in its sentence, below whoever declares it, with a switch for each role."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from smilero_core.identity.access import CORE_PERMISSIONS
from smilero_sdk.roles import Permission, Role
from smilero_tenants.faces.own_pages import Values
from smilero_tenants.faces.switches import title_of
from smilero_tenants.faces.visit import Visit

_CHANGE = re.compile(r"([a-z]+) ([+-])([a-z0-9_.]+)")


@dataclass(frozen=True)
class Change:
    """What a tap asks for: that a role holds a right, or not. Said again it is the same."""

    role: Role
    permission: str
    allowed: bool

    @classmethod
    def read(cls, text: str) -> "Change | None":
        """Of what a button posts, as `staff +coupons.manage`; None for anything else."""
        found = _CHANGE.fullmatch(text)
        if found is None or found[1] not in set(Role):
            return None
        return cls(Role(found[1]), found[3], found[2] == "+")

    @property
    def back(self) -> "Change":
        """The opposite."""
        return Change(self.role, self.permission, not self.allowed)

    def __str__(self) -> str:
        return f"{self.role.value} {'+' if self.allowed else '-'}{self.permission}"


def right_of(visit: Visit, permission: str, language: str | None = None) -> str:
    """The sentence of a right; its name where no catalogue knows it, as of a plugin that is gone."""
    key, catalogue = f"permission.{permission}", visit.context.catalogue
    known = key in catalogue.keys()  # noqa: SIM118 - a catalogue is no mapping
    return catalogue.text(language or visit.context.language, key) if known else permission


def words(visit: Visit, change: Change) -> Values:
    """Whom and what a change is about, for the log: in the foundation's own language."""
    language = visit.tenant.locale
    return {
        "role": visit.context.catalogue.text(language, f"console.role.{change.role.value}"),
        "right": right_of(visit, change.permission, language),
    }


def told(visit: Visit, change: Change) -> Values:
    """What was just done, with the way back."""
    sentence = "console.rights.done.given" if change.allowed else "console.rights.done.taken"
    role = visit.context.text(f"console.role.{change.role.value}")
    return {"text": visit.context.text(sentence, role=role, right=right_of(visit, change.permission)), "undo": str(change.back)}


def groups(visit: Visit, row: Callable[[Permission], Values | None]) -> list[Values]:
    """The rights below the core and each plugin that is on, each made by `row`; None leaves one out."""
    made: list[Values] = [
        {"title": title, "rows": [one for permission in permissions if (one := row(permission)) is not None]}
        for title, permissions in _sources(visit)
    ]
    return [group for group in made if group["rows"]]


def _sources(visit: Visit) -> Iterator[tuple[str, tuple[Permission, ...]]]:
    yield visit.context.text("console.rights.core"), CORE_PERMISSIONS
    plugins = [visit.parts.host.plugins[name] for name in visit.context.plugins.open]
    titled = [(title_of(plugin, visit.context.language), plugin.permissions) for plugin in plugins]
    yield from sorted(titled, key=lambda pair: pair[0])
