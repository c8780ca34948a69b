"""Commands of the console itself that a foundation may want two people for, by the same mark as those of plugins.

Their handlers and descriptions take the visit where a plugin's take its context: what they do is the host's own.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from smilero_core.plugins.approval_rows import Body, Told
from smilero_core.plugins.context import CORE
from smilero_core.plugins.holding_back import Sent, hold_back, told_of
from smilero_sdk.approvals import Proposal
from smilero_sdk.pages import Face, Form, PageOperation, Redirect
from smilero_tenants.faces.frames import approval_path
from smilero_tenants.faces.visit import Visit

# Where the core's own switches stand.
RIGHTS = "/console/rights"


# By their keys.
Own = Mapping[str, PageOperation]
Parameters = Mapping[str, object]


def switches_path(plugin: str) -> str:
    """The page on which the switches of a plugin, or of the core, are."""
    return RIGHTS if plugin == CORE else f"/console/plugins/{plugin}"


async def hold_own(visit: Visit, operation: PageOperation, form: Form | None = None, parameters: Parameters | None = None) -> str | None:
    """Where somebody sees what became of a command that waits for a second person now; None: it may be carried out.

    The visitor's right was asked before. Raises what its description raises.
    """
    arguments = _arguments(form, parameters or {})
    texts = {name: str(value) for name, value in form.model_dump(mode="json", exclude_none=True).items()} if form else None
    sent = Sent(operation, arguments, Body({name: str(value) for name, value in (parameters or {}).items()}, texts))
    held = await hold_back(visit.context, sent, partial(_proposal, visit, operation, arguments))
    return approval_path(Face.CONSOLE, held) if held else None


async def command(visit: Visit, operation: PageOperation, form: Form | None = None, parameters: Parameters | None = None) -> str:
    """Carry it out, or let it wait; where to go on. Raises what it raises, with nothing of it done."""
    held = await hold_own(visit, operation, form, parameters)
    if held is not None:
        return held
    answer = await operation.handler(visit, **_arguments(form, parameters or {}))
    if not isinstance(answer, Redirect):
        msg = f"{operation.handler.__name__} is a command and must end in a Redirect"
        raise TypeError(msg)
    return answer.path


async def described(visit: Visit, operation: PageOperation, arguments: Mapping[str, Any]) -> Told | None:
    """What it would do now."""
    proposal = await _proposal(visit, operation, arguments)
    return None if proposal is None else told_of(proposal)


async def _proposal(visit: Visit, operation: PageOperation, arguments: Mapping[str, Any]) -> Proposal | None:
    return await operation.approval.describe(visit, **arguments) if operation.approval else None


def _arguments(form: Form | None, parameters: Parameters) -> dict[str, Any]:
    return {**({"form": form} if form is not None else {}), **parameters}
