"""Acting for a merchant: who does it just now, and whether her leave still stands. It is asked anew each time, as a role is."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from smilero_core.db.driver import Record
from smilero_core.db.session import Session
from smilero_core.identity.standing import SHUT, Standing, otherwise_of
from smilero_core.identity.tokens import token_hash
from smilero_sdk.context import Actor
from smilero_sdk.roles import Lent, Role

# Of a row `h` of core.helper: not ended, in time, and hers to give: she still is the merchant of that shop.
GIVEN = """
    h.ended_at is null and h.until > now() and exists (
      select from core.membership g
      where g.person_id = h.merchant_id and g.shop_id = h.shop_id and g.role = 'merchant' and g.ended_at is null
    )
"""
# And somebody took it.
STANDS = f"h.person_id is not null and {GIVEN}"
# What is read of it, with `g` her membership of that shop.
HELPED = f"""
    h.id as helping, h.merchant_id as helped_id, h.shop_id as helped_at, h.limits, h.until, {otherwise_of("g")} as helped_otherwise
"""


@dataclass(frozen=True)
class HelpingActor(Standing):
    """A helper at the merchant's shop, in her role.

    Attributes:
        helping_id: the leave by which it is done.
    """

    helping_id: UUID | None = None


@dataclass(frozen=True)
class Helping:
    """A merchant's leave that stands.

    Attributes:
        merchant: her name.
        otherwise: what the foundation says otherwise of her rights, as `Standing` has it: what she may not, no helper of hers may.
        shut: plugins that were switched off.
    """

    id: UUID
    merchant_id: UUID
    merchant: str
    shop_id: UUID
    limits: Lent
    until: datetime
    otherwise: tuple[str, ...]
    shut: tuple[str, ...]

    def actor(self, helper_id: UUID) -> HelpingActor:
        """Whoever helps, at that one shop."""
        return HelpingActor(
            Role.MERCHANT,
            helper_id,
            frozenset({self.shop_id}),
            on_behalf_of=self.merchant_id,
            otherwise=self.otherwise,
            shut=self.shut,
            helping_id=self.id,
        )


@dataclass(frozen=True)
class Chance:
    """A merchant whom somebody may help just now, at one of her shops."""

    helping: Helping
    shop: str


def helping_of(row: Record) -> Helping | None:
    """What a query with `HELPED` tells, `helped` her name and `SHUT`; None when nothing stands."""
    if row["helping"] is None:
        return None
    said = (tuple(row["helped_otherwise"]), tuple(row["shut"]))
    return Helping(row["helping"], row["helped_id"], row["helped"], row["helped_at"], Lent(row["limits"]), row["until"], *said)


def helping_of_actor(actor: Actor | None) -> UUID | None:
    """The leave by which somebody acts; None for one who acts for oneself."""
    return actor.helping_id if isinstance(actor, HelpingActor) else None


async def chances(session: Session, person_id: UUID) -> list[Chance]:
    """Whom somebody may help just now, by the shops' names."""
    rows = await session.fetch(
        f"""
        select p.name as helped, s.name as shop, {HELPED}, {SHUT}
        from core.helper h join core.person p on p.id = h.merchant_id join core.shop s on s.id = h.shop_id
        join core.membership g on g.person_id = h.merchant_id and g.shop_id = h.shop_id and g.role = 'merchant' and g.ended_at is null
        where h.person_id = $1 and {STANDS} order by s.name, h.id
        """,  # noqa: S608 - a constant of this module
        person_id,
    )
    return [Chance(helping, row["shop"]) for row in rows if (helping := helping_of(row))]


async def helping_that_stands(session: Session, helping_id: UUID, person_id: UUID) -> Helping | None:
    """One leave, if it is that person's and stands."""
    return next((one.helping for one in await chances(session, person_id) if one.helping.id == helping_id), None)


async def act_for(session: Session, token: str, helping: Helping) -> None:
    """Let a browser act for a merchant from now on."""
    await session.execute("update core.session set helping_id = $2 where token_hash = $1", token_hash(token), helping.id)


async def act_for_oneself(session: Session, session_id: UUID) -> bool:
    """Let a browser act for its owner again; False when it did already."""
    return await session.execute("update core.session set helping_id = null where id = $1 and helping_id is not null", session_id) == 1
