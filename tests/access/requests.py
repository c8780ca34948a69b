"""A valid request for each address, with the foundation's own objects: what somebody who may is answered well."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from pydantic import BaseModel

from smilero_core.identity.passkeys import Ceremony
from smilero_sdk.roles import Role
from smilero_web.testhost.samples import sample_of
from tests.access.scene import Ask, Prover, Scene, send
from tests.access.showings import help_code, showing_for
from tests.access.subjects import Subject
from tests.support.authenticator import SoftKey
from tests.support.coupons import campaign_body
from tests.support.faces import DEVICE, SESSION
from tests.support.factors import setup_form
from tests.support.forms import fields_of
from tests.support.oauth import BACK
from tests.support.operations import identifiers

Made = Callable[[Scene, str], Awaitable[Ask]]

# What stands in a path besides the objects of a foundation.
NAMES = {"name": "coupons", "field": "note", "plugin": "example", "file": "dist/manifest.json", "size": "192"}

# What somebody asked a second person for, seen and taken back by whoever asked.
OWN_APPROVALS = [
    ("GET", "/api/v1/approvals/{approval_id}"),
    ("POST", "/api/v1/approvals/{approval_id}/take-back"),
    ("GET", "/portal/approvals/{approval_id}"),
    *(("POST", f"/{face}/approvals/{{approval_id}}/{what}") for face in ("portal", "console") for what in ("take-back", "why")),
]


async def request_for(subject: Subject, scene: Scene, who: str) -> Ask:
    """A valid request, new each time: what can be done once only is done to an object of its own."""
    made = await _MADE[subject.name](scene, who) if subject.name in _MADE else Ask()
    base = Ask(ids={**NAMES, **scene.ids})
    if subject.operation is not None:
        base = replace(base, query=_query(subject.operation.operation.query, scene), body=_body(subject.operation.operation.body, scene))
    elif subject.method == "POST" and made.content is None:
        base = replace(base, form={})
    changed = {name: value for name in Ask.__dataclass_fields__ if (value := getattr(made, name)) and name != "ids"}
    return replace(base, ids={**base.ids, **made.ids}, **changed)


def _query(model: type[BaseModel] | None, scene: Scene) -> Mapping[str, str]:
    if model is None:
        return {}
    return {**{name: str(value) for name, value in sample_of(model).items()}, **_own(model, scene)}


def _body(model: type[BaseModel] | None, scene: Scene) -> Mapping[str, object] | None:
    return None if model is None else {**sample_of(model), **_own(model, scene)}


def _own(model: type[BaseModel], scene: Scene) -> dict[str, str]:
    return {name: scene.ids[name] for name in identifiers(model)}


def _ids(name: str, make: Callable[[Scene], Awaitable[str]]) -> Made:
    async def made(scene: Scene, _: str) -> Ask:
        return Ask(ids={name: await make(scene)})

    return made


def _form(**fields: str) -> Made:
    async def made(_: Scene, __: str) -> Ask:
        return Ask(form=fields)

    return made


def _asked(**query: str) -> Made:
    async def made(_: Scene, __: str) -> Ask:
        return Ask(query=query)

    return made


async def _campaign(scene: Scene) -> str:
    return str((await scene.stage.till.campaign())["id"])


async def _code(scene: Scene) -> str:
    return str((await scene.stage.till.claim(scene.stage.campaign))["code"])


async def _redemption(scene: Scene) -> str:
    return str((await scene.stage.till.redeem(await _code(scene)))["id"])


async def _greeting(scene: Scene) -> str:
    path = f"/api/v1/example/books/{scene.foundation.shop}/greetings"
    answer = await scene.stage.till.caller("customer").post(path, {"text": f"{scene.mark} again"})
    return str(answer.json()["id"])


async def _thanked(scene: Scene) -> str:
    greeting = await _greeting(scene)
    await scene.stage.till.caller("merchant").post(f"/api/v1/example/greetings/{greeting}/thanks")
    return greeting


async def _redeemed_by_form(scene: Scene, _: str) -> Ask:
    return Ask(form={"code": await _code(scene)})


async def _redeemed(scene: Scene, _: str) -> Ask:
    return Ask(body={"code": await _code(scene), "shop_id": scene.ids["shop_id"]})


async def _new_campaign(scene: Scene, _: str) -> Ask:
    return Ask(body=campaign_body(scene.foundation.shop))


async def _shared(scene: Scene, _: str) -> Ask:
    return Ask(ids={"language": "ko", "mark": "0" * 16, "page": f"storefront/shops/{scene.ids['shop_id']}"})


async def _mapped(_: Scene, __: str) -> Ask:
    return Ask(ids={"plugin": "storefront", "page": "show_shop", "part": "1"})


async def _spoken_to(_: Scene, __: str) -> Ask:
    return Ask(form={"language": "ko", "next": "/"}, keyless=True)


async def _asked_for(scene: Scene, who: str) -> Ask:
    return Ask(ids={"approval_id": await scene.approval(who)})


async def _to_decide(scene: Scene, _: str) -> Ask:
    return Ask(ids={"approval_id": await scene.approval("merchant")}, form={"why": "zq"})


async def _shop_chosen(scene: Scene, _: str) -> Ask:
    return Ask(form={"shop_id": scene.ids["shop_id"]}, keyless=True)


async def _phone_given(scene: Scene, _: str) -> Ask:
    await scene.forget_limits()
    return Ask(form={"phone": scene.new_phone(), "next": "/"})


async def _code_awaited(scene: Scene, _: str) -> Ask:
    return Ask(cookies=await scene.pending())


async def _code_given(scene: Scene, who: str) -> Ask:
    device = await scene.pending()
    form = {"code": await scene.town.code_sent(), "next": "/"}
    return replace(await _signed_out(scene, who), cookies=device, form=form)


async def _signed_out(scene: Scene, who: str) -> Ask:
    # Of its own, as the others are needed on; it stands in the place of the one that the role has.
    return _with_session(await scene.new_session(who)) if who in scene.sessions else Ask()


async def _signed_out_everywhere(scene: Scene, who: str) -> Ask:
    # Of a person of its own, for the same reason.
    return _with_session(await scene.newcomer(who)) if who in scene.sessions else Ask()


def _with_session(token: str) -> Ask:
    return Ask(headers={"Cookie": f"{SESSION}={token}"})


async def _erased(scene: Scene, who: str) -> Ask:
    # Who runs a shop is asked once more, and stays; everybody else is a person of its own, as the others are needed on.
    ask = await _signed_out_everywhere(scene, who)
    return replace(ask, form={} if who == "merchant" else {"sure": "yes"}, keyless=True)


async def _somebody_erased(scene: Scene, _: str) -> Ask:
    return Ask(ids={"person_id": str(await scene.person("customer"))}, form={"reason": "asked"})


async def _own_session(scene: Scene, who: str) -> Ask:
    return Ask(ids={"session_id": await scene.session_to_end(who)}) if who in scene.sessions else Ask()


async def _linked(scene: Scene, who: str) -> Ask:
    await scene.forget_limits()
    return Ask(ids={"link_id": await scene.linked.link(who)}) if who in scene.sessions else Ask()


async def _to_link(scene: Scene, _: str) -> Ask:
    await scene.forget_limits()
    return Ask(form={"foundation": await scene.linked.slug()}, keyless=True)


async def _arrived(scene: Scene, who: str) -> Ask:
    return replace(await _signed_out(scene, who), cookies=await scene.linked.arrival("switch"))


async def _arriving(scene: Scene, _: str) -> Ask:
    form, sent = await scene.linked.ticket()
    return Ask(form=form, headers=sent, keyless=True)


async def _asked_to_link(scene: Scene, who: str) -> Ask:
    # Of a person of its own: an account is linked once.
    session = _with_session(await scene.newcomer(who)) if who in scene.sessions else Ask()
    return replace(session, cookies=await scene.linked.arrival("link"))


async def _link(scene: Scene, who: str) -> Ask:
    # Whoever goes in leaves the session that was open in the browser.
    device, token = await scene.link()
    return replace(await _signed_out(scene, who), cookies=device, ids={"token": token})


async def _joined(scene: Scene, who: str) -> Ask:
    return replace(await _signed_out(scene, who), ids={"token": (await scene.invitation()).token})


async def _asked_to_help(scene: Scene, who: str) -> Ask:
    _, token = await scene.help_asked()
    return replace(await _signed_out(scene, who), ids={"token": token}, form={"name": f"{scene.mark} helper"})


async def _question_seen(scene: Scene, who: str) -> Ask:
    return replace(await _asked_to_help(scene, who), form=None)


async def _help_wanted(scene: Scene, _: str) -> Ask:
    return Ask(form={"long": "week", "limits": "work", "relation": "son", "phone": scene.new_phone()})


async def _leave(scene: Scene) -> str:
    return str((await scene.help_asked())[0])


async def _leave_taken(scene: Scene, who: str) -> Ask:
    # In a session of its own: the others act for nobody.
    return replace(await _signed_out(scene, who), ids={"helping_id": await scene.lent_to(who)}) if who in scene.sessions else Ask()


async def _showing(scene: Scene, who: str) -> Ask:
    return Ask(ids={"showing_id": await showing_for(scene, who)}) if who in scene.sessions else Ask()


async def _help_code(scene: Scene, _: str) -> Ask:
    await scene.forget_limits()
    return Ask(form={"code": await help_code(scene)}, keyless=True)


async def _help_asked_for(scene: Scene, _: str) -> Ask:
    await scene.forget_limits()
    return Ask(form={"from": "/portal"}, keyless=True)


async def _invitation(scene: Scene) -> str:
    return str((await scene.invitation()).invitation_id)


async def _invited(scene: Scene, _: str) -> Ask:
    return Ask(form={"phone": scene.new_phone(), "name": f"{scene.mark} invited", "role": "clerk"})


async def _officer_invited(scene: Scene, _: str) -> Ask:
    form = {"phone": scene.new_phone(), "name": f"{scene.mark} invited", "role": "officer", "market": scene.ids["market_id"]}
    return Ask(form=form, keyless=True)


async def _officers_invitation(scene: Scene) -> str:
    return str((await scene.invitation(Role.OFFICER)).invitation_id)


async def _right_of_one(scene: Scene, _: str) -> Ask:
    return Ask(ids={"colleague_id": await scene.colleague("staff")}, form={"change": "staff -measures.read"}, keyless=True)


async def _market_asked(scene: Scene, _: str) -> Ask:
    return Ask(query={"market": scene.ids["market_id"]})


async def _list_sent(scene: Scene, _: str) -> Ask:
    line = f"{await scene.shop_name()}, , {scene.new_phone()}, {scene.mark} invited"
    return Ask(form={"market": scene.ids["market_id"], "lines": line, "step": "send"}, keyless=True)


async def _about_an_invitation(scene: Scene, _: str) -> Ask:
    return Ask(query={"subject": scene.ids["invitation_id"]})


async def _core_exported(_: Scene, __: str) -> Ask:
    return Ask(form={"plugin": "core"}, keyless=True)


async def _sealed_app(scene: Scene, who: str) -> Ask:
    if who not in scene.sessions:
        return Ask(form={"setup": "", "code": "", "next": "/console"}, keyless=True)
    prover = await Prover.new(scene, who)
    page = await send(
        scene, Ask(), ("GET", "/sign-in/factor/app"), host=scene.foundation.host, credentials={"Cookie": f"{SESSION}={prover.token}"}
    )
    return replace(_with_session(prover.token), form=setup_form(page.text), keyless=True)


def _proving(**made: Callable[[Prover], Awaitable[str]]) -> Made:
    """A form by a new person who is who it says, each field made for that person."""

    async def ask(scene: Scene, who: str) -> Ask:
        if who not in scene.sessions:
            return Ask(form=dict.fromkeys(made, ""), keyless=True)
        prover = await Prover.new(scene, who)
        form = {name: await make(prover) for name, make in made.items()}
        return replace(_with_session(prover.token), form=form, keyless=True)

    return ask


async def _own_passkey(scene: Scene, who: str) -> Ask:
    if who not in scene.sessions:
        return Ask(form={"name": "zq"}, keyless=True)
    prover = await Prover.new(scene, who)
    await replace(prover, key=SoftKey()).passkey()  # the last one cannot be removed
    ids = {"passkey_id": str(await prover.passkey())}
    return replace(_with_session(prover.token), ids=ids, form={"name": "zq"}, keyless=True)


async def _by_passkey(scene: Scene, who: str) -> Ask:
    await scene.forget_limits()
    prover, device = await Prover.new(scene, "staff"), secrets.token_urlsafe(32)
    form = {"credential": await prover.credential(Ceremony.SIGN_IN, device), "next": "/"}
    return replace(await _signed_out(scene, who), cookies={DEVICE: device}, form=form, keyless=True)


async def _someone_to_reset(scene: Scene, _: str) -> Ask:
    # Of its own, as the sessions of the cast are needed on.
    return Ask(ids={"person_id": str(await scene.person("staff"))}, form={"reason": "zq"}, keyless=True)


def _settings(path: str) -> Made:
    async def made(scene: Scene, _: str) -> Ask:
        page = await send(
            scene,
            Ask(ids={**NAMES, **scene.ids}),
            ("GET", path),
            host=scene.foundation.host,
            credentials=scene.credentials("owner", api=False),
        )
        return Ask(form={name: text for name, text in fields_of(page.text).items() if name != "idempotency_key"})

    return made


async def _from_outside(scene: Scene, _: str) -> Ask:
    return outside(scene, {"id": str(uuid4()), "shop_id": scene.ids["shop_id"], "text": f"{scene.mark} from outside"})


def outside(scene: Scene, told: Mapping[str, str]) -> Ask:
    """A call of the form elsewhere, signed as the foundation expects it."""
    content = json.dumps(told).encode()
    signature = hmac.new(scene.secret.encode(), content, hashlib.sha256).hexdigest()
    return Ask(content=content, headers={"X-Signature": signature})


async def _question(scene: Scene, _: str) -> Ask:
    return Ask(query=scene.wish())


async def _allowed(scene: Scene, _: str) -> Ask:
    return Ask(form={**scene.wish(), "decision": "allow"}, keyless=True)


async def _token_asked(scene: Scene, _: str) -> Ask:
    await scene.forget_limits()
    program, secret = await scene.program()
    return Ask(form={"grant_type": "client_credentials", "client_id": program, "client_secret": secret}, keyless=True)


async def _token_given_back(scene: Scene, _: str) -> Ask:
    await scene.forget_limits()
    program, secret = await scene.program()
    return Ask(form={"token": "smo_nobodys", "client_id": program, "client_secret": secret}, keyless=True)


async def _own_token(scene: Scene, who: str) -> Ask:
    return Ask(ids={"token_id": await scene.own_token(who)}) if who in scene.sessions else Ask()


async def _own_grant(scene: Scene, who: str) -> Ask:
    return Ask(ids={"grant_id": (await scene.grant(who))[0]}) if who in scene.sessions else Ask()


async def _program(scene: Scene) -> str:
    return (await scene.program())[0]


async def _program_let_in(scene: Scene, _: str) -> Ask:
    form = {"name": f"{scene.mark} stock", "kind": "confidential", "addresses": BACK, "scope.coupons.read": "true"}
    return Ask(form=form, keyless=True)


async def _sent_outside(scene: Scene, _: str) -> Ask:
    await scene.forget_limits()
    return Ask()


async def _home_from_outside(scene: Scene, _: str) -> Ask:
    cookies, state = await scene.attempt(own_callback=True)
    return Ask(query={"state": state, "error": "access_denied"}, cookies=cookies)


async def _home_with_a_ticket(scene: Scene, _: str) -> Ask:
    cookies, ticket = await scene.ticket()
    return Ask(query={"ticket": ticket}, cookies=cookies)


async def _own_login(scene: Scene, who: str) -> Ask:
    return Ask(ids={"login_id": await scene.login(who)}) if who in scene.sessions else Ask()


async def _provider_added(scene: Scene, _: str) -> Ask:
    await scene.forget_limits()
    await scene.forget_providers()
    return Ask(form={"kind": "naver", "client": f"{scene.mark} {uuid4()}", "secret": "secret"})


def _shop_marked(name: str) -> Made:
    async def made(scene: Scene, _: str) -> Ask:
        return Ask(form={"act": "open", name: scene.ids["shop_id"]})

    return made


def _invitation_revoked(name: str) -> Made:
    async def made(scene: Scene, _: str) -> Ask:
        return Ask(form={"act": "revoke", name: str((await scene.invitation()).invitation_id)})

    return made


async def _list_of_shops(_: Scene, __: str) -> Ask:
    part = 'Content-Disposition: form-data; name="sheet"; filename="list.csv"\r\nContent-Type: text/csv'
    sheet = "시장,상호,자리\r\n"
    return Ask(content=f"--b\r\n{part}\r\n\r\n{sheet}\r\n--b--\r\n".encode(), headers={"Content-Type": "multipart/form-data; boundary=b"})


_SHOP_PEOPLE = "/console/shops/{shop_id}/people"
_SHOP_SETTINGS = "/console/shops/{shop_id}/plugins/{name}/settings"

_MADE: Mapping[str, Made] = {
    "POST /language": _spoken_to,
    "GET /pictures/{language}/{mark}/{page}.png": _shared,
    "GET /sitemaps/{plugin}/{page}/{part}.xml": _mapped,
    "POST /display": _form(display="large contrast", next="/"),
    "POST /console/foundation": _settings("/console/foundation"),
    "POST /sign-in": _phone_given,
    "GET /sign-in/code": _code_awaited,
    "POST /sign-in/code": _code_given,
    "GET /sign-in/link/{token}": _link,
    "POST /sign-in/link/{token}": _link,
    "GET /sign-in/with/{provider_id}": _sent_outside,
    "GET /sign-in/callback": _home_from_outside,
    "GET /sign-in/back": _home_with_a_ticket,
    "POST /sessions/logins/{login_id}/unlink": _own_login,
    "POST /portal/sessions/logins/{login_id}/unlink": _own_login,
    "POST /console/sessions/logins/{login_id}/unlink": _own_login,
    "POST /console/logins": _provider_added,
    "POST /sign-in/passkey": _by_passkey,
    "POST /sign-in/factor": _proving(code=Prover.app_code),
    "POST /sign-in/factor/passkey": _proving(credential=lambda one: one.credential(Ceremony.FACTOR, one.token)),
    "POST /sign-in/factor/recovery": _proving(code=Prover.recovery_code),
    "POST /sign-in/factor/app": _sealed_app,
    "POST /sign-in/factor/app/remove": _proving(),
    "POST /sign-in/factor/passkeys/options": _proving(),
    "POST /sign-in/factor/passkeys": _proving(credential=Prover.new_credential),
    "POST /sign-in/factor/passkeys/{passkey_id}/name": _own_passkey,
    "POST /sign-in/factor/passkeys/{passkey_id}/remove": _own_passkey,
    "POST /sign-in/factor/codes": _proving(),
    "GET /console/factors/people/{person_id}/reset": _someone_to_reset,
    "POST /console/factors/people/{person_id}/reset": _someone_to_reset,
    "GET /join/{token}": _joined,
    "POST /join/{token}": _joined,
    "GET /help/{token}": _question_seen,
    "POST /help/{token}": _asked_to_help,
    "POST /portal/helpers": _help_wanted,
    "POST /portal/helpers/{helper_id}/end": _ids("helper_id", _leave),
    "POST /portal/helping/{helping_id}": _leave_taken,
    "POST /portal/showing": _help_asked_for,
    "POST /portal/showing/{showing_id}/allow": _showing,
    "POST /portal/showing/{showing_id}/end": _showing,
    "GET /portal/showing/{showing_id}/live": _showing,
    "POST /console/screens": _help_code,
    "GET /console/screens/{showing_id}/live": _showing,
    "POST /sessions/end": _signed_out_everywhere,
    "POST /sessions/{session_id}/end": _own_session,
    "POST /portal/sessions/end": _signed_out_everywhere,
    "POST /portal/sessions/{session_id}/end": _own_session,
    "POST /console/sessions/end": _signed_out_everywhere,
    "POST /console/sessions/{session_id}/end": _own_session,
    "POST /sign-out": _signed_out,
    "POST /switch/{link_id}": _linked,
    "POST /switch/links": _to_link,
    "POST /switch/links/{link_id}/end": _linked,
    "GET /arrive": _arrived,
    "POST /arrive": _arriving,
    "POST /arrive/link": _asked_to_link,
    "GET /oauth/authorize": _question,
    "POST /oauth/authorize": _allowed,
    "POST /oauth/token": _token_asked,
    "POST /oauth/revoke": _token_given_back,
    "POST /portal/tokens": _form(**{"name": "till", "days": "30", "scope.coupons.read": "true"}),
    "POST /portal/tokens/{token_id}/revoke": _own_token,
    "POST /portal/tokens/programs/{grant_id}/end": _own_grant,
    "POST /console/tokens": _form(**{"name": "till", "days": "30", "scope.coupons.read": "true"}),
    "POST /console/tokens/{token_id}/revoke": _own_token,
    "POST /console/tokens/programs/{grant_id}/end": _own_grant,
    "POST /console/programs": _program_let_in,
    "POST /console/programs/{client_id}/end": _ids("client_id", _program),
    "GET /dev/plugin/{name}": lambda _, __: _named("example"),
    "POST /portal/shops": _shop_chosen,
    "POST /me/erase": _erased,
    "POST /portal/me/erase": _erased,
    "POST /console/people": _form(q="zq"),
    "POST /console/people/{person_id}/erase": _somebody_erased,
    "POST /portal/plugins/{name}": _form(enabled="true"),
    "POST /portal/plugins/{name}/{field}": _form(**{"set.note": "once"}),
    "GET /portal/print/{plugin}/{name}": lambda _, __: _named("book"),
    "GET /portal/print/{plugin}/{name}/pdf": lambda _, __: _named("book"),
    "GET /portal/search": _asked(q="zq"),
    "GET /console/search": _asked(q="zq"),
    "POST /console/search": _form(q="zq"),
    "GET /api/v1/search": _asked(q="zq"),
    "POST /console/shops/{shop_id}/plugins/{name}": _form(enabled="true"),
    f"POST {_SHOP_PEOPLE}": _invited,
    f"POST {_SHOP_PEOPLE}/{{membership_id}}/end": _ids("membership_id", Scene.member),
    f"POST {_SHOP_PEOPLE}/invitations/{{invitation_id}}/again": _ids("invitation_id", _invitation),
    f"POST {_SHOP_PEOPLE}/invitations/{{invitation_id}}/revoke": _ids("invitation_id", _invitation),
    "POST /console/colleagues": _officer_invited,
    "POST /console/colleagues/invitations/{invitation_id}/again": _ids("invitation_id", _officers_invitation),
    "POST /console/colleagues/invitations/{invitation_id}/revoke": _ids("invitation_id", _officers_invitation),
    "POST /console/colleagues/{colleague_id}": _right_of_one,
    "POST /console/colleagues/{colleague_id}/end": _ids("colleague_id", lambda scene: scene.colleague("officer")),
    # Of a right that no address asks for: what the roles may do elsewhere stays as it is declared.
    "POST /console/rights": _form(change="officer +registry.manage"),
    "GET /console/invitations": _market_asked,
    "POST /console/invitations": _list_sent,
    "GET /console/audit": _about_an_invitation,
    "POST /console/audit/export": _core_exported,
    "POST /console/shops/export": _form(format="xlsx"),
    "POST /console/coupons/campaigns/export": _form(format="csv"),
    "POST /console/members/export": _form(format="csv"),
    "POST /console/invitations/waiting/export": _form(format="csv"),
    "POST /console/invitations/waiting/many": _invitation_revoked("row"),
    "POST /console/invitations/waiting/many/carry": _invitation_revoked("rows"),
    "POST /console/shops/many": _shop_marked("row"),
    "POST /console/shops/many/carry": _shop_marked("rows"),
    "POST /console/shops/import": _list_of_shops,
    "POST /console/shops/import/{run_id}/keep": _ids("run_id", lambda scene: scene.sheet("checked")),
    "POST /console/plugins/{name}": _form(enabled="true", agreed="true"),
    "POST /console/plugins/{name}/settings": _settings("/console/plugins/{name}/settings"),
    f"POST {_SHOP_SETTINGS}": _settings(_SHOP_SETTINGS),
    **{f"{method} {path}": _asked_for for method, path in OWN_APPROVALS},
    **{f"POST /console/approvals/{{approval_id}}/{what}": _to_decide for what in ("approve", "refuse")},
    "POST /console/plugins/{name}/approvals/{word}": lambda _, __: _switched_to_two(),
    "POST /console/work/letters/{letter_id}/again": _ids("letter_id", Scene.letter),
    "POST /console/work/letters/{letter_id}/discard": _ids("letter_id", Scene.letter),
    "POST /console/work/plugins/{name}/replay": lambda _, __: _replayed(),
    "GET /portal/coupons/new/until": _asked(value="1000"),
    "GET /portal/coupons/new/stock": _asked(value="1000", until="week"),
    "POST /portal/coupons/campaigns": _form(value="1000", until="week", stock="10"),
    "POST /portal/coupons/campaigns/{campaign_id}/undo": _ids("campaign_id", _campaign),
    "POST /portal/coupons/campaigns/{campaign_id}/slips": _form(count="8"),
    "POST /portal/coupons/sheets/{sheet_id}/undo": _ids("sheet_id", Scene.slips),
    "POST /portal/coupons/redemptions": _redeemed_by_form,
    "POST /portal/coupons/redemptions/{redemption_id}/undo": _ids("redemption_id", _redemption),
    "POST /example/books/{shop_id}": _form(text="zq"),
    "POST /portal/example/greetings/{greeting_id}/thanks": _ids("greeting_id", _greeting),
    "POST /portal/example/greetings/{greeting_id}/thanks/undo": _ids("greeting_id", _thanked),
    "POST /console/example/greetings/{greeting_id}/hide": _ids("greeting_id", _greeting),
    "POST /webhooks/example/form": _from_outside,
    "POST /api/v1/coupons/campaigns": _new_campaign,
    "POST /api/v1/coupons/redemptions": _redeemed,
}


async def _switched_to_two() -> Ask:
    return Ask(ids={"word": "large"}, form={"enabled": "true"})


async def _named(name: str) -> Ask:
    return Ask(ids={"name": name})


async def _replayed() -> Ask:
    return Ask(ids={"name": "example"}, form={"since": datetime.now(UTC).date().isoformat()})
