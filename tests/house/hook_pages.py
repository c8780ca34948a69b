"""`docs/plugins/hooks.md`, made from the hook specifications themselves.

`python tests/house/hook_pages.py` writes it anew.
"""

import inspect
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, get_type_hints

from smilero_sdk import hooks
from smilero_sdk.context import OutsideContext, TenantContext

PAGE = Path(__file__).resolve().parents[2] / "docs" / "plugins" / "hooks.md"
PARTS = ("When", "Returns", "Errors", "Since")
KINDS = {"register": "asked once, when a process starts", "on": "told; what it returns is ignored", "provide": "asked for what is used"}
CONTEXTS = ((TenantContext, "What `ctx` gives"), (OutsideContext, "What `ctx` gives a job that calls others"))
SERVICES = ("smilero_sdk.services", "smilero_sdk.registry", "smilero_sdk.database")
_PART = re.compile(rf"^({'|'.join(PARTS)}): (.+)$", re.MULTILINE)
_HEAD = """# Hooks

What the host asks of a plugin, in `smilero_sdk.hooks`. A plugin implements those that it has something to say to, as methods with
`@hookimpl` of the object that its manifest names; a method may leave out arguments that it does not need. Three kinds, told by the name:

"""


@dataclass(frozen=True)
class Hook:
    """A specification.

    Attributes:
        subject: its module.
        parts: what its docstring says under each of `PARTS`, in the order in which it does.
    """

    subject: str
    name: str
    signature: str
    summary: str
    parts: dict[str, str]

    @property
    def kind(self) -> str:
        """`register`, `on` or `provide`."""
        return self.name.partition("_")[0]


def all_hooks() -> list[Hook]:
    """Every hook of the SDK, by subject and in the order of its file."""
    return [found for subject in hooks.SUBJECTS for found in _hooks_of(subject)]


def _hooks_of(subject: str) -> Iterator[Hook]:
    module = import_module(f"{hooks.__name__}.{subject}")
    for name, function in vars(module).items():
        if inspect.isfunction(function) and hasattr(function, f"{hooks.NAMESPACE}_spec"):
            yield _read(subject, name, function)


def _read(subject: str, name: str, function: Callable[..., Any]) -> Hook:
    text = inspect.getdoc(function) or ""
    signature = re.sub(r"[\w.]+\.(\w+)", r"\1", str(inspect.signature(function)))
    asynchronous = "async " if inspect.iscoroutinefunction(function) else ""
    return Hook(subject, name, f"{asynchronous}def {name}{signature}", text.partition("\n")[0], dict(_PART.findall(text)))


def page() -> str:
    """The whole document."""
    text = _HEAD + "\n".join(f"- `{kind}_*`: {what}." for kind, what in KINDS.items()) + "\n"
    for subject in hooks.SUBJECTS:
        about = (import_module(f"{hooks.__name__}.{subject}").__doc__ or "").strip()
        text += f"\n## {subject}\n\n{about}\n"
        for hook in (one for one in all_hooks() if one.subject == subject):
            told = "\n".join(f"- *{part}*: {words}" for part, words in hook.parts.items())
            text += f"\n### {hook.name}\n\n```python\n{hook.signature}\n```\n\n{hook.summary}\n\n{told}\n"
    return text + "".join(_given(*one) for one in CONTEXTS)


def _given(context: type, heading: str) -> str:
    """A table of what a context has, from its own words."""
    rows = [f"| `{_name(name, member)}` | {_row(member)} |\n" for name, member in vars(context).items() if _is_public(name, member)]
    return f"\n## {heading}\n\n{inspect.getdoc(context)}\n\n| | |\n|---|---|\n{''.join(rows)}"


def _is_public(name: str, member: object) -> bool:
    return not name.startswith("_") and (isinstance(member, property) or inspect.isfunction(member))


def _name(name: str, member: Any) -> str:  # noqa: ANN401 - a property or a method
    if isinstance(member, property):
        return f"ctx.{name}"
    asked = [one.name for one in inspect.signature(member).parameters.values()][1:]
    return f"{'await ' if inspect.iscoroutinefunction(member) else ''}ctx.{name}({', '.join(asked)})"


def _row(member: Any) -> str:  # noqa: ANN401 - as above
    """What it is, and of a service what it does, each in the first line of its docstring."""
    text = (inspect.getdoc(member) or "").replace("\n", " ")
    kind = get_type_hints(member.fget).get("return") if isinstance(member, property) else None
    if kind is None or kind.__module__ not in SERVICES:
        return text
    does = [name for name, one in vars(kind).items() if inspect.isfunction(one) and not name.startswith("_")]
    return f"{text} `{kind.__module__}.{kind.__name__}`: {', '.join(f'`{name}`' for name in does)}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")
