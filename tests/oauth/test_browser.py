"""A program from outside in a browser: the owner lets it in, a merchant is asked and allows it, and it reads what she may."""

import base64
import hashlib
import re
import secrets
from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode, urlsplit

from httpx2 import AsyncClient
from playwright.async_api import Browser, Route

from tests.support.browser import DESK, Visitor, violations, visiting
from tests.support.demo import Demo

BACK = "https://stock.example/back"
OWNER, MERCHANT = "010-1111-0000", "010-1111-0003"  # of the cast


async def test_a_program_is_let_in_allowed_and_reads(demo: Demo, browser: Browser) -> None:
    async with visiting(browser, demo, viewport=DESK) as owner:
        await owner.sign_in("/console/programs", OWNER)
        await owner.keep("programs_none_1280")
        client_id, secret = await let_in(owner)
        assert await violations(owner.page) == []
        await owner.keep("program_made_1280")
        await owner.go("/console/programs")
        await owner.keep("programs_1280")
        assert await violations(owner.page) == []
        await owner.page.set_viewport_size({"width": 360, "height": 780})
        await owner.keep("programs_360")

    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    wish = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": BACK,
        "state": "of this browser",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    async with visiting(browser, demo) as merchant:

        async def program(route: Route) -> None:
            await route.fulfill(body="<!doctype html><title>Stock</title>", content_type="text/html")

        await merchant.context.route("https://stock.example/**", program)
        # Whoever has not signed in is asked who it is first, and comes back to the question.
        await merchant.sign_in(f"/oauth/authorize?{urlencode(wish)}", MERCHANT)
        assert "재고 프로그램" in await merchant.page.locator("h1").inner_text()
        assert await violations(merchant.page) == []
        await merchant.keep("consent_360")
        await merchant.page.set_viewport_size({"width": 1280, "height": 800})
        await merchant.keep("consent_1280")
        await merchant.button("거절").click()
        await merchant.page.wait_for_url(f"{BACK}?*")
        assert said(merchant)["error"] == "access_denied"

        await merchant.go(f"/oauth/authorize?{urlencode(wish)}")
        await merchant.button("허락").click()
        await merchant.page.wait_for_url(f"{BACK}?*")
        told = said(merchant)
        assert (told["state"], told["iss"]) == ("of this browser", demo.address("").rstrip("/"))
        access = await exchanged(demo, (client_id, secret), told["code"], verifier)
        assert await reads(demo, access) == HTTPStatus.OK

        await merchant.page.set_viewport_size({"width": 360, "height": 780})
        await merchant.go("/portal/tokens")
        await merchant.keep("tokens_360")
        assert await violations(merchant.page) == []
        await merchant.button("허락 거두기").click()
        await merchant.page.wait_for_url("**/portal/tokens?done=taken_back")
        assert await reads(demo, access) == HTTPStatus.UNAUTHORIZED


async def test_a_merchant_makes_a_token_of_her_own(demo: Demo, browser: Browser) -> None:
    async with visiting(browser, demo) as merchant:
        await merchant.sign_in("/portal/help", MERCHANT)
        await merchant.button("프로그램에 주는 열쇠").click()
        await merchant.page.locator("#name").fill("계산대")
        await merchant.page.get_by_label("쿠폰이 얼마나 나가고 쓰였는지 봅니다").check()
        await merchant.button("열쇠 만들기").click()
        token = await merchant.page.locator(".token").inner_text()
        await merchant.keep("token_made_360")
        assert await violations(merchant.page) == []
        assert await reads(demo, token) == HTTPStatus.OK
        await merchant.go("/portal/tokens")
        assert token not in await merchant.page.content()
        await merchant.button("없애기").click()
        await merchant.page.wait_for_url("**/portal/tokens?done=revoked")
        assert await reads(demo, token) == HTTPStatus.UNAUTHORIZED
    async with visiting(browser, demo, viewport=DESK) as owner:
        await owner.sign_in("/console/tokens", OWNER)
        await owner.keep("tokens_1280")
        assert await violations(owner.page) == []


async def let_in(owner: Visitor) -> tuple[str, str]:
    """Its id and its secret, as the owner copies them."""
    await owner.page.locator("#name").fill("재고 프로그램")
    await owner.page.locator("#addresses").fill(BACK)
    await owner.page.get_by_label("쿠폰이 얼마나 나가고 쓰였는지 봅니다").check()
    await owner.button("들이기").click()
    text = await owner.page.locator("main").inner_text()
    client_id, secret = re.search(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text), re.search(r"smc_[\w-]{43}", text)
    assert client_id, text
    assert secret, text
    return client_id[0], secret[0]


def said(visitor: Visitor) -> dict[str, str]:
    """What the program is told at its address."""
    return dict(parse_qsl(urlsplit(visitor.page.url).query))


async def exchanged(demo: Demo, program: tuple[str, str], code: str, verifier: str) -> str:
    """The access token for a code."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": verifier}
    async with AsyncClient(trust_env=False, timeout=30) as http:
        url = f"http://127.0.0.1:{demo.port}/oauth/token"
        answer = await http.post(url, data=form, auth=program, headers={"Host": "bucheon.localhost"})
    assert answer.status_code == HTTPStatus.OK, answer.text
    return str(answer.json()["access_token"])


async def reads(demo: Demo, token: str) -> int:
    """What somebody with a token is answered who asks for the coupons."""
    async with AsyncClient(trust_env=False, timeout=30) as http:
        headers = {"Host": "bucheon.localhost", "Authorization": f"Bearer {token}"}
        return (await http.get(f"http://127.0.0.1:{demo.port}/api/v1/coupons/campaigns", headers=headers)).status_code
