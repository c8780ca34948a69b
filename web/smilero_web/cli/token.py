"""`smilero token`: bearer tokens for the API."""

import sys
from typing import Annotated

import typer

from smilero_core.db.session import Session
from smilero_core.identity.people import NewPerson, People
from smilero_core.identity.tokens import create_token
from smilero_core.platform.operators import create_operator_token
from smilero_sdk.errors import Problem
from smilero_sdk.manifest import Role
from smilero_tenants.provisioning.demo import DEMO_PHONES
from smilero_web.cli.console import with_runtime
from smilero_web.cli.serve import is_demo_folder
from smilero_web.cli.tenant import find_tenant
from smilero_web.runtime import Runtime
from smilero_web.settings import WebSettings

app = typer.Typer(no_args_is_help=True, help="Bearer tokens for /api/v1.")

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
    """Print a token, alone on standard output, good for 90 days."""

    async def work(runtime: Runtime) -> str:
        if role is Role.OPERATOR:
            return await create_operator_token(runtime.database)
        found = await find_tenant(runtime, tenant)
        async with runtime.database.unit(found.id) as unit:
            session = Session(unit)
            people = People(session, found.id, runtime.vault)
            return await create_token(session, await people.require(await _known(people, phone, role), role), role)

    sys.stdout.write(with_runtime(work) + "\n")


async def _known(people: People, phone: str, role: Role) -> str:
    """The phone to use; in the demo an unknown one becomes a person of the role."""
    demo = _is_demo()
    wanted = phone or (DEMO_PHONES[role] if demo else "")
    if not wanted:
        raise Problem("identity.phone_required")
    if demo and await people.by_phone(wanted) is None:
        roles = () if role in _AT_A_SHOP else ((role, None),)
        await people.ensure([NewPerson(wanted, wanted[-4:], roles)])
    return wanted


def _is_demo() -> bool:
    return WebSettings().demo or is_demo_folder(WebSettings().data_dir)
