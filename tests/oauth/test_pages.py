"""The owner's page of programs, and people's own tokens: what they make works, is seen once, and ends."""

import re
from datetime import UTC, datetime
from http import HTTPStatus

import pytest
from httpx2 import Response

from smilero_core.audit.log import AuditLog
from smilero_core.db.session import Session
from smilero_core.identity.personal import PersonalData
from smilero_core.identity.programs import sound_address
from smilero_sdk.context import Actor, Program
from smilero_sdk.roles import Role
from tests.support.coupons import CAMPAIGNS, campaign_body
from tests.support.faces import Guest
from tests.support.oauth import BACK, Outside, Stage
from tests.support.web import Caller

PROGRAMS = "/console/programs"
PLUGINS = "/api/v1/plugins"


async def let_in(owner: Guest, **changes: str) -> Response:
    form = {"name": "재고 프로그램", "kind": "confidential", "addresses": f"{BACK}\r\n{BACK}\r\n", "scope.coupons.read": "true"}
    return await owner.post(PROGRAMS, {**form, **changes})


def shown_token(page: Response, prefix: str) -> str:
    found = re.findall(rf'<span class="token">({prefix}[\w-]{{43}})</span>', page.text)
    assert len(found) == 1, page.text
    return str(found[0])


def program_on(page: Response, stage: Stage) -> Outside:
    client_id = re.findall(r'client_id</span> <span class="token">([0-9a-f-]{36})<', page.text)
    secret = re.findall(r'<span class="token">(smc_[\w-]{43})</span>', page.text)
    return Outside(stage.town, client_id[0], secret[0] if secret else None)


async def test_an_owner_lets_a_program_in_changes_its_secret_and_ends_it(stage: Stage) -> None:
    owner, merchant = await stage.town.signed_in("owner"), await stage.town.signed_in("merchant")
    made = await let_in(owner)
    assert (made.status_code, made.headers["cache-control"]) == (HTTPStatus.OK, "no-store")
    program = program_on(made, stage)
    assert program.secret is not None
    here = f"{PROGRAMS}/{program.id}"
    listed = await owner.get(PROGRAMS)
    assert "재고 프로그램" in listed.text
    tokens = await program.tokens(merchant)
    page = await owner.get(here)
    # Whoever comes again sees it no more, and who allowed it is named.
    assert program.secret not in page.text
    assert "smc_" not in listed.text + page.text
    for word in ("merchant", "상인", "쿠폰이 얼마나 나가고 쓰였는지 봅니다", BACK):
        assert word in page.text

    changed = Outside(stage.town, program.id, shown_token(await owner.post(f"{here}/secret"), "smc_"))
    assert (await program.refresh(tokens["refresh_token"])).status_code == HTTPStatus.UNAUTHORIZED
    tokens = (await changed.refresh(tokens["refresh_token"])).json()
    assert (await stage.caller(tokens["access_token"]).get(CAMPAIGNS)).status_code == HTTPStatus.OK
    ended = await owner.post(f"{here}/end")
    assert (ended.status_code, ended.headers["location"]) == (HTTPStatus.SEE_OTHER, f"{PROGRAMS}?done=ended")
    assert (await stage.caller(tokens["access_token"]).get(CAMPAIGNS)).status_code == HTTPStatus.UNAUTHORIZED
    assert (await owner.get(here)).status_code == HTTPStatus.NOT_FOUND
    assert (await owner.post(f"{here}/end")).status_code == HTTPStatus.NOT_FOUND
    assert "재고 프로그램" not in (await owner.get(PROGRAMS)).text
    log = (await owner.get("/console/audit")).text
    for sentence in (
        "재고 프로그램을 들였습니다",
        "재고 프로그램의 비밀 값을",
        "재고 프로그램에 허락했습니다",
        "재고 프로그램을 끊었습니다",
    ):
        assert sentence in log, sentence
    assert "smc_" not in log


async def test_a_public_program_has_no_secret(stage: Stage) -> None:
    owner = await stage.town.signed_in("owner")
    program = program_on(await let_in(owner, kind="public"), stage)
    assert program.secret is None
    assert (await program.tokens(owner))["scope"] == "coupons.read"
    assert (await owner.post(f"{PROGRAMS}/{program.id}/secret")).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


async def test_the_log_names_the_program(stage: Stage) -> None:
    town, owner = stage.town, await stage.town.signed_in("owner")
    program = Program(stage.server.id, "재고 프로그램")
    async with town.site.database.unit(town.foundation.id) as unit:
        for person in (None, town.foundation.people["staff"]):
            log = AuditLog(Session(unit), Actor(Role.STAFF, person, program=program), "core", datetime.now(UTC))
            await log.record("identity.audit.revoked", shop="빵집")
    told = re.sub(r"<[^>]+>", "|", (await owner.get("/console/audit")).text)
    assert "|재고 프로그램|" in told
    assert "|staff (재고 프로그램에서)|" in told


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"name": ""}, "이름"),
        ({"name": "가" * 41}, "이름"),
        ({"addresses": ""}, "돌아갈 주소"),
        ({"addresses": "http://stock.example/back"}, "https://"),
        ({"addresses": "\n".join(f"https://stock.example/{number}" for number in range(6))}, "5개"),
        ({"scope.coupons.read": "false"}, "하나 이상"),
        ({"kind": "public", "unattended": "true"}, "비밀 값"),
    ],
)
async def test_a_program_that_cannot_be_let_in(stage: Stage, changes: dict[str, str], word: str) -> None:
    owner = await stage.town.signed_in("owner")
    answer = await let_in(owner, **changes)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert word in answer.text.partition('role="alert"')[2].partition("</div>")[0]
    assert (await owner.get(PROGRAMS)).text.count('<th scope="row"') == 2


@pytest.mark.parametrize(
    ("address", "sound"),
    [
        *((one, True) for one in ("https://a.example", "https://a.example:8443/b?c=d", "http://127.0.0.1:8000/", "http://[::1]:1/a")),
        *((one, False) for one in ("http://a.example/", "https://", "https:///b", "//a.example", "a.example", "javascript:alert(1)")),
        *((one, False) for one in ("https://a.example/#b", "https://u@a.example/", "https://u:p@a.example/", "https://*.a.example/")),
        *((one, False) for one in ("https://시장.example/", "https://a.example/ b", "https://a.example:99999/", "https://a.example:x/")),
        *(
            (one, False)
            for one in ("http://127.0.0.1.evil.example/", "http://localhost@evil.example/", "data:text/html,a", "https://a\\b/")
        ),
    ],
)
def test_where_people_may_be_sent(address: str, *, sound: bool) -> None:
    assert sound_address(address) is sound


async def make(guest: Guest, path: str, **changes: str) -> Response:
    return await guest.post(path, {"name": "계산대", "days": "30", "scope.coupons.read": "true", **changes})


@pytest.mark.parametrize(("who", "path"), [("owner", "/console/tokens"), ("staff", "/console/tokens"), ("merchant", "/portal/tokens")])
async def test_a_person_makes_a_token_of_her_own_and_ends_it(stage: Stage, who: str, path: str) -> None:
    guest = await stage.town.signed_in(who)
    made = await make(guest, path)
    assert (made.status_code, made.headers["cache-control"]) == (HTTPStatus.OK, "no-store")
    token = shown_token(made, "smi_")
    page = await guest.get(path)
    assert token not in page.text
    assert "계산대" in page.text
    kept = "select * from core.api_token where tenant_id = $1 and name <> ''"
    (row,) = await stage.town.site.admin.fetch(kept, stage.town.foundation.id)
    assert (row["scopes"], row["last_used_on"], (row["expires_at"] - row["created_at"]).days) == (["coupons.read"], None, 30)

    caller = stage.caller(token)
    assert (await caller.get(CAMPAIGNS)).status_code == HTTPStatus.OK
    # What the role may and the token may not.
    body = campaign_body(stage.town.foundation.shop)
    assert (await caller.post(CAMPAIGNS, body)).status_code == HTTPStatus.FORBIDDEN
    own = Caller(caller.http, caller.url, caller.host, stage.town.foundation.tokens[who], caller.document)
    assert (await own.post(CAMPAIGNS, body)).status_code == HTTPStatus.CREATED
    used = "select last_used_on = (now() at time zone 'Asia/Seoul')::date from core.api_token where tenant_id = $1 and id = $2"
    assert await stage.town.site.admin.fetchval(used, stage.town.foundation.id, row["id"])
    # Another of the foundation has no hand in it.
    other = await stage.town.signed_in("staff" if who == "owner" else "owner")
    assert (await other.post(f"/console/tokens/{row['id']}/revoke")).status_code == HTTPStatus.NOT_FOUND
    assert (await caller.get(CAMPAIGNS)).status_code == HTTPStatus.OK
    gone = await guest.post(f"{path}/{row['id']}/revoke")
    assert (gone.status_code, gone.headers["location"]) == (HTTPStatus.SEE_OTHER, f"{path}?done=revoked")
    assert (await caller.get(CAMPAIGNS)).status_code == HTTPStatus.UNAUTHORIZED
    sentences = await stage.town.site.admin.fetch(
        "select sentence, params from core.audit_entry where tenant_id = $1 and sentence like 'identity.audit.token%' order by id",
        stage.town.foundation.id,
    )
    assert [one["sentence"] for one in sentences] == ["identity.audit.token_made", "identity.audit.token_revoked"]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"name": ""}, "이름"),
        ({"scope.coupons.read": "false"}, "하나 이상"),
        ({"scope.plugins.read": "true"}, "plugins.read"),
        ({"scope.nothing.there": "true"}, "nothing.there"),
        ({"days": "366"}, "365"),
        ({"days": "0"}, "365"),
        ({"days": "-1"}, "365"),
        ({"days": "forever"}, "365"),
    ],
)
async def test_a_token_that_is_not_made(stage: Stage, changes: dict[str, str], word: str) -> None:
    merchant = await stage.town.signed_in("merchant")
    answer = await make(merchant, "/portal/tokens", **changes)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert word in answer.text
    assert "smi_" not in answer.text
    assert "smi_" in (await make(merchant, "/portal/tokens")).text


async def test_a_right_that_is_lost_is_lost_to_the_token_too(stage: Stage) -> None:
    owner = await stage.town.signed_in("owner")
    token = shown_token(await make(owner, "/console/tokens", **{"scope.plugins.read": "true"}), "smi_")
    assert (await stage.caller(token).get(PLUGINS)).status_code == HTTPStatus.OK
    await stage.town.site.admin.execute(
        "update core.membership set ended_at = now() where tenant_id = $1 and person_id = $2",
        stage.town.foundation.id,
        stage.town.foundation.people["owner"],
    )
    assert (await stage.caller(token).get(PLUGINS)).status_code == HTTPStatus.UNAUTHORIZED


async def test_a_person_takes_back_what_she_allowed(stage: Stage) -> None:
    merchant, owner = await stage.town.signed_in("merchant"), await stage.town.signed_in("owner")
    hers, others = await stage.phone.tokens(merchant), await stage.phone.tokens(owner)
    page = await merchant.get("/portal/tokens")
    (path,) = re.findall(r'action="(/portal/tokens/programs/[0-9a-f-]{36}/end)"', page.text)
    assert (await owner.post(path.replace("/portal", "/console"))).status_code == HTTPStatus.NOT_FOUND
    assert (await stage.caller(hers["access_token"]).get(CAMPAIGNS)).status_code == HTTPStatus.OK
    assert (await merchant.post(path)).headers["location"] == "/portal/tokens?done=taken_back"
    assert (await stage.caller(hers["access_token"]).get(CAMPAIGNS)).status_code == HTTPStatus.UNAUTHORIZED
    assert (await stage.phone.refresh(hers["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await stage.caller(others["access_token"]).get(CAMPAIGNS)).status_code == HTTPStatus.OK


async def test_an_erased_person_leaves_nothing_that_works(stage: Stage) -> None:
    customer, owner, town = await stage.town.signed_in("customer"), await stage.town.signed_in("owner"), stage.town
    program = Outside(town, program_on(await let_in(owner, kind="public", **{"scope.coupons.claim": "true"}), stage).id, None)
    tokens = await program.tokens(customer, scope="coupons.claim")
    code = await program.allowed(customer, scope="coupons.claim")
    person = town.foundation.people["customer"]
    assert (await stage.caller(tokens["access_token"]).get("/api/v1/coupons/claims")).status_code == HTTPStatus.OK
    async with town.site.database.unit(town.foundation.id) as unit:
        data = PersonalData(Session(unit), town.foundation.id, town.vault)
        told = {section.title: section.rows for section in await data.sections(person)}
        await data.erase(person)
    assert [one["scopes"] for one in told["person.programs"]] == ["coupons.claim"] * 2
    assert [one["role"] for one in told["person.tokens"]] == ["customer"]
    for token in (tokens["access_token"], town.foundation.tokens["customer"]):
        assert (await stage.caller(token).get("/api/v1/coupons/claims")).status_code == HTTPStatus.UNAUTHORIZED
    for answer in (await program.exchange(code), await program.refresh(tokens["refresh_token"])):
        assert answer.json()["error"] == "invalid_grant"


async def test_two_programs_do_not_share_a_key(stage: Stage) -> None:
    """What one was answered is nothing to another, though both act as staff without a person."""
    owner = await stage.town.signed_in("owner")
    scopes = {"scope.coupons.manage": "true", "unattended": "true"}
    one, other = [program_on(await let_in(owner, **scopes), stage) for _ in range(2)]
    body = campaign_body(stage.town.foundation.shop)
    made = []
    for program in (one, one, other):
        caller = stage.caller((await program.by_itself()).json()["access_token"])
        made.append((await caller.post(CAMPAIGNS, body, key="the same key")).json()["id"])
    assert made[0] == made[1] != made[2]
