"""What both ways, the person's own and the console's, have in common."""

from datetime import date
from uuid import UUID

from babel.dates import format_skeleton
from starlette.responses import Response

from smilero_core.identity.finding import PeopleFinder
from smilero_core.identity.phone import normal_phone
from smilero_core.platform.account_links import Account, AccountLinks
from smilero_core.plugins import person_data
from smilero_core.plugins.context import Context
from smilero_core.plugins.person_data import KeptBy
from smilero_sdk.context import Tenant
from smilero_sdk.errors import Problem
from smilero_tenants.console.sending import PER_PHONE as PER_INVITED
from smilero_tenants.faces.own_pages import Values
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.portal.helpers import PER_PHONE as PER_HELPER
from smilero_tenants.sign_in.routes import PER_PHONE


def as_file(content: bytes, slug: str, today: date) -> Response:
    """The ZIP, for whoever asked and nobody on the way."""
    headers = {"Content-Disposition": f'attachment; filename="smilero-{slug}-{today:%Y%m%d}.zip"', "Cache-Control": "no-store"}
    return Response(content, media_type="application/zip", headers=headers)


def told_kept(context: Context, kept: list[KeptBy]) -> list[Values]:
    """What stays, by which law, until when."""
    return [
        {
            "what": context.text(one.kept.what),
            "why": context.text(one.kept.why),
            "until": str(format_skeleton("yMMMd", one.kept.until, locale=context.language)) if one.kept.until else None,
        }
        for one in kept
    ]


def finder(context: Context) -> PeopleFinder:
    """Of the visited foundation."""
    return PeopleFinder(context.host, context.tenant.id, context.services.vault)


async def number_of(context: Context, person_id: UUID) -> str | None:
    """For the host's own work on that number alone; nobody sees it."""
    try:
        return normal_phone(await finder(context).number(person_id))
    except Problem:
        return None


async def exported(parts: FaceParts, context: Context, person_id: UUID) -> bytes:
    """Everything about somebody as a ZIP, with the links to other foundations, which the platform keeps. Raises `person.export_failed`."""
    links = await AccountLinks(parts.database).section(Account(context.tenant.id, person_id))
    return await person_data.export(context, person_id, [links])


async def forget_outside(parts: FaceParts, tenant: Tenant, person_id: UUID, phone: str | None) -> None:
    """After an erasure, with no transaction open: what no transaction of the foundation reaches goes too."""
    # Were it lost, a link would stay that leads to nobody.
    await AccountLinks(parts.database).forget(Account(tenant.id, person_id), tenant.name)
    await forget_counts(parts, tenant.id, phone)


async def forget_counts(parts: FaceParts, tenant_id: UUID, phone: str | None) -> None:
    """What redis counted for the number."""
    for index in parts.vault.indexes(tenant_id, "phone", phone) if phone else ():
        for rule in (PER_PHONE, PER_INVITED, PER_HELPER):
            await parts.limiter.forget(tenant_id, rule, index.hex())
