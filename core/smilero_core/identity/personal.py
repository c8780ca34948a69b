"""What the core itself stores about a person, for that person to read, and how it is blanked.

Rows that others refer to stay, without the person in them: a redemption is still counted when nobody knows whose it was.
"""

from datetime import datetime
from uuid import UUID

from smilero_core.db.session import Session
from smilero_core.identity.outside.logins import OutsideLogins
from smilero_core.identity.phone import spoken_phone
from smilero_core.identity.vault import MESSAGE_BODY, Vault
from smilero_sdk.answers import PersonSection
from smilero_sdk.errors import not_found

_PHONE = "phone"
# A failure's trace may hold what somebody typed. A shorter word would be in every trace.
_SHORTEST_NAME = 2

_ENDED = (
    "update core.session set ended_at = now() where person_id = $1 and ended_at is null",
    "update core.api_token set revoked_at = coalesce(revoked_at, now()), name = '' where person_id = $1",
    "update core.oauth_grant set ended_at = now() where person_id = $1 and ended_at is null",
    "update core.membership set ended_at = now() where person_id = $1 and ended_at is null",
    "delete from core.permission_choice where person_id = $1",
    "delete from core.passkey where person_id = $1",
    "delete from core.recovery_code where person_id = $1",
    "delete from core.second_factor where person_id = $1",
    "delete from core.outside_login where person_id = $1",
    """
    update core.helper set ended_at = coalesce(ended_at, now()), relation = 'other', phone_index = null, phone_sealed = null,
      token_hash = null
    where $1 in (merchant_id, person_id)
    """,
    "update core.showing set ended_at = coalesce(ended_at, now()), path = '', session_id = null where $1 in (merchant_id, staff_id)",
    # Answers that were kept for a repeated command say what the person did.
    "delete from core.idempotency where split_part(caller, ':', 2) = $1::uuid::text",
    # What waits for a second person was asked for by nobody any more; what was written beside it goes too.
    """
    update core.approval set body_sealed = '', body_hash = '', why = '', reason = '', outcome = null,
      state = case state when 'waiting' then 'void' else state end, decided_at = coalesce(decided_at, now())
    where $1 in (asked_by, on_behalf_of)
    """,
    "update core.approval set reason = '' where decided_by = $1",
    # What was still to be done on the person's word would be put aside now; what it was told goes with it.
    "delete from core.job where asked_by = $1",
)
_FORGOTTEN = (
    """
    update core.message set recipient_sealed = '', recipient_index = null, body_sealed = '',
      state = case state when 'queued' then 'failed' else state end
    where recipient_index = any($1::bytea[])
    """,
    "delete from core.sign_in_code where phone_index = any($1::bytea[])",
    "delete from core.invitation where phone_index = any($1::bytea[])",
    # Asked, and never came.
    "delete from core.helper where phone_index = any($1::bytea[])",
)


class PersonalData:
    """The people of a tenant within one transaction.

    Args:
        session: the application's own session, bound to the tenant.
    """

    def __init__(self, session: Session, tenant_id: UUID, vault: Vault) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._vault = vault

    async def sections(self, person_id: UUID) -> list[PersonSection]:
        """Who the person is, what the person may do, when the person signed in, and what the person was told. Raises `http.not_found`."""
        row = await self._session.fetch_row("select * from core.person where id = $1", person_id)
        if row is None:
            raise not_found("person")
        phone = self._vault.open(self._tenant_id, _PHONE, row["phone_sealed"]) if row["phone_sealed"] else None
        profile = {
            "name": row["name"],
            "phone": spoken_phone(phone) if phone else None,
            "language": row["language"],
            "since": _told(row["created_at"]),
        }
        return [
            PersonSection("person.profile", [profile]),
            PersonSection("person.roles", await self._roles(person_id)),
            PersonSection("person.rights", await self._rights(person_id)),
            PersonSection("person.helping", await self._helping(person_id)),
            PersonSection("person.showing", await self._showing(person_id)),
            PersonSection("person.sessions", await self._sessions(person_id)),
            PersonSection("person.tokens", await self._tokens(person_id)),
            PersonSection("person.programs", await self._programs(person_id)),
            PersonSection("person.factors", await self._factors(person_id)),
            PersonSection("person.outside_logins", await OutsideLogins(self._session, self._tenant_id, self._vault).told(person_id)),
            PersonSection("person.messages", await self._messages(self._indexes(phone))),
            PersonSection("person.approvals", await self._approvals(person_id)),
            PersonSection("person.files", await self._files(person_id)),
        ]

    async def owned_shops(self, person_id: UUID) -> list[str]:
        """The names of the shops that somebody runs just now."""
        rows = await self._session.fetch(
            """
            select distinct s.name from core.membership m join core.shop s on s.id = m.shop_id
            where m.person_id = $1 and m.role = 'merchant' and m.ended_at is null and s.status <> 'left' order by 1
            """,
            person_id,
        )
        return [row["name"] for row in rows]

    async def erase(self, person_id: UUID) -> bool:
        """Blank name and number, end what was open, forget messages and codes; False when done before. Raises `http.not_found`."""
        row = await self._session.fetch_row("select * from core.person where id = $1 for no key update", person_id)
        if row is None:
            raise not_found("person")
        for sql in _ENDED:
            await self._session.execute(sql, person_id)
        phone = self._vault.open(self._tenant_id, _PHONE, row["phone_sealed"]) if row["phone_sealed"] else None
        for sql in _FORGOTTEN:
            await self._session.execute(sql, self._indexes(phone))
        await self._forget_failures(row["name"], phone)
        await self._session.execute(
            "update core.person set name = '', phone_sealed = null, phone_index = null, phone_tail_index = null where id = $1", person_id
        )
        return bool(row["name"] or row["phone_sealed"])

    async def forget_files(self, person_id: UUID) -> list[tuple[str, UUID]]:
        """Delete the rows of all files that somebody put in; the plugin and id of each, for the objects to go after the commit."""
        rows = await self._session.fetch("select plugin, id from core.file where created_by = $1", person_id)
        await self._session.execute("delete from core.file where created_by = $1", person_id)
        return [(row["plugin"], row["id"]) for row in rows]

    def _indexes(self, phone: str | None) -> list[bytes]:
        return self._vault.indexes(self._tenant_id, _PHONE, phone) if phone else []

    async def _forget_failures(self, name: str, phone: str | None) -> None:
        words = [name] if len(name) >= _SHORTEST_NAME else []
        if phone is not None:
            spoken = spoken_phone(phone)
            words += [phone, spoken, spoken.replace("-", "")]
        for word in words:
            await self._session.execute("delete from core.plugin_failure where strpos(error || trace, $1) > 0", word)

    async def _roles(self, person_id: UUID) -> list[dict[str, object]]:
        rows = await self._session.fetch(
            """
            select m.role, s.name as shop, k.name as market, m.created_at, m.ended_at
            from core.membership m left join core.shop s on s.id = m.shop_id left join core.market k on k.id = m.market_id
            where m.person_id = $1 order by m.id
            """,
            person_id,
        )
        return [
            {"role": row["role"], "shop": row["shop"] or row["market"], "since": _told(row["created_at"]), "until": _told(row["ended_at"])}
            for row in rows
        ]

    async def _rights(self, person_id: UUID) -> list[dict[str, object]]:
        """What the foundation says of this person otherwise than of its other staff."""
        rows = await self._session.fetch(
            "select permission, allowed, created_at from core.permission_choice where person_id = $1 order by id", person_id
        )
        return [{"right": row["permission"], "allowed": row["allowed"], "since": _told(row["created_at"])} for row in rows]

    async def _helping(self, person_id: UUID) -> list[dict[str, object]]:
        rows = await self._session.fetch(
            """
            select case h.merchant_id when $1 then 'merchant' else 'helper' end as role, s.name as shop, h.limits, h.created_at,
              coalesce(h.ended_at, h.until) as ends_at
            from core.helper h join core.shop s on s.id = h.shop_id where $1 in (h.merchant_id, h.person_id) order by h.id
            """,
            person_id,
        )
        return [
            {
                "role": row["role"],
                "shop": row["shop"],
                "limits": row["limits"],
                "since": _told(row["created_at"]),
                "until": _told(row["ends_at"]),
            }
            for row in rows
        ]

    async def _showing(self, person_id: UUID) -> list[dict[str, object]]:
        rows = await self._session.fetch(
            """
            select case merchant_id when $1 then 'merchant' else 'staff' end as role, created_at, allowed_at,
              least(ended_at, until) as over_at, case when merchant_id = $1 then path else '' end as path
            from core.showing where $1 in (merchant_id, staff_id) order by id
            """,
            person_id,
        )
        return [
            {
                "role": row["role"],
                "asked": _told(row["created_at"]),
                "since": _told(row["allowed_at"]),
                "until": _told(row["over_at"]),
                # What she looked for stands behind the path, and is hers.
                "page": row["path"],
            }
            for row in rows
        ]

    async def _sessions(self, person_id: UUID) -> list[dict[str, object]]:
        rows = await self._session.fetch("select created_at, ended_at from core.session where person_id = $1 order by id", person_id)
        return [{"since": _told(row["created_at"]), "until": _told(row["ended_at"])} for row in rows]

    async def _tokens(self, person_id: UUID) -> list[dict[str, object]]:
        rows = await self._session.fetch("select * from core.api_token where person_id = $1 order by id", person_id)
        return [
            {
                "name": row["name"],
                "role": row["role"],
                "scopes": None if row["scopes"] is None else " ".join(row["scopes"]),
                "since": _told(row["created_at"]),
                "until": _told(row["revoked_at"] or row["expires_at"]),
                "used": row["last_used_on"].isoformat() if row["last_used_on"] else None,
            }
            for row in rows
        ]

    async def _programs(self, person_id: UUID) -> list[dict[str, object]]:
        rows = await self._session.fetch(
            """
            select c.name, g.role, g.scopes, g.created_at, coalesce(g.ended_at, g.expires_at) as until
            from core.oauth_grant g join core.oauth_client c on c.id = g.client_id where g.person_id = $1 order by g.id
            """,
            person_id,
        )
        return [
            {
                "name": row["name"],
                "role": row["role"],
                "scopes": " ".join(row["scopes"]),
                "since": _told(row["created_at"]),
                "until": _told(row["until"]),
            }
            for row in rows
        ]

    async def _factors(self, person_id: UUID) -> list[dict[str, object]]:
        """What there is, and not what it opens with."""
        rows = await self._session.fetch(
            """
            select 'passkey' as kind, name, created_at as since, used_at as used, null::bigint as count
            from core.passkey where person_id = $1
            union all select 'app', '', app_since, null, null from core.second_factor where person_id = $1 and app_sealed is not null
            union all select 'recovery', '', null, null, count(*) from core.recovery_code
              where person_id = $1 and used_at is null having count(*) > 0
            order by 1, 3
            """,
            person_id,
        )
        return [
            {"kind": row["kind"], "name": row["name"], "since": _told(row["since"]), "used": _told(row["used"]), "count": row["count"]}
            for row in rows
        ]

    async def _approvals(self, person_id: UUID) -> list[dict[str, object]]:
        """What the person asked a second one for, and what the person confirmed or refused."""
        rows = await self._session.fetch(
            """
            select name, state, asked_at, decided_at, why, reason, $1 in (asked_by, on_behalf_of) as asked from core.approval
            where $1 in (asked_by, on_behalf_of, decided_by) order by asked_at, id
            """,
            person_id,
        )
        return [
            {
                "approval": row["name"],
                "approval_state": row["state"],
                "since": _told(row["asked_at"]),
                "until": _told(row["decided_at"]),
                "text": row["why"] if row["asked"] else row["reason"],
            }
            for row in rows
        ]

    async def _files(self, person_id: UUID) -> list[dict[str, object]]:
        rows = await self._session.fetch("select name, created_at from core.file where created_by = $1 order by created_at, id", person_id)
        return [{"file": row["name"], "at": _told(row["created_at"])} for row in rows]

    async def _messages(self, indexes: list[bytes]) -> list[dict[str, object]]:
        rows = await self._session.fetch(
            "select body_sealed, state, created_at from core.message where recipient_index = any($1::bytea[]) order by created_at, id",
            indexes,
        )
        return [
            {
                "at": _told(row["created_at"]),
                "text": self._vault.open(self._tenant_id, MESSAGE_BODY, row["body_sealed"]),
                "state": row["state"],
            }
            for row in rows
        ]


def _told(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
