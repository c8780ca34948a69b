"""Helpers: a merchant lets somebody act for her at a shop, for a time and within limits, by a link that is sent to a number.

The link is the proof of the number, as an invitation's is: good once, for seven days, and only its hash is kept. The number itself is
forgotten when it is taken, the person being known by then.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import UUID

from smilero_core.db.driver import Record
from smilero_core.db.session import Session
from smilero_core.identity.helping import GIVEN, STANDS
from smilero_core.identity.people import NewPerson, People
from smilero_core.identity.phone import normal_phone
from smilero_core.identity.rotation import HELPER_PHONE, bring_forward
from smilero_core.identity.tokens import token_hash
from smilero_core.identity.vault import Vault
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.ids import uuid7
from smilero_sdk.roles import Lent

LONGEST = timedelta(days=90)
# Who somebody is to the merchant: a tap, not a name to be typed.
RELATIONS = ("daughter", "son", "spouse", "clerk", "other")
_TOKEN_BYTES = 16
_PHONE = "phone"
# Nobody took it yet, and the link is not too old.
_OFFERED = f"h.person_id is null and h.created_at > now() - interval '7 days' and {GIVEN}"


@dataclass(frozen=True)
class Leave:
    """What a merchant lets somebody do.

    Attributes:
        until: 90 days at most.
    """

    merchant_id: UUID
    shop_id: UUID
    limits: Lent
    until: datetime


@dataclass(frozen=True)
class HelpOffer:
    """What a link offers.

    Attributes:
        merchant, shop: their names.
        named: whether the number is somebody's whose name we know.
    """

    id: UUID
    merchant_id: UUID
    merchant: str
    shop_id: UUID
    shop: str
    limits: Lent
    until: datetime
    named: bool


@dataclass(frozen=True)
class Helper:
    """Somebody who helps, or was asked to.

    Attributes:
        person_id: None: the link was not tapped yet.
        name: of the person; empty when nobody has tapped.
    """

    id: UUID
    person_id: UUID | None
    name: str
    relation: str
    limits: Lent
    until: datetime


class Helpers:
    """Helpers within one transaction.

    Args:
        session: the application's own session, bound to the tenant.
    """

    def __init__(self, session: Session, tenant_id: UUID, vault: Vault) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._vault = vault

    async def ask(self, leave: Leave, phone: str, relation: str) -> tuple[UUID, str] | None:
        """Offer it to a number: the leave's id, and what its link ends in. None when the number has one of hers for this shop already.

        Raises `identity.phone`, `helpers.yourself` (422).
        """
        normal = normal_phone(phone)
        await bring_forward(self._session, self._vault, self._tenant_id, HELPER_PHONE, [normal])
        index = self._vault.index(self._tenant_id, _PHONE, normal)
        hers = "select true from core.person where id = $1 and phone_index = any($2::bytea[])"
        if await self._session.fetch_value(hers, leave.merchant_id, self._vault.indexes(self._tenant_id, _PHONE, normal)):
            raise Problem("helpers.yourself", HTTPStatus.UNPROCESSABLE_ENTITY)
        await self._session.execute(
            f"""
            update core.helper h set ended_at = now(), phone_index = null, phone_sealed = null
            where h.merchant_id = $1 and h.shop_id = $2 and h.phone_index = $3 and h.ended_at is null
              and not ({STANDS}) and not ({_OFFERED})
            """,  # noqa: S608 - constants of this package
            leave.merchant_id,
            leave.shop_id,
            index,
        )
        helper_id, token = uuid7(), secrets.token_urlsafe(_TOKEN_BYTES)
        made = await self._session.execute(
            """
            insert into core.helper (id, merchant_id, shop_id, relation, limits, phone_index, phone_sealed, token_hash, until)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            on conflict (tenant_id, merchant_id, shop_id, phone_index) where ended_at is null do nothing
            """,
            helper_id,
            leave.merchant_id,
            leave.shop_id,
            relation,
            leave.limits.value,
            index,
            self._vault.seal(self._tenant_id, _PHONE, normal),
            token_hash(token),
            leave.until,
        )
        return (helper_id, token) if made else None

    async def phone_of(self, person_id: UUID) -> str:
        """The number of somebody who works at her shop. Raises `http.not_found` for one who has none any more."""
        sealed = await self._session.fetch_value("select phone_sealed from core.person where id = $1", person_id)
        if not isinstance(sealed, bytes):
            raise not_found("person")
        return self._vault.open(self._tenant_id, _PHONE, sealed)

    async def at(self, merchant_id: UUID, shop_id: UUID) -> list[Helper]:
        """Who helps her at a shop or is asked to, the newest first."""
        rows = await self._session.fetch(
            f"""
            select h.*, coalesce(p.name, '') as name from core.helper h left join core.person p on p.id = h.person_id
            where h.merchant_id = $1 and h.shop_id = $2 and (({STANDS}) or ({_OFFERED})) and h.ended_at is null order by h.id desc
            """,  # noqa: S608 - as above
            merchant_id,
            shop_id,
        )
        return [_helper(row) for row in rows]

    async def end(self, helper_id: UUID, merchant_id: UUID) -> Helper | None:
        """Take a leave back: the next request by it is nobody's. None when it was over already. Raises `http.not_found` for another's."""
        row = await self._session.fetch_row(
            """
            select h.*, coalesce(p.name, '') as name from core.helper h left join core.person p on p.id = h.person_id
            where h.id = $1 and h.merchant_id = $2 for no key update of h
            """,
            helper_id,
            merchant_id,
        )
        if row is None:
            raise not_found("helper")
        if row["ended_at"] is not None:
            return None
        await self._session.execute(
            "update core.helper set ended_at = now(), phone_index = null, phone_sealed = null where id = $1", helper_id
        )
        return _helper(row)

    async def offer(self, token: str) -> HelpOffer | None:
        """What a link offers, if it is good. It changes nothing."""
        row = await self._session.fetch_row(
            f"""
            select h.id, h.merchant_id, m.name as merchant, h.shop_id, s.name as shop, h.limits, h.until,
              exists (select from core.person p where p.phone_index = h.phone_index and p.name <> '') as named
            from core.helper h join core.person m on m.id = h.merchant_id join core.shop s on s.id = h.shop_id
            where h.token_hash = $1 and {_OFFERED}
            """,  # noqa: S608 - as above
            token_hash(token),
        )
        return HelpOffer(**{**dict(row), "limits": Lent(row["limits"])}) if row else None

    async def take(self, offer: HelpOffer, name: str, language: str) -> UUID | None:
        """Become the helper: a person without a role, if the number was nobody's. Of two taps one takes it; None for the other.

        Raises `helpers.yourself` (422) for the merchant, whose number it has become.

        Args:
            name: how the helper wants to be called; it counts where we know none.
        """
        sealed = await self._session.fetch_value(
            f"""
            with taken as (
              update core.helper h set taken_at = now(), phone_sealed = null where h.id = $1 and h.taken_at is null and {_OFFERED}
              returning h.id
            )
            select h.phone_sealed from core.helper h join taken on taken.id = h.id
            """,  # noqa: S608 - as above
            offer.id,
        )
        if not isinstance(sealed, bytes):
            return None
        phone = self._vault.open(self._tenant_id, _PHONE, sealed)
        (person_id,) = await People(self._session, self._tenant_id, self._vault).ensure([NewPerson(phone, name)], language)
        if person_id == offer.merchant_id:
            raise Problem("helpers.yourself", HTTPStatus.UNPROCESSABLE_ENTITY)
        await self._session.execute("update core.person set name = $2 where id = $1 and name = ''", person_id, name)
        await self._session.execute("update core.helper set person_id = $2 where id = $1", offer.id, person_id)
        return person_id

    async def taker(self, token: str) -> UUID | None:
        """Who took a link, if anybody did."""
        found = await self._session.fetch_value("select person_id from core.helper where token_hash = $1", token_hash(token))
        return found if isinstance(found, UUID) else None


def _helper(row: Record) -> Helper:
    return Helper(row["id"], row["person_id"], row["name"], row["relation"], Lent(row["limits"]), row["until"])
