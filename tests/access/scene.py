"""A foundation full of objects that carry its mark, and its people at the door of any host."""

import asyncio
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from pydantic import SecretStr
from redis.asyncio import Redis

from smilero_core.audit.log import AuditLog
from smilero_core.db.session import Session
from smilero_core.files.for_plugins import store_upload
from smilero_core.files.store import FileStore
from smilero_core.identity.codes import SignInCodes
from smilero_core.identity.factors import Factors
from smilero_core.identity.grants import Grants, Wish
from smilero_core.identity.helpers import Helpers, Leave
from smilero_core.identity.invitations import Invitations, Invitee, Outgoing
from smilero_core.identity.outside.attempts import Attempts, new_attempt
from smilero_core.identity.outside.kinds import ISSUERS, Kind
from smilero_core.identity.outside.logins import OutsideLogins
from smilero_core.identity.outside.providers import Choice, Providers
from smilero_core.identity.passkeys import Asking, Ceremony, Passkeys
from smilero_core.identity.people import NewPerson, People
from smilero_core.identity.sessions import open_session
from smilero_core.identity.tickets import Tickets
from smilero_core.identity.tokens import NewToken, make_token, token_hash
from smilero_core.identity.totp import code_at, new_secret, step_of
from smilero_core.plugins.chosen import ChosenSettings
from smilero_core.plugins.context import CORE
from smilero_core.plugins.gate import FRESH_SECONDS
from smilero_example.settings import BookSettings
from smilero_sdk.context import Actor
from smilero_sdk.ids import uuid7
from smilero_sdk.roles import Lent, Role
from tests.access.partner import Partner
from tests.access.showings import showing_for
from tests.support.application import Site
from tests.support.approvals import keep_approval
from tests.support.authenticator import SoftKey
from tests.support.faces import DEVICE, SESSION, Town
from tests.support.foundations import CAST, OPERATOR, Foundation
from tests.support.oauth import BACK, Outside, let_in
from tests.support.operations import Stage, set_stage

PLATFORM = "localhost"
_STREAM = "text/event-stream"
_phones = count(1)


@dataclass(frozen=True)
class Ask:
    """A request but for who sends it and to which host.

    Attributes:
        ids: what stands in the path.
        body: JSON; `form`: what a page posts; `content`: anything else.
        keyless: the form has no idempotency key.
    """

    ids: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, object] | None = None
    form: Mapping[str, str] | None = None
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    keyless: bool = False

    @property
    def values(self) -> list[str]:
        """What was sent, wherever."""
        return [str(value) for part in (self.ids, self.query, self.body or {}, self.form or {}) for value in part.values()]


@dataclass(frozen=True)
class Answer:
    """What came back; of a stream, its first event.

    Attributes:
        cookies: each Set-Cookie, as it was sent.
        content: what is no text, as it came; nothing of a stream.
    """

    status: int
    headers: Mapping[str, str]
    text: str
    cookies: tuple[str, ...] = ()
    content: bytes = field(default=b"", repr=False, compare=False)

    @property
    def everything(self) -> str:
        """All that somebody could read."""
        return "\n".join([*(f"{name}: {value}" for name, value in self.headers.items()), self.text])

    @property
    def outcome(self) -> str:
        """Done, or why not: who are you, not you, no such thing, or anything else by its number."""
        if self.status == 303 and self.headers["location"].startswith("/sign-in?"):
            return "who"
        return {401: "who", 403: "forbidden", 404: "nothing"}.get(self.status, "done" if self.status < 400 else str(self.status))


@dataclass(frozen=True)
class Scene:
    """A foundation with one of everything.

    Attributes:
        mark: stands in the names and texts of all that is its own.
        secret: of its webhook.
        ids: by the name of the parameter that takes them.
        tokens: what links end in that nobody follows, by the address that they lead to.
    """

    site: Site
    stage: Stage
    mark: str
    secret: str
    ids: Mapping[str, str]
    sessions: Mapping[str, str]
    demo_url: str
    tokens: Mapping[str, str] = field(default_factory=dict)

    @property
    def foundation(self) -> Foundation:
        """Whose objects they are."""
        return self.stage.foundation

    @property
    def linked(self) -> Partner:
        """A foundation with which people link theirs."""
        return Partner(self.town)

    @property
    def town(self) -> Town:
        """The same with its guests."""
        return Town(self.site, self.foundation)

    def credentials(self, who: str, *, api: bool) -> dict[str, str]:
        """The headers by which somebody is known: a token of the API, a cookie of the pages. An operator has a token alone."""
        if who == "anonymous":
            return {}
        if api or who == OPERATOR:
            return {"Authorization": f"Bearer {self.foundation.tokens[who]}"}
        return {"Cookie": f"{SESSION}={self.sessions[who]}"}

    async def new_session(self, who: str) -> str:
        """One that may be ended."""
        async with self.site.database.unit(self.foundation.id) as unit:
            return await open_session(Session(unit), self.foundation.people[who], factor=True)

    async def session_to_end(self, who: str) -> str:
        """The id of one of somebody's that no browser has."""
        made = token_hash(await self.new_session(who))
        return str(await self.site.admin.fetchval("select id from core.session where token_hash = $1", made))

    async def newcomer(self, who: str) -> str:
        """The session of a new person with the role of one of the cast."""
        async with self.site.database.unit(self.foundation.id) as unit:
            return await open_session(Session(unit), await self._new_person(Session(unit), who), factor=True)

    async def person(self, who: str) -> UUID:
        """A new person with the role of one of the cast."""
        async with self.site.database.unit(self.foundation.id) as unit:
            return await self._new_person(Session(unit), who)

    async def member(self) -> str:
        """A new person's place at the first shop."""
        async with self.site.database.unit(self.foundation.id) as unit:
            return await _place(Session(unit), await self._new_person(Session(unit), "clerk"))

    async def colleague(self, who: str) -> str:
        """A new person's place at the foundation."""
        async with self.site.database.unit(self.foundation.id) as unit:
            return await _place(Session(unit), await self._new_person(Session(unit), who))

    async def invitation(self, role: Role = Role.CLERK) -> Outgoing:
        """Of somebody new to the first shop, or an officer to the market, sent long enough ago to be sent again."""
        shop, market = (None, self.foundation.market) if role is Role.OFFICER else (self.foundation.shop, None)
        invitee = Invitee(self.new_phone(), f"{self.mark} invited", role, shop, market)
        async with self.site.database.unit(self.foundation.id) as unit:
            invitations = Invitations(Session(unit), self.foundation.id, self.town.vault)
            made = await invitations.invite(invitee, self.foundation.people["staff"])
        assert made is not None
        await self.site.admin.execute("update core.invitation set sent_at = now() - interval '1 minute' where id = $1", made.invitation_id)
        return made

    async def help_asked(self) -> tuple[UUID, str]:
        """The first shop's merchant asks somebody new: the leave, and what its link ends in."""
        leave = Leave(self.foundation.people["merchant"], self.foundation.shop, Lent.WORK, datetime.now(UTC) + timedelta(days=7))
        async with self.site.database.unit(self.foundation.id) as unit:
            made = await Helpers(Session(unit), self.foundation.id, self.town.vault).ask(leave, self.new_phone(), "other")
        assert made is not None
        return made

    async def lent_to(self, who: str, limits: Lent = Lent.WORK) -> str:
        """A leave that one of the cast has taken, or somebody new: of a merchant that this is not."""
        helper = self.foundation.people.get(who)
        if helper is None:
            async with self.site.database.unit(self.foundation.id) as unit:
                helper = await self._new_person(Session(unit), "customer")
        return await self.leave(helper, "other merchant" if who == "merchant" else "merchant", limits)

    async def leave(self, helper: UUID, whose: str, limits: Lent = Lent.WORK) -> str:
        """A leave of one of the two merchants that somebody has taken."""
        shop = self.foundation.shop if whose == "merchant" else self.foundation.other_shop
        made = uuid7()
        await self.site.admin.execute(
            """insert into core.helper (tenant_id, id, merchant_id, shop_id, relation, limits, person_id, taken_at, until)
               values ($1, $2, $3, $4, 'other', $5, $6, now(), now() + interval '7 days')""",
            self.foundation.id,
            made,
            self.foundation.people[whose],
            shop,
            limits.value,
            helper,
        )
        return str(made)

    async def helping(self, limits: Lent) -> tuple[str, UUID]:
        """The session of somebody new who acts for the first shop's merchant, and who it is."""
        leave = UUID(await self.lent_to("somebody new", limits))
        person = await self.site.admin.fetchval("select person_id from core.helper where id = $1", leave)
        async with self.site.database.unit(self.foundation.id) as unit:
            token = await open_session(Session(unit), person)
        await self.site.admin.execute("update core.session set helping_id = $2 where token_hash = $1", token_hash(token), leave)
        return token, person

    async def link(self) -> tuple[dict[str, str], str]:
        """The cookie of a device that has asked for a code, and what the link beside the code ends in."""
        device = secrets.token_urlsafe(32)
        async with self.site.database.unit(self.foundation.id) as unit:
            issued = await SignInCodes(Session(unit), self.foundation.id, self.town.vault).issue(self.new_phone(), device)
        return {DEVICE: device}, issued.link

    async def program(self) -> tuple[str, str]:
        """The id and the secret of a new program from outside."""
        made = await let_in(self.town, unattended=True, name=f"{self.mark} stock")
        return str(made.id), str(made.secret)

    def wish(self) -> dict[str, str]:
        """What the scene's program asks of somebody."""
        return Outside(self.town, UUID(self.ids["client_id"]), None).wish()

    async def own_token(self, who: str) -> str:
        """The id of a new personal token of one of the cast."""
        async with self.site.database.unit(self.foundation.id) as unit:
            new = NewToken(self.foundation.people[who], CAST[who][0], f"{self.mark} token")
            return str((await make_token(Session(unit), new))[0])

    async def grant(self, who: str) -> tuple[str, str]:
        """The id of what one of the cast allowed the scene's program, and an access token that came of it."""
        program, _ = await self.program()
        async with self.site.database.unit(self.foundation.id) as unit:
            grants = Grants(Session(unit))
            wish = Wish(UUID(program), frozenset({"coupons.read"}), BACK, "c" * 43, secrets.token_urlsafe(32))
            grant_id = await grants.allow(Actor(CAST[who][0], self.foundation.people[who]), wish)
            return str(grant_id), (await grants.issue(grant_id, wish.scopes, None)).access

    async def attempt(self, *, own_callback: bool) -> tuple[dict[str, str], str]:
        """The cookie of a browser on its way home from a provider, and its state."""
        state, browser = Attempts.new_state(self.foundation.id), secrets.token_urlsafe(32)
        made = new_attempt(UUID(self.ids["provider_id"]), "", f"http://{self.foundation.host}", "/")
        async with self.site.database.unit(self.foundation.id) as unit:
            attempts = Attempts(Session(unit), self.foundation.id, self.town.vault)
            await attempts.begin(state, browser, made, own_callback=own_callback)
            if not own_callback:
                await attempts.came_back(state)
        return {"__Host-outside": browser}, state

    async def ticket(self) -> tuple[dict[str, str], str]:
        """The same with what leads home from the platform's callback, where the person said no."""
        cookies, state = await self.attempt(own_callback=False)
        async with self.site.database.unit(self.foundation.id) as unit:
            tickets = Tickets(Session(unit), self.foundation.id, self.town.vault)
            held = {"state": state, "code": "", "error": "access_denied", "iss": ""}
            return cookies, await tickets.issue("outside sign-in", held)

    async def login(self, who: str) -> str:
        """One of somebody's logins outside."""
        async with self.site.database.unit(self.foundation.id) as unit:
            logins = OutsideLogins(Session(unit), self.foundation.id, self.town.vault)
            return str(await logins.link(UUID(self.ids["provider_id"]), secrets.token_urlsafe(8), self.foundation.people[who]))

    async def forget_providers(self) -> None:
        """Make room for another: there may be eight."""
        await self.site.admin.execute(
            "delete from core.outside_provider where tenant_id = $1 and id <> $2", self.foundation.id, UUID(self.ids["provider_id"])
        )

    async def shop_name(self) -> str:
        """Of the first shop."""
        return str(await self.site.admin.fetchval("select name from core.shop where id = $1", self.foundation.shop))

    async def _new_person(self, session: Session, who: str) -> UUID:
        role, shop = CAST[who]
        new = NewPerson(self.new_phone(), f"{self.mark} {who}", ((role, self.foundation.shop if shop else None),))
        (made,) = await People(session, self.foundation.id, self.town.vault).ensure([new])
        return made

    async def slips(self) -> str:
        """Coupons on paper, of a campaign of its own."""
        campaign = await self.stage.till.campaign()
        ask = Ask(ids={"campaign_id": campaign["id"]}, form={"count": "2"})
        address = ("POST", "/portal/coupons/campaigns/{campaign_id}/slips")
        made = await send(self, ask, address, host=self.foundation.host, credentials=self.credentials("merchant", api=False))
        return made.headers["location"].rpartition("/")[2]

    async def letter(self) -> str:
        """Work that failed for good."""
        made = uuid7()
        await self.site.admin.execute(
            """insert into core.job (tenant_id, id, plugin, kind, name, payload, state, attempts, last_error)
               values ($1, $2, 'coupons', 'job', $3, '{}', 'dead', 8, $3)""",
            self.foundation.id,
            made,
            f"{self.mark} failed",
        )
        return str(made)

    async def approval(self, who: str) -> str:
        """A coupon that one of the cast, or the merchant, asked a second person for."""
        asker = who if who in self.foundation.people else "merchant"
        return await keep_approval(self.site, self.foundation, asker, self.mark)

    async def sheet(self, state: str = "refused") -> str:
        """A list of shops that somebody sent."""
        made = uuid7()
        fault = {"column": "name", "code": "imports.fault.empty", "params": {}}
        told = {"head": [self.mark], "lines": [{"line": 2, "cells": [self.mark], "faults": [fault]}]}
        await self.site.admin.execute(
            """insert into core.import_run (tenant_id, id, kind, file_name, state, plan, faults, created_by)
               values ($1, $2, 'shops', $3, $4, '{"added": [], "changed": []}', $5::jsonb, $6)""",
            self.foundation.id,
            made,
            f"{self.mark} list",
            state,
            json.dumps(told),
            self.foundation.people["staff"],
        )
        return str(made)

    async def pending(self) -> dict[str, str]:
        """The cookie of a device that has asked for a code, by a phone that nobody else has."""
        await self.forget_limits()
        guest = self.town.guest()
        answer = await self.town.ask_code(guest, self.new_phone())
        assert answer.status_code == 303, answer.text
        return {DEVICE: guest.cookies[DEVICE]}

    async def forget_limits(self) -> None:
        """Let this machine ask for codes again: whom the limit stops is not asked who it is."""
        async with Redis.from_url(self.site.redis_url) as redis:
            async for key in redis.scan_iter(f"t:{self.foundation.id}:limit:*"):
                await redis.delete(key)

    def new_phone(self) -> str:
        """A number that nobody has."""
        number = next(_phones)
        return f"010-5{number % 1000:03d}-{number // 1000:04d}"


def reads(answer: Answer, scene: Scene, ask: Ask) -> list[str]:
    """What of a foundation somebody can read in an answer who did not say it himself: its mark, or an id of one of its objects."""
    ids = [value for name, value in scene.ids.items() if name.endswith("_id") and value not in ask.values]
    return [found for found in (scene.mark, *ids) if found in answer.everything]


async def set_scenes(site: Site, demo_url: str, folder: Path) -> tuple[Scene, Scene]:
    """Our own foundation and a foreign one."""
    ours = await set_scene(site, site.seongnam, "zqOurs", folder)
    theirs = await set_scene(site, site.bucheon, "zqTheirs", folder)
    # What was written here beside the processes is known to each of them after this.
    await asyncio.sleep(FRESH_SECONDS)
    return replace(ours, demo_url=demo_url), replace(theirs, demo_url=demo_url)


async def send(scene: Scene, ask: Ask, address: tuple[str, str], *, host: str, credentials: Mapping[str, str]) -> Answer:
    """Send it to a host of the scene's site; a stream is left after its first event."""
    method, path = address
    cookies = "; ".join(f"{name}={value}" for name, value in ask.cookies.items())
    told = {"Host": host, "Idempotency-Key": str(uuid4()), "Sec-Fetch-Site": "same-origin", **ask.headers, **credentials}
    # What a request says nothing of, it does not send.
    headers = {name: value for name, value in told.items() if value}
    if cookies:
        headers["Cookie"] = f"{headers['Cookie']}; {cookies}" if "Cookie" in headers else cookies
    sent: dict[str, Any] = {} if ask.content is None else {"content": ask.content}
    if ask.body is not None:
        sent = {"json": ask.body}
    elif ask.form is not None:
        sent = {"data": {**ask.form, **({} if ask.keyless else {"idempotency_key": str(uuid4())})}}
    url = (scene.demo_url if path.startswith("/dev/") else scene.site.servers[0].url) + path.format_map(ask.ids)
    async with scene.site.http.stream(method, url, params=ask.query or None, headers=headers, **sent) as answer:
        text, content = "", b""
        if answer.headers.get("content-type", "").startswith(_STREAM):
            async for piece in answer.aiter_text():
                text += piece
                if "data:" in text:
                    break
        else:
            content = await answer.aread()
            text = content.decode(errors="replace")
    kept = {name: value for name, value in answer.headers.items() if name != "date"}
    return Answer(answer.status_code, kept, text, tuple(answer.headers.get_list("set-cookie")), content)


async def set_scene(site: Site, foundation: Foundation, mark: str, folder: Path) -> Scene:
    """A foundation with one of everything, under a mark; files are kept in a folder."""
    await _sign(site, foundation, mark)
    stage = await set_stage(site, foundation)
    secret = f"{mark} secret"
    async with site.database.unit(foundation.id) as unit:
        chosen = BookSettings(form_secret=SecretStr(secret), per_day=100)
        await ChosenSettings(Town(site, foundation).vault, foundation.id, "example").keep(Session(unit), None, chosen)
    await site.admin.execute("update plugin_example.greeting set text = $2 where tenant_id = $1", foundation.id, f"{mark} greets")
    sessions = {who: await _session(site, foundation, who) for who in CAST}
    claim = await stage.till.claim(stage.campaign)
    more = {"file_id": str(await _file(site, foundation, mark, folder)), "code": claim["code"]}
    scene = Scene(site, stage, mark, secret, {**stage.ids, **more, "provider_id": await _provider(site, foundation, mark)}, sessions, "")
    invitation = await scene.invitation()
    await _on_record(scene, invitation)
    async with site.database.unit(foundation.id) as unit:
        place = await _place(Session(unit), foundation.people["clerk"])
    made = {
        "sheet_id": await scene.slips(),
        "letter_id": await scene.letter(),
        "approval_id": await scene.approval("merchant"),
        "helper_id": str((asked := await scene.help_asked())[0]),
        "helping_id": await scene.lent_to("customer"),
        "showing_id": await showing_for(scene, "merchant"),
        "session_id": await scene.session_to_end("merchant"),
        "membership_id": place,
        "colleague_id": await scene.colleague("officer"),
        "person_id": str(foundation.people["other customer"]),
        "invitation_id": str(invitation.invitation_id),
        "link_id": await scene.linked.link("merchant"),
        "client_id": (await scene.program())[0],
        "run_id": await scene.sheet(),
        "token_id": await scene.own_token("merchant"),
        "login_id": await scene.login("merchant"),
        "passkey_id": str(await Prover(scene, foundation.people["owner"]).passkey()),
    }
    made["grant_id"], access = await scene.grant("owner")
    tokens = {
        "/join/{token}": invitation.token,
        "/sign-in/link/{token}": await _lasting(scene),
        "/oauth/revoke": access,
        "/help/{token}": asked[1],
    }
    return replace(scene, ids={**scene.ids, **made}, tokens=tokens)


async def _provider(site: Site, foundation: Foundation, mark: str) -> str:
    """Naver: where a browser is sent there, nobody has to be asked before."""
    async with site.database.unit(foundation.id) as unit:
        providers = Providers(Session(unit), foundation.id, Town(site, foundation).vault)
        choice = Choice(mark, "secret", own_callback=False, enabled=True)
        return str(await providers.add(Kind.NAVER, ISSUERS[Kind.NAVER], mark, choice))


@dataclass(frozen=True)
class Prover:
    """Somebody of a scene who proves to be that person.

    Attributes:
        token: of a session of theirs, if there is one.
    """

    scene: Scene
    person_id: UUID
    token: str = ""
    key: SoftKey = field(default_factory=SoftKey)

    @classmethod
    async def new(cls, scene: Scene, who: str) -> "Prover":
        """A new person with the role of one of the cast, and a session that has just been given a second factor."""
        made = await scene.person(who)
        async with scene.site.database.unit(scene.foundation.id) as unit:
            return cls(scene, made, await open_session(Session(unit), made, factor=True))

    async def app_code(self) -> str:
        """The code of an app that is set up for it."""
        secret = new_secret()
        async with self.scene.site.database.unit(self.scene.foundation.id) as unit:
            await self._factors(Session(unit)).set_app(self.person_id, secret, 0)
        return code_at(secret, step_of(datetime.now(UTC)))

    async def recovery_code(self) -> str:
        """One of ten."""
        async with self.scene.site.database.unit(self.scene.foundation.id) as unit:
            return (await self._factors(Session(unit)).new_recovery_codes(self.person_id))[0]

    async def new_credential(self) -> str:
        """What a browser answers that has just made a passkey."""
        async with self.scene.site.database.unit(self.scene.foundation.id) as unit:
            options = await self._passkeys(Session(unit)).ask_new(
                self._asking(self.token), self.scene.mark, self.person_id, self.scene.mark
            )
        return self.key.made(options, self._asking("").origin)

    async def passkey(self) -> UUID:
        """One that is kept."""
        credential = await self.new_credential()
        async with self.scene.site.database.unit(self.scene.foundation.id) as unit:
            made = await self._passkeys(Session(unit)).add(self._asking(self.token), self.person_id, credential, f"{self.scene.mark} key")
        assert made is not None
        return made

    async def credential(self, ceremony: Ceremony, browser: str) -> str:
        """What a browser answers that shows it."""
        await self.passkey()
        async with self.scene.site.database.unit(self.scene.foundation.id) as unit:
            options = await self._passkeys(Session(unit)).ask(ceremony, self._asking(browser))
        return self.key.shown(options, self._asking("").origin)

    def _asking(self, browser: str) -> Asking:
        host = self.scene.foundation.host
        return Asking(host, f"http://{host}", browser)

    def _factors(self, session: Session) -> Factors:
        return Factors(session, self.scene.foundation.id, self.scene.town.vault)

    def _passkeys(self, session: Session) -> Passkeys:
        return Passkeys(session, self.scene.foundation.id, self.scene.town.vault)


async def _on_record(scene: Scene, invitation: Outgoing) -> None:
    """Say in the log that somebody was invited."""
    async with scene.site.database.unit(scene.foundation.id) as unit:
        log = AuditLog(Session(unit), Actor(Role.STAFF, scene.foundation.people["staff"], frozenset()), CORE, datetime.now(UTC))
        await log.record(f"identity.audit.invited.{invitation.role.value}", invitation.invitation_id, shop=await scene.shop_name())


async def _lasting(scene: Scene) -> str:
    """A link that is good for as long as the tests take."""
    _, link = await scene.link()
    sql = "update core.sign_in_code set expires_at = now() + interval '1 day' where link_hash = $1"
    await scene.site.admin.execute(sql, token_hash(link))
    return link


async def _place(session: Session, person_id: UUID) -> str:
    return str(await session.fetch_value("select id from core.membership where person_id = $1", person_id))


async def _sign(site: Site, foundation: Foundation, mark: str) -> None:
    """Write the mark into every name that the foundation's objects have."""
    for table, columns in (("market", ("name", "road_address")), ("shop", ("name", "stall", "goods")), ("person", ("name",))):
        signed = ", ".join(f"{one} = $2 || ' ' || {one}" for one in columns)
        await site.admin.execute(f"update core.{table} set {signed} where tenant_id = $1", foundation.id, mark)  # noqa: S608 - the names above


async def _session(site: Site, foundation: Foundation, who: str) -> str:
    async with site.database.unit(foundation.id) as unit:
        return await open_session(Session(unit), foundation.people[who], factor=True)


async def _file(site: Site, foundation: Foundation, mark: str, folder: Path) -> UUID:
    """A public file of a plugin."""
    stored = await store_upload(FileStore.at("", folder / "files"), foundation.id, "example", f"{mark}.pdf", b"%PDF-1.4 " + mark.encode())
    await site.admin.execute(
        """insert into core.file (tenant_id, id, plugin, name, media_type, size, sha256, public)
           values ($1, $2, 'example', $3, $4, $5, $6, true)""",
        foundation.id,
        stored.id,
        stored.name,
        stored.media_type,
        stored.size,
        stored.sha256,
    )
    return stored.id


def unknown(name: str, known: Mapping[str, str]) -> str:
    """An id or a number like it that never was."""
    if name == "code":
        return next(code for number in range(1_000_000) if (code := f"{number:06d}") not in known.values())
    if name == "token":
        return secrets.token_urlsafe(16)
    assert re.fullmatch(r"\w+_id", name), name
    return str(uuid7())
