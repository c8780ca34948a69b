"""`smilero token`: bearer tokens for the API."""

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from smilero_core.audit.log import AuditLog
from smilero_core.db.session import Session
from smilero_core.identity.people import NewPerson, People
from smilero_core.identity.tokens import create_token
from smilero_core.platform.operators import create_operator_token
from smilero_sdk.errors import Problem
from smilero_sdk.roles import Role
from smilero_tenants.provisioning.demo import DEMO_PHONES
from smilero_web.cli.office import Office, with_office

app = typer.Typer(name="token", no_args_is_help=True, help="Bearer tokens for /api/v1.")

_AT_A_SHOP = frozenset({Role.MERCHANT, Role.CLERK})


@app.callback()
def _group() -> None:
    """Bearer tokens for /api/v1."""


@app.command("create")
def create(
    *,
    role: Annotated[Role, typer.Option(help="What the holder is.")],
    tenant: Annotated[str, typer.Option(help="The foundation; not for operator.")] = "",
    phone: Annotated[str, typer.Option(help="Whose token; in the demo the role's first person unless given.")] = "",
) -> None:
    """Print a token, alone on standard output, good for 90 days. In the demo a new number becomes a person of the role."""
    if role is not Role.OPERATOR and not tenant:
        msg = f"Of which foundation is the {role}?"
        raise typer.BadParameter(msg, param_hint="--tenant")

    async def work(office: Office) -> str:
        if role is Role.OPERATOR:
            return await create_operator_token(office.database)
        found = await office.tenant(tenant)
        async with office.database.unit(found.id) as unit:
            session = Session(unit)
            people = People(session, found.id, office.vault)
            wanted = phone or (DEMO_PHONES[role] if office.demo else "")
            if not wanted:
                raise Problem("identity.phone_required")
            if office.demo and role not in _AT_A_SHOP and await people.by_phone(wanted) is None:
                await people.ensure([NewPerson(wanted, wanted[-4:], ((role, None),))])
            person = await people.require(wanted, role)
            log = AuditLog(session, None, "core", datetime.now(UTC))
            await log.record("person.audit.token", person, after={"role": role.value})
            return await create_token(session, person, role)

    sys.stdout.write(with_office(work) + "\n")
