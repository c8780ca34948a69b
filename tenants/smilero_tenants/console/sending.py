"""Sending an invitation: the text with its link, queued in the transaction that made it, and the entry in the log."""

from collections.abc import Mapping

from starlette.requests import Request

from smilero_core.identity.invitations import Outgoing, place_of
from smilero_core.identity.phone import normal_phone
from smilero_core.limits.limiter import Rule
from smilero_sdk.errors import Problem
from smilero_sdk.roles import Role
from smilero_tenants.faces.own_pages import OwnPages
from smilero_tenants.faces.visit import Visit
from smilero_tenants.sign_in.joining import JOIN

# A counter is busy, but nobody invites a hundred people in ten minutes by hand; and nobody is to be pestered.
PER_INVITER = Rule("invite-by", 100, 600, fails_closed=True)
PER_PHONE = Rule("invite-phone", 10, 3600, fails_closed=True)
PER_LIST = Rule("invite-list", 20, 3600, fails_closed=True)

_TEMPLATES: Mapping[Role, str] = {
    Role.OWNER: "messaging.invitation.owner",
    Role.STAFF: "messaging.invitation.staff",
    Role.OFFICER: "messaging.invitation.officer",
    Role.MERCHANT: "messaging.invitation.merchant",
    Role.CLERK: "messaging.invitation.clerk",
}


async def counted(pages: OwnPages, request: Request, phone: str | None = None) -> Problem | None:
    """Count who invites, with no transaction open; why it may not be done, or None.

    Args:
        phone: as it was written, for an invitation to a new number; it is counted too.
    """
    subjects = [(PER_INVITER, pages.blind_session(request))]
    if phone is not None:
        try:
            subjects.append((PER_PHONE, pages.blind(request, "phone", normal_phone(phone))))
        except Problem as problem:
            return problem
    return await pages.take(request, *subjects)


async def send(visit: Visit, outgoing: Outgoing, shop: str) -> None:
    """Queue the text. The link stands in the sealed message alone.

    Args:
        shop: the name of the shop, or of an officer's market; the texts to owners and staff do not say it.
    """
    body = visit.context.catalogue.text(
        visit.tenant.locale,
        _TEMPLATES[outgoing.role],
        name=visit.tenant.name,
        shop=shop,
        link=f"{visit.context.origin}{JOIN}/{outgoing.token}",
    )
    await visit.parts.messages.queue(visit.context.host, visit.tenant.id, outgoing.phone, _TEMPLATES[outgoing.role], body)
    visit.context.ring()


async def record_invited(visit: Visit, outgoing: Outgoing, shop: str) -> None:
    """Say in the log who was invited where: by the invitation's id, never by number or name."""
    await visit.context.audit.record(
        f"identity.audit.invited.{outgoing.role.value}",
        outgoing.invitation_id,
        after={"role": outgoing.role.value, **place_of(outgoing)},
        shop=shop,
    )
