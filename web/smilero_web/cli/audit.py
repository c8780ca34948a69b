"""`smilero audit`: whether the audit log is what was sealed."""

import re
from typing import Annotated

import typer

from smilero_core.audit.verifying import Break, Head, Verdict, verify
from smilero_core.db.scope import Isolation
from smilero_core.db.session import Session
from smilero_sdk.errors import Problem
from smilero_web.cli.console import JsonOption, print_json, progress, say, text
from smilero_web.cli.office import Office, with_office

app = typer.Typer(name="audit", no_args_is_help=True, help="Whether the audit log is what was sealed.")

_HEAD = re.compile(r"(\d{1,18}):([0-9a-f]{64})")


@app.callback()
def _group() -> None:
    """Whether the audit log is what was sealed."""


@app.command("verify")
def verify_log(
    *,
    tenant: Annotated[str, typer.Option("--tenant", help="The foundation.")],
    head: Annotated[str, typer.Option("--head", help="An earlier head, as 120:9f…: up to there nothing may be cut off.")] = "",
    json: JsonOption = False,
) -> None:
    """Look at every entry and every link of its chain; name each row that was altered, removed or put in. Exit code 1 for any.

    A chain cannot tell that its end was cut off, or that all of it was made anew: note the head elsewhere, and give it the next time.
    """
    noted = _head(head) if head else None

    async def work(office: Office) -> Verdict:
        with progress() as told:
            found = await office.tenant(tenant)
            async with office.database.unit(found.id, isolation=Isolation.REPEATABLE_READ, read_only=True) as unit:
                return await verify(Session(unit), noted, lambda done, total: told(text("cli.audit.looking"), done, total))

    verdict = with_office(work)
    if json:
        print_json(_told(verdict))
    else:
        say(text("cli.audit.sealed", count=verdict.sealed, head=_written(verdict.head)))
        say(text("cli.audit.unsealed", count=verdict.unsealed, seconds=round(verdict.unsealed_seconds)))
        for one in verdict.breaks:
            say(_sentence(one), "red")
    if verdict.breaks:
        raise Problem("cli.audit.broken", 500, count=len(verdict.breaks), slug=tenant)


def _head(written: str) -> Head:
    found = _HEAD.fullmatch(written)
    if found is None:
        msg = "As it was printed: a number, a colon, 64 hexadecimal digits."
        raise typer.BadParameter(msg, param_hint="--head")
    return Head(int(found[1]), found[2])


def _written(head: Head) -> str:
    return f"{head.number}:{head.seal}"


def _sentence(one: Break) -> str:
    return text(f"cli.audit.break.{one.damage}", entry=one.entry or "-", number=one.number or "-")


def _told(verdict: Verdict) -> dict[str, object]:
    return {
        "sealed": verdict.sealed,
        "head": _written(verdict.head),
        "unsealed": verdict.unsealed,
        "unsealed_seconds": round(verdict.unsealed_seconds, 3),
        "breaks": [{"damage": one.damage, "entry": one.entry, "number": one.number, "sentence": _sentence(one)} for one in verdict.breaks],
    }
