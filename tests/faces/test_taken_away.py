"""B4: what was taken away is gone at the next request, on every process, for pages, the API and what is open in a browser.

Each refusal stands beside the same request that was answered just before, and beside somebody of whom nothing was taken. The
addresses are read from the router, the rights from what core and plugins declare; jobs that wait are in `tests/work/test_vouched.py`.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from typing import Any

import pytest

from smilero_core.identity.access import CHANGEABLE, CORE_PERMISSIONS, Access
from smilero_core.plugins.host import PluginHost
from smilero_core.realtime.rooms import LOOK_AGAIN_SECONDS
from smilero_sdk.roles import Permission, Role
from smilero_web.runtime import assemble
from smilero_web.settings import WebSettings
from tests.access.rights import RIGHTS
from tests.access.subjects import Subject, subjects
from tests.conftest import LookedAt
from tests.support.coupons import Till
from tests.support.faces import SESSION, Guest, Town
from tests.support.streams import Stream, streaming

pytestmark = pytest.mark.suite("B4")

PROCESSES = (0, 1)
# Pages of the core that ask for a right which other roles of the face may lack; written by hand, as the product says it.
CORE_PAGES: Mapping[str, tuple[str, ...]] = {
    "audit.read": ("/console/audit",),
    "people.manage": ("/console/colleagues", "/console/invitations"),
    "plugins.read": ("/console/plugins",),
    "plugins.shop": ("/portal/plugins",),
}
# Addresses that answer to more than an address: what they ask for besides is tested where they are.
NEEDS_MORE = ("/portal/coupons/new/until", "/portal/coupons/new/stock")


@cache
def host() -> PluginHost:
    """What is installed, as the application assembles it."""
    return assemble(WebSettings()).host


def addresses(who: str) -> list[Subject]:
    """What a role may open by an address alone, and no customer."""
    rights = {name: one.may for name, one in RIGHTS.items()}
    return [
        one
        for name, one in subjects().items()
        if one.method == "GET" and "{" not in one.path and not one.path.endswith("/live") and one.path not in NEEDS_MORE
        if who in rights[name] and "customer" not in rights[name] and not one.path.startswith(("/dev/", "/sign-in/"))
    ]


def asks_for() -> Mapping[str, list[str]]:
    """The addresses that ask for each right to be opened, by the router and the plugins' declarations."""
    found: dict[str, list[str]] = {permission: list(paths) for permission, paths in CORE_PAGES.items()}
    for one in subjects().values():
        if one.method == "GET" and one.operation is not None and one.operation.operation.permission is not None:
            found.setdefault(one.operation.operation.permission, []).append(one.path)
    for plugin, pages in host().pages.items():
        for page in pages:
            if page.permission is not None and page.method == "GET":
                prefix = "" if page.face.value == "public" else f"/{page.face.value}"
                found.setdefault(page.permission, []).append(f"{prefix}/{plugin}{page.path}".rstrip("/"))
    return found


@dataclass(frozen=True)
class Person:
    """One of the cast at every process, by cookie and by token."""

    town: Town
    who: str
    guests: tuple[Guest, ...]

    async def answers(self, asked: list[Subject]) -> dict[tuple[str, int], str]:
        """In, or why not, by address and process."""
        token = {"Authorization": f"Bearer {self.town.foundation.tokens[self.who]}"}
        found = {}
        for one in asked:
            for process, guest in enumerate(self.guests):
                answer = await guest.get(one.path, **({"headers": token} if one.is_api else {}))
                to_sign_in = answer.status_code == HTTPStatus.SEE_OTHER and answer.headers["location"].startswith("/sign-in?")
                found[one.path, process] = (
                    "in" if answer.status_code < HTTPStatus.BAD_REQUEST and not to_sign_in else str(answer.status_code)
                )
        return found


async def person(town: Town, who: str) -> Person:
    first = await town.signed_in(who)
    guests = [town.guest(process=process) for process in PROCESSES]
    for guest in guests:
        guest.cookies[SESSION] = first.cookies[SESSION]
    return Person(town, who, tuple(guests))


async def post(guest: Guest, path: str, form: Mapping[str, str] | None = None, **options: Any) -> None:  # noqa: ANN401 - the guest's own
    answer = await guest.post(path, form, **options)
    assert answer.status_code == HTTPStatus.SEE_OTHER, (path, answer.status_code, answer.text[:2000])


async def place(town: Town, who: str) -> str:
    """The id of one of the cast's membership."""
    sql = "select id from core.membership where tenant_id = $1 and person_id = $2 and ended_at is null"
    return str(await town.site.admin.fetchval(sql, town.foundation.id, town.foundation.people[who]))


async def end_role(town: Town, one: Person) -> None:
    """By the console, as an owner does it; an owner's by another owner, so that one stays."""
    if one.who == "owner":
        await town.site.admin.execute(
            "insert into core.membership (tenant_id, id, person_id, role) values ($1, gen_random_uuid(), $2, 'owner')",
            town.foundation.id,
            town.foundation.people["officer"],
        )
        by, path = await town.signed_in("officer"), f"/console/colleagues/{await place(town, 'owner')}/end"
    else:
        at = "/console/colleagues" if one.who == "staff" else f"/console/shops/{town.foundation.shop}/people"
        by, path = await town.signed_in("owner"), f"{at}/{await place(town, one.who)}/end"
    await post(by, path)


async def end_session(_: Town, one: Person) -> None:
    """By the same browser at another window."""
    other = Guest(one.guests[0].http, one.guests[0].url, one.guests[0].host, dict(one.guests[0].cookies))
    await post(other, "/sign-out")


async def suspend(town: Town, _: Person) -> None:
    await town.site.admin.execute("update core.tenant set status = 'suspended' where id = $1", town.foundation.id)


async def revoke_token(town: Town, one: Person) -> None:
    await town.site.admin.execute(
        "update core.api_token set revoked_at = now() where tenant_id = $1 and person_id = $2",
        town.foundation.id,
        town.foundation.people[one.who],
    )


@dataclass(frozen=True)
class Way:
    """How something is taken away from one person, and who still has it.

    Attributes:
        pages, api: how the two are refused; nothing: they are not touched.
    """

    take: Callable[[Town, Person], Awaitable[None]]
    pages: frozenset[str]
    api: frozenset[str]
    whole: bool = False
    who: tuple[str, ...] = field(default=("owner", "staff", "merchant", "clerk"))


WAYS: Mapping[str, Way] = {
    "the role": Way(end_role, frozenset({"403"}), frozenset({"401"})),
    "the session": Way(end_session, frozenset({"303"}), frozenset({"in"})),
    "the token": Way(revoke_token, frozenset({"in"}), frozenset({"401"})),
    # A process may still know the foundation's name for three seconds, and then knows it no more.
    "the foundation": Way(suspend, frozenset({"303", "404"}), frozenset({"401", "404"}), whole=True),
}


@pytest.mark.parametrize(("how", "who"), [(how, who) for how, way in WAYS.items() for who in way.who])
async def test_at_the_next_request_of_every_process(town: Town, looked_at: LookedAt, how: str, who: str) -> None:
    way, asked, one, bystander = WAYS[how], addresses(who), await person(town, who), await person(town, _other(who))
    before = await one.answers(asked)
    assert set(before.values()) == {"in"}, before
    common = [address for address in asked if address in addresses(bystander.who)]
    assert set((await bystander.answers(common)).values()) <= {"in"}
    await way.take(town, one)
    api = {address.path for address in asked if address.is_api}
    after = await one.answers(asked)
    for (path, process), answer in after.items():
        assert answer in (way.api if path in api else way.pages), (path, process, answer)
    looked_at("addresses by process that were refused after an answer", [f"{key}" for key, answer in after.items() if answer != "in"])
    if not way.whole:
        assert set((await bystander.answers(common)).values()) <= {"in"}


def _other(who: str) -> str:
    """Somebody of whom nothing is taken, with as much of the same as can be."""
    return {"owner": "staff", "staff": "owner", "merchant": "other merchant", "clerk": "merchant"}[who]


def taken() -> Iterator[tuple[str, str]]:
    """Each right that an address asks for with each role that has it and could lose it."""
    declared = [*CORE_PERMISSIONS, *host().permissions]
    access = Access(host().permissions)
    for one in declared:
        for role in CHANGEABLE:
            if one.name in asks_for() and access.may_be_changed(one.name, role) and role in one.roles and _opens(one, role):
                yield one.name, role.value


def _opens(permission: Permission, role: Role) -> list[Subject]:
    return [one for one in addresses(role.value) if one.path in asks_for()[permission.name]]


@pytest.mark.parametrize(("permission", "who"), list(taken()))
async def test_a_right_of_a_role(settled: Town, looked_at: LookedAt, permission: str, who: str) -> None:
    owner, one = await settled.signed_in("owner"), await person(settled, who)
    asked = [address for address in addresses(who) if address.path in asks_for()[permission]]
    others = [address for address in addresses(who) if address.path in {"/console/shops", "/portal"}]
    assert set((await one.answers([*asked, *others])).values()) == {"in"}
    await post(owner, "/console/rights", {"change": f"{who} -{permission}"})
    try:
        after = await one.answers(asked)
        assert set(after.values()) == {"403"}, after
        assert set((await one.answers(others)).values()) <= {"in"}
        looked_at("addresses by process that asked for a right which was taken", [f"{permission} {who} {key}" for key in after])
    finally:
        await post(owner, "/console/rights", {"change": f"{who} +{permission}"})
    assert set((await one.answers(asked)).values()) == {"in"}


@pytest.mark.parametrize("permission", [permission for permission, who in taken() if who == "staff"])
async def test_a_right_of_one_of_the_staff(settled: Town, looked_at: LookedAt, permission: str) -> None:
    owner, one = await settled.signed_in("owner"), await person(settled, "staff")
    here = f"/console/colleagues/{await place(settled, 'staff')}"
    asked = [address for address in addresses("staff") if address.path in asks_for()[permission]]
    assert set((await one.answers(asked)).values()) == {"in"}
    await post(owner, here, {"change": f"staff -{permission}"})
    try:
        after = await one.answers(asked)
        assert set(after.values()) == {"403"}, after
        looked_at("addresses by process that asked for a right of one person", [f"{permission} {key}" for key in after])
    finally:
        await post(owner, here, {"change": f"staff +{permission}"})
    assert set((await one.answers(asked)).values()) == {"in"}


PLUGINS = sorted({permission.partition(".")[0] for permission, _ in taken()} & host().plugins.keys())


@pytest.mark.parametrize("plugin", PLUGINS)
async def test_a_plugin_that_was_switched_off(town: Town, looked_at: LookedAt, plugin: str) -> None:
    owner = await town.signed_in("owner")
    rights = [permission for permission, _ in taken() if permission.startswith(f"{plugin}.")]
    paths = {path for permission in rights for path in asks_for()[permission]}
    cast = [await person(town, who) for who in ("owner", "staff", "merchant", "clerk")]
    asked = {one.who: [address for address in addresses(one.who) if address.path in paths] for one in cast}
    for one in cast:
        assert set((await one.answers(asked[one.who])).values()) == {"in"}
    await post(owner, f"/console/plugins/{plugin}", {"enabled": "false", "agreed": "true"}, key="off")
    for one in cast:
        after = await one.answers(asked[one.who])
        # As if it were not there; a process that remembers it for two seconds finds that nobody may.
        assert set(after.values()) <= {"403", "404"}, after
        looked_at("addresses by process of a plugin that was switched off", [f"{plugin} {one.who} {key}" for key in after])


async def test_a_shop_that_is_no_longer_ones_own(town: Town) -> None:
    """Somebody with two shops loses one: at the next request it cannot be chosen, and the other goes on."""
    foundation, admin = town.foundation, town.site.admin
    await admin.execute(
        "insert into core.membership (tenant_id, id, person_id, role, shop_id) values ($1, gen_random_uuid(), $2, 'merchant', $3)",
        foundation.id,
        foundation.people["merchant"],
        foundation.other_shop,
    )
    one, staff = await person(town, "merchant"), await town.signed_in("staff")
    till = Till(town.site, foundation)
    for process in PROCESSES:
        await post(one.guests[process], "/portal/shops", {"shop_id": str(foundation.other_shop)})
        assert (await till.caller("merchant", process=process).get(f"/api/v1/coupons/campaigns?shop_id={foundation.other_shop}")).is_success
    page = f"/console/shops/{foundation.other_shop}/people"
    mine = next(row for row in (await staff.get(page)).text.split("<tr")[1:] if ">merchant<" in row)
    await post(staff, re.findall(r'href="(\S+/end)"', mine)[0])
    for process, guest in enumerate(one.guests):
        assert (await guest.get("/portal")).status_code == HTTPStatus.OK
        assert (await guest.post("/portal/shops", {"shop_id": str(foundation.other_shop)})).status_code == HTTPStatus.NOT_FOUND
        api = town.site.caller(foundation, "merchant", process=process)
        refused = await api.get(f"/api/v1/coupons/campaigns?shop_id={foundation.other_shop}")
        assert refused.status_code in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}, refused.text


LIVE: Mapping[str, Callable[[Town, Person], Awaitable[None]]] = {
    "the role": end_role,
    "the session": end_session,
    "the foundation": suspend,
}


async def take_right(town: Town, one: Person) -> None:
    await post(await town.signed_in("owner"), "/console/rights", {"change": f"{one.who} -coupons.read"})


async def switch_off(town: Town, _: Person) -> None:
    await post(await town.signed_in("owner"), "/console/plugins/coupons", {"enabled": "false", "agreed": "true"}, key="off")


@pytest.mark.parametrize("take", [*LIVE.values(), take_right, switch_off], ids=[*LIVE, "the right", "the plugin"])
async def test_a_live_page_ends(town: Town, looked_at: LookedAt, take: Callable[[Town, Person], Awaitable[None]]) -> None:
    assert LOOK_AGAIN_SECONDS <= 5.0
    one = await person(town, "merchant")
    campaign = await Till(town.site, town.foundation).campaign()
    live = f"/portal/coupons/campaigns/{campaign['id']}/live"
    async with AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(streaming(guest, live)) for guest in one.guests]
        for stream in streams:
            event = await stream.event()
            assert event is not None
            assert event.name == "counts"
        await take(town, one)
        ends = [[event.name async for event in _rest(stream)] for stream in streams]
    assert ends == [["gone"], ["gone"]]
    looked_at("live pages that ended", [f"{take.__name__} {process}" for process in PROCESSES])


async def _rest(stream: Stream) -> AsyncIterator[Any]:
    while (event := await stream.event()) is not None:
        yield event


def test_what_is_taken_is_read_from_what_runs(looked_at: LookedAt) -> None:
    pairs = [f"{permission} of {who}" for permission, who in taken()]
    looked_at("rights by role that can be taken and felt", pairs)
    looked_at("addresses that a role may open", [f"{who} {one.path}" for who in WAYS["the role"].who for one in addresses(who)])
    assert len(pairs) >= 15
    assert {*CORE_PAGES} <= {permission for permission, _ in taken()}
    assert len(PLUGINS) >= 2
