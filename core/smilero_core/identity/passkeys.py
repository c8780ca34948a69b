"""Passkeys (W3C Web Authentication, Level 2): discoverable, the person verified by the device, good at one host alone."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import parse_authentication_credential_json, parse_client_data_json, parse_registration_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from smilero_core.db.driver import Record
from smilero_core.db.session import Session
from smilero_core.identity.vault import Vault
from smilero_sdk.errors import not_found
from smilero_sdk.ids import uuid7

LIFETIME = timedelta(minutes=5)
MOST = 10
# What a credential that is nobody's, or is made up, may raise in the library besides its own errors.
_UNREADABLE = (WebAuthnException, ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)


class Ceremony(StrEnum):
    """What a challenge is for; it is worth nothing for another."""

    ADD = "add"
    SIGN_IN = "sign in"
    FACTOR = "factor"


@dataclass(frozen=True)
class Asking:
    """Who asks a browser for a passkey.

    Attributes:
        host: the relying party: the tenant's host without its port. A passkey is good there and nowhere else.
        origin: scheme, host and port; compared as a whole.
        browser: what only this browser has: its session, or the cookie of its device.
    """

    host: str
    origin: str
    browser: str


@dataclass(frozen=True)
class Passkey:
    """One of somebody's."""

    id: UUID
    name: str
    since: datetime
    used_at: datetime | None


class Passkeys:
    """The passkeys of a tenant within one transaction. A challenge that was answered wrongly is spent too: commit before you refuse.

    Args:
        session: the application's own session, bound to the tenant.
    """

    def __init__(self, session: Session, tenant_id: UUID, vault: Vault) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._vault = vault

    async def of(self, person_id: UUID) -> list[Passkey]:
        """Somebody's, the oldest first."""
        rows = await self._session.fetch(
            "select id, name, created_at, used_at from core.passkey where person_id = $1 order by created_at, id", person_id
        )
        return [Passkey(row["id"], row["name"], row["created_at"], row["used_at"]) for row in rows]

    async def ask_new(self, asking: Asking, body: str, person_id: UUID, person: str) -> str:
        """The options, as JSON, by which a browser makes a passkey.

        Args:
            body: the foundation, and `person`: whose passkey it is, as the device shows them.
        """
        made = generate_registration_options(
            rp_id=asking.host,
            rp_name=body,
            user_id=person_id.bytes,
            user_name=person,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=await self._known(person_id),
        )
        await self._keep(Ceremony.ADD, asking, made.challenge)
        return options_to_json(made)

    async def ask(self, ceremony: Ceremony, asking: Asking, person_id: UUID | None = None) -> str:
        """The options, as JSON, by which a browser proves that it has a passkey: of somebody, or of whoever it is."""
        made = generate_authentication_options(
            rp_id=asking.host,
            allow_credentials=await self._known(person_id) if person_id else None,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        await self._keep(ceremony, asking, made.challenge)
        return options_to_json(made)

    async def add(self, asking: Asking, person_id: UUID, credential: str, name: str) -> UUID | None:
        """Keep a new passkey, as the browser answered; None when the answer is not good, or the credential known."""
        answer = _registration(credential)
        challenge = await self._take(Ceremony.ADD, asking, answer)
        if answer is None or challenge is None or len(await self._known(person_id)) >= MOST:
            return None
        verified = _verified_registration(answer, challenge, asking)
        if verified is None:
            return None
        made = uuid7()
        kept = await self._session.execute(
            """
            insert into core.passkey (id, person_id, credential_id, public_key, sign_count, name) values ($1, $2, $3, $4, $5, $6)
            on conflict (tenant_id, credential_id) do nothing
            """,
            made,
            person_id,
            verified.credential_id,
            verified.credential_public_key,
            verified.sign_count,
            name,
        )
        return made if kept else None

    async def prove(self, ceremony: Ceremony, asking: Asking, credential: str) -> UUID | None:
        """Whose passkey answered; None for an answer that is not good. The row is locked, so its count is never gone back on."""
        answer = _authentication(credential)
        challenge = await self._take(ceremony, asking, answer)
        if answer is None or challenge is None:
            return None
        row = await self._session.fetch_row(
            "select id, person_id, public_key, sign_count from core.passkey where credential_id = $1 for update", answer.raw_id
        )
        if row is None or answer.response.user_handle not in {None, b"", row["person_id"].bytes}:
            return None
        verified = _verified_authentication(answer, challenge, asking, row)
        if verified is None:
            return None
        await self._session.execute(
            "update core.passkey set sign_count = $2, used_at = now() where id = $1", row["id"], verified.new_sign_count
        )
        person_id: UUID = row["person_id"]
        return person_id

    async def rename(self, person_id: UUID, passkey_id: UUID, name: str) -> None:
        """Call one of somebody's something else. Raises `http.not_found` for another's."""
        if not await self._session.execute(
            "update core.passkey set name = $3 where id = $2 and person_id = $1", person_id, passkey_id, name
        ):
            raise not_found("passkey")

    async def remove(self, person_id: UUID, passkey_id: UUID) -> None:
        """Take one of somebody's away. Raises `http.not_found` for another's."""
        if not await self._session.execute("delete from core.passkey where id = $2 and person_id = $1", person_id, passkey_id):
            raise not_found("passkey")

    async def _known(self, person_id: UUID) -> list[PublicKeyCredentialDescriptor]:
        rows = await self._session.fetch("select credential_id from core.passkey where person_id = $1 order by id", person_id)
        return [PublicKeyCredentialDescriptor(id=row["credential_id"]) for row in rows]

    async def _keep(self, ceremony: Ceremony, asking: Asking, challenge: bytes) -> None:
        await self._session.execute("delete from core.passkey_challenge where expires_at < now()")
        await self._session.execute(
            "insert into core.passkey_challenge (id, challenge_hash, bound_to, expires_at) values ($1, $2, $3, now() + $4::interval)",
            uuid7(),
            hashlib.sha256(challenge).digest(),
            self._bound(ceremony, asking),
            LIFETIME,
        )

    async def _take(
        self, ceremony: Ceremony, asking: Asking, answer: RegistrationCredential | AuthenticationCredential | None
    ) -> bytes | None:
        """The challenge that an answer is to, used up; None when it is none of ours for this browser and this ceremony."""
        challenge = _challenge_of(answer) if answer else None
        if challenge is None:
            return None
        taken = await self._session.execute(
            "delete from core.passkey_challenge where challenge_hash = $1 and bound_to = $2 and expires_at > now()",
            hashlib.sha256(challenge).digest(),
            self._bound(ceremony, asking),
        )
        return challenge if taken else None

    def _bound(self, ceremony: Ceremony, asking: Asking) -> bytes:
        return self._vault.index(self._tenant_id, f"passkey challenge {ceremony.value}", asking.browser)


def _registration(credential: str) -> RegistrationCredential | None:
    try:
        return parse_registration_credential_json(credential)
    except _UNREADABLE:
        return None


def _authentication(credential: str) -> AuthenticationCredential | None:
    try:
        return parse_authentication_credential_json(credential)
    except _UNREADABLE:
        return None


def _challenge_of(answer: RegistrationCredential | AuthenticationCredential) -> bytes | None:
    try:
        return parse_client_data_json(answer.response.client_data_json).challenge
    except _UNREADABLE:
        return None


def _verified_registration(answer: RegistrationCredential, challenge: bytes, asking: Asking) -> VerifiedRegistration | None:
    try:
        return verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=asking.host,
            expected_origin=asking.origin,
            require_user_verification=True,
        )
    except _UNREADABLE:
        return None


def _verified_authentication(
    answer: AuthenticationCredential, challenge: bytes, asking: Asking, row: Record
) -> VerifiedAuthentication | None:
    try:
        return verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=asking.host,
            expected_origin=asking.origin,
            credential_public_key=row["public_key"],
            credential_current_sign_count=row["sign_count"],
            require_user_verification=True,
        )
    except _UNREADABLE:
        return None
