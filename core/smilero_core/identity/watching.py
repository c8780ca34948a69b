"""Being shown a merchant's screen: who it is at the portal just now, asked anew at each request, as a role is.

A browser of the foundation's is itself everywhere but at the portal. There it has the merchant's role at her shops, as far as she may
lend it, and may look alone.
"""

from dataclasses import replace

from smilero_core.db.session import Session
from smilero_core.identity.access import SCREENS_WATCH, Access
from smilero_core.identity.sessions import SignedIn, signed_in
from smilero_core.identity.showing import WATCHED, LookingActor, watching_of
from smilero_core.identity.standing import STANDING, standing
from smilero_sdk.roles import Role

_OFFICE = (Role.OWNER, Role.STAFF)


async def watched(session: Session, access: Access, token: str, visitor: SignedIn) -> SignedIn:
    """A visitor of the portal: as she is there, for somebody to whom she shows her screen; else the visitor's own self.

    What was shown and is over makes nobody of the visitor, until whoever it is says so: a page that was opened for her is not to be
    followed by one of one's own.
    """
    if visitor.watching_id is None:
        return visitor
    rows = await session.fetch(
        f"""
        select {WATCHED}, v.shop_id as chosen, m.role, m.shop_id, {STANDING}
        from core.showing w
        join core.person k on k.id = w.merchant_id
        left join core.session v on v.id = w.session_id
        left join core.membership m on m.person_id = w.merchant_id and m.role in ('merchant', 'clerk') and m.ended_at is null
        where w.id = $1 order by m.role = 'merchant' desc, m.created_at, m.id
        """,  # noqa: S608 - constants of this package
        visitor.watching_id,
    )
    first = rows[0]
    if not first["allowed"]:
        return visitor
    desk = await signed_in(session, token, _OFFICE)
    by = access.equip(desk.actor) if desk and desk.actor else None
    if by is None or not by.may(SCREENS_WATCH) or not first["stands"] or first["role"] is None:
        return replace(visitor, actor=None, shop_id=None, watching_over=True)
    shops = [row["shop_id"] for row in rows if row["role"] == first["role"]]
    hers = standing(Role(first["role"]), visitor.person_id, shops, first)
    actor = LookingActor(
        hers.role,
        hers.person_id,
        hers.shop_ids,
        on_behalf_of=first["merchant_id"],
        otherwise=hers.otherwise,
        shut=hers.shut,
        showing_id=first["id"],
    )
    chosen = first["chosen"] if first["chosen"] in shops else shops[0]
    return replace(visitor, actor=actor, shop_id=chosen, watching=watching_of(rows, by), showing_id=None)
