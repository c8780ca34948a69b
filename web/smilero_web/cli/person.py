"""`smilero person`: what is stored about somebody, handed over or erased; and the way back in for who lost a second factor."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from smilero_core.identity.factors import Factors, guarded_people
from smilero_core.identity.people import People
from smilero_core.identity.sessions import end_sessions
from smilero_core.platform.account_links import Account, AccountLinks
from smilero_core.plugins import person_data
from smilero_core.plugins.context import Context
from smilero_core.plugins.person_data import KeptBy
from smilero_sdk.errors import Problem
from smilero_web.cli.console import say, text
from smilero_web.cli.migrate import find_plugins
from smilero_web.cli.office import Office, with_office
from smilero_web.cli.plugin import core_context

app = typer.Typer(name="person", no_args_is_help=True, help="What is stored about somebody, handed over or erased.")

TenantOption = Annotated[str, typer.Option("--tenant", help="The foundation.")]
PhoneOption = Annotated[str, typer.Option("--phone", help="The person's number.")]


@app.command("export")
def export(file: Annotated[Path, typer.Argument(help="The new ZIP file.")], *, tenant: TenantOption, phone: PhoneOption) -> None:
    """Write everything that the core and the plugins store about a person: a page to read, and JSON."""
    host = find_plugins()

    async def work(office: Office) -> bytes:
        async with core_context(office, host, await office.tenant(tenant), read_only=True) as context:
            person_id = await _person(office, context, phone)
            links = await AccountLinks(office.database).section(Account(context.tenant.id, person_id))
            return await person_data.export(context, person_id, [links])

    _write(file, with_office(work))
    say(text("cli.person_exported", file=str(file)))


@app.command("erase")
def erase(*, tenant: TenantOption, phone: PhoneOption, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Blank a person in the core and in every plugin, for good; say what a law keeps."""
    host = find_plugins()
    if not yes:
        typer.confirm(text("cli.person_sure"), abort=True, err=True)

    async def work(office: Office) -> list[str]:
        foundation = await office.tenant(tenant)
        async with core_context(office, host, foundation) as context:
            person_id = await _person(office, context, phone)
            kept = [_told(context, one) for one in await person_data.erase(context, person_id)]
        # Another login's transaction. Were it lost, a link would stay that leads to nobody.
        await AccountLinks(office.database).forget(Account(foundation.id, person_id), foundation.name)
        return kept

    kept = with_office(work)
    say(text("cli.person_erased"))
    for sentence in kept:
        say(sentence)


@app.command("reset-factor")
def reset_factor(
    *, tenant: TenantOption, phone: PhoneOption, reason: Annotated[str, typer.Option("--reason", help="Why; it stays on record.")]
) -> None:
    """Take the second factors of an owner or of staff away, who lost them: they set up new ones at the next sign-in."""
    host = find_plugins()

    async def work(office: Office) -> None:
        async with core_context(office, host, await office.tenant(tenant)) as context:
            person_id = await _person(office, context, phone)
            role = next((one.role for one in await guarded_people(context.host) if one.person_id == person_id), None)
            if role is None:
                raise Problem("identity.not_that_role", 404, role=context.text("person.role.staff"))
            await Factors(context.host, context.tenant.id, office.vault).reset(person_id)
            await end_sessions(context.host, person_id)
            await context.audit.record(f"identity.audit.factor.reset.{role.value}", person_id, reason=reason)

    with_office(work)
    say(text("cli.factor_reset"))


async def _person(office: Office, context: Context, phone: str) -> UUID:
    """Raises `identity.phone`, `identity.unknown_person` (404)."""
    found = await People(context.host, context.tenant.id, office.vault).by_phone(phone)
    if found is None:
        raise Problem("identity.unknown_person", 404)
    return found


def _told(context: Context, one: KeptBy) -> str:
    what, why = context.text(one.kept.what), context.text(one.kept.why)
    if one.kept.until is None:
        return text("cli.person_kept", what=what, why=why)
    return text("cli.person_kept_until", what=what, why=why, until=one.kept.until.isoformat())


def _write(file: Path, content: bytes) -> None:
    try:
        with file.open("xb") as out:
            out.write(content)
    except FileExistsError as error:
        raise Problem("plugins.export_exists", 409, file=str(file)) from error
    except OSError as error:
        raise Problem("cli.unwritable", file=str(file), reason=error.strerror or str(error)) from error
