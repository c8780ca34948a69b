"""Programs outside: from the question to a person to the last token, each as it really comes over HTTP."""

import re
from http import HTTPStatus

import pytest

from tests.support.oauth import Stage, went_back

CAMPAIGNS, PLUGINS = "/api/v1/coupons/campaigns", "/api/v1/plugins"


@pytest.mark.parametrize("which", ["server", "phone"])
async def test_a_person_allows_a_program_and_it_may_what_she_allowed(stage: Stage, which: str) -> None:
    program = getattr(stage, which)
    owner = await stage.town.signed_in("owner")
    page = await owner.get("/oauth/authorize", params=program.wish())
    assert (page.status_code, page.headers["cache-control"]) == (HTTPStatus.OK, "no-store")
    assert "form-action 'self' https://stock.example;" in page.headers["content-security-policy"]
    for word in ("쿠폰이 얼마나 나가고 쓰였는지 봅니다", "stock.example", "허락", "거절", "대표"):
        assert word in page.text
    assert "쿠폰을 확인하고" not in page.text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text.partition("</form>")[0]))
    assert hidden == {**{name: value.replace("&", "&amp;") for name, value in program.wish().items()}, "decision": "allow"}

    told = went_back(await owner.post("/oauth/authorize", {**program.wish(), "decision": "allow"}))
    assert told == {"code": told["code"], "state": "s t&te=1", "iss": owner_issuer(stage)}
    answer = await program.exchange(told["code"])
    assert (answer.status_code, answer.headers["cache-control"], answer.headers["pragma"]) == (HTTPStatus.OK, "no-store", "no-cache")
    tokens = answer.json()
    assert tokens.keys() == {"access_token", "refresh_token", "token_type", "expires_in", "scope"}
    assert (tokens["token_type"], tokens["expires_in"], tokens["scope"]) == ("Bearer", 3600, "coupons.read")
    caller = stage.caller(tokens["access_token"])
    assert (await caller.get(CAMPAIGNS)).status_code == HTTPStatus.OK
    assert (await caller.get(PLUGINS)).status_code == HTTPStatus.FORBIDDEN


def owner_issuer(stage: Stage) -> str:
    return f"http://{stage.town.foundation.host}"
