"""Invitations: a role for whoever holds a telephone number, at a shop, at a market or at the foundation, by a link that is sent to it.

The link is the proof of the number, as a code is. It is good once, for seven days, and only its hash is kept.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import UUID

from smilero_core.db.driver import Record
from smilero_core.db.session import Session
from smilero_core.identity.people import NewPerson, People
from smilero_core.identity.phone import normal_phone
from smilero_core.identity.rotation import INVITATION_PHONE, bring_forward
from smilero_core.identity.tokens import token_hash
from smilero_core.identity.vault import Vault
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.ids import uuid7
from smilero_sdk.roles import Role

LIFETIME = timedelta(days=7)
# A second tap on 다시 보내기 must not kill the link of the first.
_AGAIN_AFTER = timedelta(seconds=30)
_TOKEN_BYTES = 16
_PHONE = "phone"
ROLES = (Role.MERCHANT, Role.CLERK)
_OPEN = "used_at is null and revoked_at is null"
# Of a shop; without one, of the foundation and its markets.
_OF = "($2::uuid = shop_id or $2::uuid is null and shop_id is null)"


@dataclass(frozen=True)
class Invitee:
    """Who is invited, as what and where: merchants and clerks to a shop, officers to a market, owners and staff to the foundation."""

    phone: str
    name: str
    role: Role
    shop_id: UUID | None = None
    market_id: UUID | None = None


@dataclass(frozen=True)
class Outgoing:
    """A link to be sent.

    Attributes:
        phone: E.164.
        token: what the link ends in.
    """

    invitation_id: UUID
    phone: str
    token: str
    shop_id: UUID | None
    role: Role
    market_id: UUID | None = None


@dataclass(frozen=True)
class Waiting:
    """An invitation that nobody took yet, with the number's last four digits."""

    id: UUID
    name: str
    tail: str
    role: Role
    sent_at: datetime
    expired: bool
    market_id: UUID | None = None


@dataclass(frozen=True)
class Offer:
    """What a link offers.

    Attributes:
        shop: the name of the shop or the market; empty for the foundation itself.
    """

    invitation_id: UUID
    shop_id: UUID | None
    shop: str
    role: Role
    market_id: UUID | None = None


@dataclass(frozen=True)
class Taken:
    """Who took an invitation."""

    person_id: UUID
    offer: Offer


def place_of(one: Outgoing | Offer) -> dict[str, UUID]:
    """Where, as the log has it: the shop of merchants and clerks, the market of officers, nothing for the foundation itself."""
    return {name: value for name, value in (("shop_id", one.shop_id), ("market_id", one.market_id)) if value is not None}


class Invitations:
    """Invitations within one transaction.

    Args:
        session: the application's own session, bound to the tenant.
    """

    def __init__(self, session: Session, tenant_id: UUID, vault: Vault) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._vault = vault
        self._people = People(session, tenant_id, vault)

    async def invite(self, invitee: Invitee, by: UUID) -> Outgoing | None:
        """Offer a role; None when just that is offered to the number already.

        Raises `identity.phone`, `http.not_found`, `invitations.here_already` (409), `invitations.left` (409) for a shop that is no more.
        """
        normal = normal_phone(invitee.phone)
        await self._require_place(invitee, normal)
        index = self._vault.index(self._tenant_id, _PHONE, normal)
        await bring_forward(self._session, self._vault, self._tenant_id, INVITATION_PHONE, [normal])
        await self._session.execute(
            f"""
            update core.invitation set revoked_at = now()
            where phone_index = $1 and {_OF} and market_id is not distinct from $4 and role = $3 and {_OPEN} and expires_at <= now()
            """,  # noqa: S608 - constants of this module
            index,
            invitee.shop_id,
            invitee.role.value,
            invitee.market_id,
        )
        invitation_id, token = uuid7(), secrets.token_urlsafe(_TOKEN_BYTES)
        made = await self._session.execute(
            f"""
            insert into core.invitation (id, phone_index, phone_sealed, name, role, shop_id, token_hash, invited_by, expires_at, market_id)
            values ($1, $2, $3, $4, $5, $6, $7, $8, now() + $9::interval, $10)
            on conflict (tenant_id, phone_index, shop_id, market_id, role) where {_OPEN} do nothing
            """,  # noqa: S608 - as above
            invitation_id,
            index,
            self._vault.seal(self._tenant_id, _PHONE, normal),
            invitee.name,
            invitee.role.value,
            invitee.shop_id,
            token_hash(token),
            by,
            LIFETIME,
            invitee.market_id,
        )
        return Outgoing(invitation_id, normal, token, invitee.shop_id, invitee.role, invitee.market_id) if made else None

    async def again(self, invitation_id: UUID, shop_id: UUID | None) -> Outgoing | None:
        """A new link for an invitation, good for seven days; the old link is void. None for a second tap. Raises `http.not_found`."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        row = await self._session.fetch_row(
            f"""
            update core.invitation set token_hash = $3, sent_at = now(), expires_at = now() + $4::interval
            where id = $1 and {_OF} and {_OPEN} and sent_at < now() - $5::interval returning phone_sealed, role, market_id
            """,  # noqa: S608 - as above
            invitation_id,
            shop_id,
            token_hash(token),
            LIFETIME,
            _AGAIN_AFTER,
        )
        if row is None:
            await self._require(invitation_id, shop_id)
            return None
        return Outgoing(invitation_id, self._opened(row), token, shop_id, Role(row["role"]), row["market_id"])

    async def revoke(self, invitation_id: UUID, shop_id: UUID | None) -> bool:
        """Take an invitation back; False when it was already, or was taken. Raises `http.not_found`."""
        await self._require(invitation_id, shop_id)
        sql = f"update core.invitation set revoked_at = now() where id = $1 and {_OPEN}"  # noqa: S608 - as above
        return await self._session.execute(sql, invitation_id) == 1

    async def waiting(self, shop_id: UUID | None) -> list[Waiting]:
        """What is offered at a shop, or by None at the foundation and its markets, and was not taken yet, the newest first."""
        where = "shop_id is null and $1::uuid is null" if shop_id is None else "shop_id = $1"
        rows = await self._session.fetch(
            f"select *, expires_at <= now() as expired from core.invitation where {where} and {_OPEN} order by id desc",  # noqa: S608 - as above
            shop_id,
        )
        return [self._waiting(row) for row in rows]

    async def role_of(self, invitation_id: UUID) -> Role:
        """As what somebody is invited to the foundation or a market. Raises `http.not_found`."""
        found = await self._session.fetch_value("select role from core.invitation where id = $1 and shop_id is null", invitation_id)
        if not isinstance(found, str):
            raise not_found("invitation")
        return Role(found)

    async def offer(self, token: str) -> Offer | None:
        """What a link offers, if it is good. It changes nothing."""
        row = await self._session.fetch_row(
            f"""
            select i.id, i.shop_id, i.market_id, i.role, coalesce(s.name, k.name, '') as name
            from core.invitation i left join core.shop s on s.id = i.shop_id left join core.market k on k.id = i.market_id
            where i.token_hash = $1 and {_OPEN} and i.expires_at > now() and s.status is distinct from 'left'
            """,  # noqa: S608 - as above
            token_hash(token),
        )
        return Offer(row["id"], row["shop_id"], row["name"], Role(row["role"]), row["market_id"]) if row else None

    async def take(self, token: str, language: str) -> Taken | None:
        """Take what a link offers: exactly that role at that place. The row is locked by its use, so of two taps one takes it."""
        offer = await self.offer(token)
        if offer is None:
            return None
        row = await self._session.fetch_row(
            f"""
            update core.invitation set used_at = now() where id = $1 and token_hash = $2 and {_OPEN} and expires_at > now()
            returning phone_sealed, name
            """,  # noqa: S608 - as above
            offer.invitation_id,
            token_hash(token),
        )
        if row is None:
            return None
        new = NewPerson(self._opened(row), row["name"], ((offer.role, offer.shop_id or offer.market_id),))
        (person_id,) = await self._people.ensure([new], language)
        # Somebody who was a customer first has no name yet.
        await self._session.execute("update core.person set name = $2 where id = $1 and name = ''", person_id, row["name"])
        await self._session.execute("update core.invitation set used_by = $2 where id = $1", offer.invitation_id, person_id)
        return Taken(person_id, offer)

    async def taker(self, token: str) -> UUID | None:
        """Who took a link, if anybody did."""
        found = await self._session.fetch_value("select used_by from core.invitation where token_hash = $1", token_hash(token))
        return found if isinstance(found, UUID) else None

    async def _require_place(self, invitee: Invitee, phone: str) -> None:
        if invitee.shop_id is not None:
            await self._require_shop(invitee.shop_id)
        elif invitee.market_id is not None and not await self._market_is_here(invitee.market_id):
            raise not_found("market")
        held = await self._session.fetch_value(
            """
            select true from core.membership m join core.person p on p.id = m.person_id
            where p.phone_index = any($1::bytea[]) and m.role = $3 and m.ended_at is null
              and m.shop_id is not distinct from $2 and m.market_id is not distinct from $4
            """,
            self._vault.indexes(self._tenant_id, _PHONE, phone),
            invitee.shop_id,
            invitee.role.value,
            invitee.market_id,
        )
        if held:
            raise Problem("invitations.here_already", HTTPStatus.CONFLICT)

    async def _require_shop(self, shop_id: UUID) -> None:
        status = await self._session.fetch_value("select status from core.shop where id = $1", shop_id)
        if status is None:
            raise not_found("shop")
        if status == "left":
            raise Problem("invitations.left", HTTPStatus.CONFLICT)

    async def _market_is_here(self, market_id: UUID) -> bool:
        return bool(await self._session.fetch_value("select true from core.market where id = $1", market_id))

    async def _require(self, invitation_id: UUID, shop_id: UUID | None) -> None:
        sql = f"select true from core.invitation where id = $1 and {_OF}"  # noqa: S608 - as above
        if not await self._session.fetch_value(sql, invitation_id, shop_id):
            raise not_found("invitation")

    def _waiting(self, row: Record) -> Waiting:
        return Waiting(row["id"], row["name"], self._opened(row)[-4:], Role(row["role"]), row["sent_at"], row["expired"], row["market_id"])

    def _opened(self, row: Record) -> str:
        return self._vault.open(self._tenant_id, _PHONE, row["phone_sealed"])
