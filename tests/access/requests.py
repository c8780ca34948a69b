"""A valid request for each address, with the foundation's own objects: what somebody who may is answered well."""

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from pydantic import BaseModel

from smilero_web.testhost.samples import sample_of
from tests.access.scene import Ask, Scene, send
from tests.access.subjects import Subject
from tests.support.coupons import campaign_body
from tests.support.faces import SESSION
from tests.support.forms import fields_of
from tests.support.operations import identifiers

Made = Callable[[Scene, str], Awaitable[Ask]]

# What stands in a path besides the objects of a foundation.
NAMES = {"name": "coupons", "field": "note", "plugin": "example", "file": "dist/manifest.json"}


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


async def _redeemed_by_form(scene: Scene, _: str) -> Ask:
    return Ask(form={"code": await _code(scene)})


async def _redeemed(scene: Scene, _: str) -> Ask:
    return Ask(body={"code": await _code(scene), "shop_id": scene.ids["shop_id"]})


async def _new_campaign(scene: Scene, _: str) -> Ask:
    return Ask(body=campaign_body(scene.foundation.shop))


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


async def _own_session(scene: Scene, who: str) -> Ask:
    return Ask(ids={"session_id": await scene.session_to_end(who)}) if who in scene.sessions else Ask()


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


async def _invitation(scene: Scene) -> str:
    return str((await scene.invitation()).invitation_id)


async def _invited(scene: Scene, _: str) -> Ask:
    return Ask(form={"phone": scene.new_phone(), "name": f"{scene.mark} invited", "role": "clerk"})


async def _market_asked(scene: Scene, _: str) -> Ask:
    return Ask(query={"market": scene.ids["market_id"]})


async def _list_sent(scene: Scene, _: str) -> Ask:
    line = f"{await scene.shop_name()}, , {scene.new_phone()}, {scene.mark} invited"
    return Ask(form={"market": scene.ids["market_id"], "lines": line, "step": "send"}, keyless=True)


async def _about_an_invitation(scene: Scene, _: str) -> Ask:
    return Ask(query={"subject": scene.ids["invitation_id"]})


async def _core_exported(_: Scene, __: str) -> Ask:
    return Ask(form={"plugin": "core"}, keyless=True)


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


_SHOP_PEOPLE = "/console/shops/{shop_id}/people"
_SHOP_SETTINGS = "/console/shops/{shop_id}/plugins/{name}/settings"

_MADE: Mapping[str, Made] = {
    "POST /sign-in": _phone_given,
    "GET /sign-in/code": _code_awaited,
    "POST /sign-in/code": _code_given,
    "GET /sign-in/link/{token}": _link,
    "POST /sign-in/link/{token}": _link,
    "GET /join/{token}": _joined,
    "POST /join/{token}": _joined,
    "GET /help/{token}": _question_seen,
    "POST /help/{token}": _asked_to_help,
    "POST /portal/helpers": _help_wanted,
    "POST /portal/helpers/{helper_id}/end": _ids("helper_id", _leave),
    "POST /portal/helping/{helping_id}": _leave_taken,
    "POST /sessions/end": _signed_out_everywhere,
    "POST /sessions/{session_id}/end": _own_session,
    "POST /portal/sessions/end": _signed_out_everywhere,
    "POST /portal/sessions/{session_id}/end": _own_session,
    "POST /sign-out": _signed_out,
    "GET /dev/plugin/{name}": lambda _, __: _named("example"),
    "POST /portal/shops": _shop_chosen,
    "POST /portal/plugins/{name}": _form(enabled="true"),
    "POST /portal/plugins/{name}/{field}": _form(**{"set.note": "once"}),
    "GET /portal/print/{plugin}/{name}": lambda _, __: _named("book"),
    "GET /portal/search": _asked(q="zq"),
    "GET /console/search": _asked(q="zq"),
    "GET /api/v1/search": _asked(q="zq"),
    "POST /console/shops/{shop_id}/plugins/{name}": _form(enabled="true"),
    f"POST {_SHOP_PEOPLE}": _invited,
    f"POST {_SHOP_PEOPLE}/{{membership_id}}/end": _ids("membership_id", Scene.member),
    f"POST {_SHOP_PEOPLE}/invitations/{{invitation_id}}/again": _ids("invitation_id", _invitation),
    f"POST {_SHOP_PEOPLE}/invitations/{{invitation_id}}/revoke": _ids("invitation_id", _invitation),
    "GET /console/invitations": _market_asked,
    "POST /console/invitations": _list_sent,
    "GET /console/audit": _about_an_invitation,
    "POST /console/audit/export": _core_exported,
    "POST /console/plugins/{name}": _form(enabled="true", agreed="true"),
    "POST /console/plugins/{name}/settings": _settings("/console/plugins/{name}/settings"),
    f"POST {_SHOP_SETTINGS}": _settings(_SHOP_SETTINGS),
    "POST /console/work/letters/{letter_id}/again": _ids("letter_id", Scene.letter),
    "POST /console/work/letters/{letter_id}/discard": _ids("letter_id", Scene.letter),
    "POST /console/work/plugins/{name}/replay": lambda _, __: _replayed(),
    "GET /portal/coupons/new/until": _asked(value="1000"),
    "GET /portal/coupons/new/stock": _asked(value="1000", until="week"),
    "POST /portal/coupons/campaigns": _form(value="1000", until="week", stock="10"),
    "POST /portal/coupons/campaigns/{campaign_id}/undo": _ids("campaign_id", _campaign),
    "POST /portal/coupons/redemptions": _redeemed_by_form,
    "POST /portal/coupons/redemptions/{redemption_id}/undo": _ids("redemption_id", _redemption),
    "POST /example/books/{shop_id}": _form(text="zq"),
    "POST /portal/example/greetings/{greeting_id}/thanks": _ids("greeting_id", _greeting),
    "POST /console/example/greetings/{greeting_id}/hide": _ids("greeting_id", _greeting),
    "POST /webhooks/example/form": _from_outside,
    "POST /api/v1/coupons/campaigns": _new_campaign,
    "POST /api/v1/coupons/redemptions": _redeemed,
}


async def _named(name: str) -> Ask:
    return Ask(ids={"name": name})


async def _replayed() -> Ask:
    return Ask(ids={"name": "example"}, form={"since": datetime.now(UTC).date().isoformat()})
