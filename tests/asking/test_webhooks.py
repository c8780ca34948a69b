"""Webhooks of plugins: by the tenant's Host, behind the door, and none of the core's."""

from http import HTTPStatus

from httpx2 import Response

from smilero_core.db.session import Session
from smilero_core.plugins.gate import switch
from smilero_core.plugins.host import PluginHost
from smilero_core.plugins.manifest_rules import RESERVED
from smilero_web.middleware.hosts import CORE_WEBHOOKS
from tests.conftest import LookedAt
from tests.support.faces import Town
from tests.support.waiting import until

METHODS = ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")


def addresses() -> list[str]:
    return [f"/webhooks/{plugin}/{name}" for plugin, one in PluginHost.discover().declared.items() for name in one.webhooks]


async def sent(town: Town, path: str, method: str = "POST", **headers: str) -> Response:
    return await town.site.caller(town.foundation).ask(method, path, content=b"{}", headers=headers)


def said(answer: Response) -> tuple[int, str, str]:
    return answer.status_code, answer.json()["code"], answer.headers["content-type"]


NEVER = (HTTPStatus.NOT_FOUND, "http.not_found", "application/problem+json")


async def test_each_asks_for_its_own_proof_and_for_post(town: Town, looked_at: LookedAt) -> None:
    looked_at("webhooks", addresses())
    for path in addresses():
        assert said(await sent(town, path))[0] == HTTPStatus.UNAUTHORIZED
        for method in METHODS:
            answer = await sent(town, path, method)
            assert (answer.status_code, answer.headers["allow"]) == (HTTPStatus.METHOD_NOT_ALLOWED, "POST")


async def test_off_it_is_like_one_that_never_was(town: Town) -> None:
    (path,) = addresses()
    async with town.site.database.unit(town.foundation.id) as unit:
        await switch(Session(unit), path.split("/")[2], enabled=False)

    async def is_shut() -> bool:
        return said(await sent(town, path)) == NEVER

    await until(is_shut)
    never = await sent(town, "/webhooks/ghost/form")
    for method in ("POST", *METHODS):
        answer = await sent(town, path, method)
        assert (answer.status_code, answer.content) == (HTTPStatus.NOT_FOUND, b"" if method == "HEAD" else never.content)


async def test_what_is_nobodys_is_not_found(town: Town) -> None:
    for path in ("/webhooks/ghost/form", "/webhooks/example/nothing", "/webhooks/coupons/form", "/webhooks/core/form"):
        assert said(await sent(town, path)) == NEVER
    (path,) = addresses()
    assert said(await sent(town, path, Host="localhost")) == NEVER
    assert said(await sent(town, path, Host="nobody.localhost"))[:2] == (HTTPStatus.NOT_FOUND, "http.unknown_host")


async def test_a_body_over_a_megabyte_is_refused(town: Town) -> None:
    (path,) = addresses()
    answer = await town.site.caller(town.foundation).ask("POST", path, content=b" " * (1024 * 1024 + 1))
    assert said(answer)[:2] == (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "http.body_too_large")


def test_no_plugin_can_have_the_name_of_a_core_webhook() -> None:
    assert {path.removeprefix("/webhooks/") for path in CORE_WEBHOOKS} <= RESERVED
