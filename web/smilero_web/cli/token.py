"""`smilero token`: bearer tokens for the API."""

import sys
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

import typer

from smilero_core.audit.log import AuditLog
from smilero_core.db.session import Session
from smilero_core.identity.access import Access
from smilero_core.identity.people import NewPerson, People
from smilero_core.identity.personal_tokens import KeptToken, kept_tokens, revoke_token
from smilero_core.identity.tokens import LIFETIME, MOST_DAYS, NewToken, make_token
from smilero_core.platform.operators import OperatorToken, create_operator_token, operator_tokens, revoke_operator_token
from smilero_sdk.context import Tenant
from smilero_sdk.errors import Problem
from smilero_sdk.roles import Role
from smilero_tenants.provisioning.demo import DEMO_PHONES
from smilero_web.cli.console import JsonOption, print_json, print_table, say, text
from smilero_web.cli.migrate import find_plugins
from smilero_web.cli.office import Office, with_office

app = typer.Typer(name="token", no_args_is_help=True, help="Bearer tokens for /api/v1.")

_AT_A_SHOP = frozenset({Role.MERCHANT, Role.CLERK})
_DAYS = LIFETIME.days


@app.callback()
def _group() -> None:
    """Bearer tokens for /api/v1."""


@app.command("create")
def create(
    *,
    role: Annotated[Role, typer.Option(help="What the holder is.")],
    tenant: Annotated[str, typer.Option(help="The foundation; not for operator.")] = "",
    phone: Annotated[str, typer.Option(help="Whose token; in the demo the role's first person unless given.")] = "",
    scope: Annotated[list[str] | None, typer.Option(help="A permission that it may use, as coupons.read; may be repeated.")] = None,
    days: Annotated[int, typer.Option(help="How long it is good.", min=1, max=MOST_DAYS)] = _DAYS,
) -> None:
    """Print a token, alone on standard output, good for 90 days. In the demo a new number becomes a person of the role.

    With --scope it may no more than that, whatever the role may.
    """
    if role is not Role.OPERATOR and not tenant:
        msg = f"Of which foundation is the {role}?"
        raise typer.BadParameter(msg, param_hint="--tenant")
    if role is Role.OPERATOR and (scope or days != _DAYS):
        msg = "An operator's token has neither scopes nor days of its own."
        raise typer.BadParameter(msg, param_hint="--role")
    scopes = _scopes(role, scope) if scope else None

    async def work(office: Office) -> str:
        if role is Role.OPERATOR:
            return await create_operator_token(office.database)
        found = await office.tenant(tenant)
        async with office.database.unit(found.id) as unit:
            session = Session(unit)
            person = await _person(office, found, session, role, phone)
            token_id, token = await make_token(session, NewToken(person, role, scopes=scopes, lifetime=timedelta(days=days)))
            told = {"role": role.value, "token": token_id, **({"scopes": sorted(scopes)} if scopes else {}), "days": days}
            await AuditLog(session, None, "core", datetime.now(UTC)).record("person.audit.token", person, after=told)
            return token

    sys.stdout.write(with_office(work) + "\n")


@app.command("list")
def list_tokens(
    *,
    tenant: Annotated[str, typer.Option(help="The foundation; without one the operators' tokens.")] = "",
    json: JsonOption = False,
) -> None:
    """The tokens that are good: whose, what they may, when they were used last. Never the tokens themselves."""

    async def work(office: Office) -> tuple[list[OperatorToken], list[KeptToken]]:
        if not tenant:
            return await operator_tokens(office.database), []
        async with office.database.unit((await office.tenant(tenant)).id, read_only=True) as unit:
            return [], await kept_tokens(Session(unit))

    of_operators, of_people = with_office(work)
    if json:
        print_json([*of_operators, *of_people])
    elif tenant:
        rows = [
            (
                one.id,
                one.role,
                one.name,
                "*" if one.scopes is None else " ".join(one.scopes),
                one.last_used_on or "",
                f"{one.expires_at:%F}",
            )
            for one in of_people
        ]
        print_table(("id", "role", "name", "scopes", "used", "until"), rows)
    else:
        print_table(("id", "made", "until"), [(one.id, f"{one.created_at:%F}", f"{one.expires_at:%F}") for one in of_operators])


@app.command("revoke")
def revoke(
    token_id: Annotated[UUID, typer.Argument(help="Its id, as `token list` has it.")],
    *,
    tenant: Annotated[str, typer.Option(help="The foundation; without one an operator's token.")] = "",
) -> None:
    """Make a token worthless from the next request on; once more changes nothing."""

    async def work(office: Office) -> None:
        if not tenant:
            await revoke_operator_token(office.database, token_id)
            return
        async with office.database.unit((await office.tenant(tenant)).id) as unit:
            session = Session(unit)
            name = await revoke_token(session, token_id)
            if name is not None:
                await AuditLog(session, None, "core", datetime.now(UTC)).record("identity.audit.token_revoked", token_id, token=name)

    with_office(work)
    say(text("cli.token_revoked"))


def _scopes(role: Role, wanted: list[str]) -> frozenset[str]:
    """The scopes, each a permission that the role has. Raises `tokens.scope` (422)."""
    scopes = frozenset(wanted)
    beyond = scopes - Access(find_plugins().permissions).rights(role)
    if beyond:
        raise Problem("tokens.scope", HTTPStatus.UNPROCESSABLE_ENTITY, scope=", ".join(sorted(beyond)))
    return scopes


async def _person(office: Office, tenant: Tenant, session: Session, role: Role, phone: str) -> UUID:
    """Whose token it is to be. Raises `identity.phone_required`, `.phone`, `.unknown_person`, `.not_that_role`."""
    people = People(session, tenant.id, office.vault)
    wanted = phone or (DEMO_PHONES[role] if office.demo else "")
    if not wanted:
        raise Problem("identity.phone_required")
    if office.demo and role not in _AT_A_SHOP and await people.by_phone(wanted) is None:
        await people.ensure([NewPerson(wanted, wanted[-4:], ((role, None),))])
    return await people.require(wanted, role)
