"""`smilero keys`: changing the master secret."""

from collections import Counter
from uuid import UUID

import typer

from smilero_core.identity.rotation import Left, Rotation
from smilero_core.identity.vault import LostKeyError
from smilero_sdk.errors import Problem
from smilero_web.cli.console import JsonOption, print_json, print_table, progress, say, text
from smilero_web.cli.office import Office, with_office

app = typer.Typer(name="keys", no_args_is_help=True, help="Changing the master secret.")


@app.command("status")
def status(*, json: JsonOption = False) -> None:
    """How much of each sealed column, of all foundations, is not sealed with the current secret yet."""
    found = with_office(_left)
    if json:
        print_json(found)
    else:
        print_table(("sealed_column", "sealed", "old"), [(one.column, one.sealed, one.old) for one in found])
        _say_end(found)


@app.command("rotate")
def rotate() -> None:
    """Seal everything of every foundation with the current secret and make its indexes anew. A run that was stopped goes on where it was.

    First start every process with SMILERO_SECRET_KEY=2:new and SMILERO_SECRET_KEYS_OLD=1:old (the first had no number).
    When this says so, start them without the old one.
    """

    async def work(office: Office) -> tuple[int, list[Left]]:
        done, total = 0, sum(one.old for one in await _left(office))
        with progress() as told:

            def step(count: int) -> None:
                nonlocal done
                done += count
                told(text("cli.keys.sealing"), done, max(done, total))

            for tenant in await office.tenants.list():
                try:
                    await _rotation(office, (await office.tenant(tenant.slug)).id).run(step)
                except LostKeyError as error:
                    raise Problem("cli.keys.lost", 409, slug=tenant.slug) from error
        return done, await _left(office)

    count, found = with_office(work)
    say(text("cli.keys.sealed", count=count))
    _say_end(found)


async def _left(office: Office) -> list[Left]:
    sealed: Counter[str] = Counter()
    old: Counter[str] = Counter()
    for tenant in await office.tenants.list():
        for one in await _rotation(office, (await office.tenant(tenant.slug)).id).left():
            sealed[one.column] += one.sealed
            old[one.column] += one.old
    return [Left(column, count, old[column]) for column, count in sealed.items()]


def _rotation(office: Office, tenant_id: UUID) -> Rotation:
    return Rotation(office.database, office.vault, tenant_id)


def _say_end(found: list[Left]) -> None:
    left = sum(one.old for one in found)
    say(text("cli.keys.left", count=left) if left else text("cli.keys.whole"), "yellow" if left else "green")
