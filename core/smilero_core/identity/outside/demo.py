"""The demo's own provider, which every demo foundation has."""

from uuid import UUID

from smilero_core.db.session import Session
from smilero_core.identity.outside.kinds import Kind
from smilero_core.identity.outside.providers import Choice, Providers
from smilero_core.identity.vault import Vault

_CLIENT = "smilero-demo"


async def offer_demo_login(session: Session, tenant_id: UUID, vault: Vault, issuer: str, label: str) -> None:
    """Have it, at the address where it listens this time.

    Nowhere else does an issuer change: here the same program, with the same people, has only taken another port.
    """
    moved = await session.execute("update core.outside_provider set issuer = $2 where client_id = $1 and kind = 'oidc'", _CLIENT, issuer)
    if not moved:
        choice = Choice(label, "demo", own_callback=False, enabled=True)
        await Providers(session, tenant_id, vault).add(Kind.OIDC, issuer, _CLIENT, choice)
