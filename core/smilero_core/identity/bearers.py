"""Who holds a bearer token of the API, whatever kind it is: a person's own, or a program's from outside."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from smilero_core.db.driver import Record
from smilero_core.db.session import Session
from smilero_core.identity.grants import ACCESS_PREFIX
from smilero_core.identity.standing import STANDING, Standing, standing
from smilero_core.identity.tokens import token_hash
from smilero_sdk.context import Program
from smilero_sdk.roles import Role

_SHOP_ROLES = (Role.MERCHANT, Role.CLERK)

_OWN = f"""
    select m.*, {STANDING} from (
      select t.id, t.person_id, t.role, t.scopes, t.last_used_on, array_agg(w.shop_id) filter (where w.shop_id is not null) as shops
      from core.api_token t
      join core.membership w on w.person_id = t.person_id and w.role = t.role and w.ended_at is null
      join core.tenant f on f.id = t.tenant_id and f.status = 'active'
      where t.token_hash = $1 and t.revoked_at is null and t.expires_at > now()
      group by t.tenant_id, t.id
    ) m
"""  # noqa: S608 - a constant of the package
# A program that acts by itself has no person, and needs no membership; in a person's name it may what she may.
_PROGRAM = f"""
    select m.*, {STANDING} from (
      select g.person_id, g.role, t.scopes, c.id as client_id, c.name as client,
        array_agg(w.shop_id) filter (where w.shop_id is not null) as shops
      from core.oauth_token t
      join core.oauth_grant g on g.id = t.grant_id and g.ended_at is null and (g.expires_at is null or g.expires_at > now())
      join core.oauth_client c on c.id = g.client_id and c.ended_at is null
      join core.tenant f on f.id = t.tenant_id and f.status = 'active'
      left join core.membership w on w.person_id = g.person_id and w.role = g.role and w.ended_at is null
      where t.token_hash = $1 and t.kind = 'access' and t.revoked_at is null and t.expires_at > now()
      group by g.tenant_id, g.id, t.tenant_id, t.id, c.tenant_id, c.id
      having count(w.id) > 0 or (g.person_id is null and c.unattended)
    ) m
"""  # noqa: S608 - as above


@dataclass(frozen=True)
class Bearer:
    """Who comes with a token.

    Attributes:
        scopes: the most that the token lets through; None: all that the role has.
        own_token: the id of a person's own token; None for a program's.
        last_used_on: of a person's own token.
    """

    actor: Standing
    scopes: frozenset[str] | None
    own_token: UUID | None = None
    last_used_on: date | None = None


async def bearer_of(session: Session, token: str) -> Bearer | None:
    """Who holds a token, if it is good and the role still is the person's; None otherwise.

    Role, program and foundation are asked anew each time, so one taken away, ended or suspended is gone at the next request.
    """
    if token.startswith(ACCESS_PREFIX):
        row = await session.fetch_row(_PROGRAM, token_hash(token))
        return Bearer(_actor(row, Program(row["client_id"], row["client"])), frozenset(row["scopes"])) if row else None
    row = await session.fetch_row(_OWN, token_hash(token))
    if row is None:
        return None
    scopes = None if row["scopes"] is None else frozenset(row["scopes"])
    return Bearer(_actor(row), scopes, row["id"], row["last_used_on"])


async def note_use(session: Session, token_id: UUID, day: date) -> None:
    """Remember the day on which a person's own token was used last."""
    await session.execute("update core.api_token set last_used_on = $2 where id = $1", token_id, day)


def _actor(row: Record, program: Program | None = None) -> Standing:
    role = Role(row["role"])
    shops = frozenset(row["shops"] or ()) if role in _SHOP_ROLES else frozenset()
    return replace(standing(role, row["person_id"], shops, row), program=program)
