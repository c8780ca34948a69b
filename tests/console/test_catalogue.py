"""The catalogue of plugins: what it tells, who may switch, what must be read first, and what stands in the way."""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus

import pytest

from smilero_core.plugins.host import PluginHost
from smilero_core.plugins.inventory import require_spoken
from smilero_core.plugins.refusal import PluginLoadError
from smilero_sdk.i18n import Catalogue
from tests.conftest import LookedAt
from tests.console.conftest import new_town
from tests.plugins.installed import LANTERN, install
from tests.plugins.lantern.plugin import plugin
from tests.support.application import Site
from tests.support.commands import smilero
from tests.support.faces import Guest, Town, sentence
from tests.support.web import running_server

LIST = "/console/plugins"


async def switched(guest: Guest, name: str, *, on: bool, agreed: bool = True) -> tuple[int, str]:
    """Use a switch: the status, and where it leads or what it says."""
    answer = await guest.post(f"{LIST}/{name}", {"enabled": str(on).lower(), **({"agreed": "true"} if agreed else {})})
    return answer.status_code, answer.headers.get("location") or sentence(answer)


async def on(town: Town) -> Sequence[str]:
    rows = await town.site.admin.fetch(
        "select plugin from core.plugin_activation where tenant_id = $1 and enabled order by plugin", town.foundation.id
    )
    return [row["plugin"] for row in rows]


async def test_the_list_says_what_there_is_and_how_it_is(site: Site) -> None:
    town = await new_town(site, "coupons", "ghost")
    page = (await (await town.signed_in("owner")).get(LIST)).text
    rows = {
        row.partition(f'href="{LIST}/')[2].partition('"')[0]: sentence_of(row)
        for row in page.partition("<tbody")[2].split('<tr role="row"')[1:]
    }
    assert "켜짐" in rows["coupons"]
    assert "개인정보" in rows["coupons"]
    assert "꺼짐" in rows["lantern"]
    assert "결제" in rows["lantern"]
    assert "무료" in rows["lantern"]
    assert "허락한 목록에 없어" in rows["stranger"]
    assert "설치되어 있지 않습니다" in rows["ghost"]
    assert set(list(rows)[-3:]) == {"ghost", "stranger", "example"}
    # Nobody can switch what is not listed or not there.
    assert page.count('role="switch"') == len(rows) - 3


def sentence_of(markup: str) -> str:
    return " ".join(markup.split())


async def test_the_page_of_a_plugin_tells_everything(town: Town) -> None:
    owner = await town.signed_in("owner")
    await switched(owner, "lantern", on=False)
    await switched(owner, "lantern", on=True)
    page = await owner.get(f"{LIST}/lantern")
    for told in (
        "2.3.4",
        "MIT",
        "Smilero",
        "점포마다",
        "등불을 봅니다",
        "재단 대표 · 재단 직원 · 상인 · 점원",
        "결제",
        "owner 님이 켬",
        f"{LIST}/lantern/settings",
        "glow 등불",
    ):
        assert told in page.text, told
    coupons = (await owner.get(f"{LIST}/coupons")).text
    for told in ("쿠폰을 만들고 되돌립니다", "coupons.redeemed", "개인정보", "본인이 달라고 하면"):
        assert told in coupons, told
    assert "님이 켬" not in coupons
    ghost = await new_town(town.site, "ghost")
    assert "설치되어 있지 않습니다" in (await (await ghost.signed_in("owner")).get(f"{LIST}/ghost")).text
    assert (await owner.get(f"{LIST}/nothing")).status_code == HTTPStatus.NOT_FOUND


async def test_what_it_deals_with_is_read_before_it_is_on(site: Site) -> None:
    town = await new_town(site, "storefront")
    owner = await town.signed_in("owner")
    assert await switched(owner, "lantern", on=True, agreed=False) == (HTTPStatus.SEE_OTHER, f"{LIST}/lantern/enable")
    assert await on(town) == ["storefront"]
    page = (await owner.get(f"{LIST}/lantern/enable")).text
    assert "카드 번호는 결제 회사에만" in page
    assert "등불을 봅니다" in page
    assert await switched(owner, "lantern", on=True) == (HTTPStatus.SEE_OTHER, LIST)
    assert await on(town) == ["lantern", "storefront"]
    # One that deals with nothing is on at once, and off needs no reading.
    assert await switched(owner, "candle", on=True, agreed=False) == (HTTPStatus.SEE_OTHER, LIST)
    assert await switched(owner, "candle", on=False, agreed=False) == (HTTPStatus.SEE_OTHER, LIST)


async def test_what_stands_in_the_way_is_said(site: Site) -> None:
    town = await new_town(site, "storefront", "ghost")
    owner = await town.signed_in("owner")
    for name, said in (("candle", "켜져 있어야 쓸 수 있습니다"), ("stranger", "SMILERO_PLUGINS")):
        status, told = await switched(owner, name, on=True)
        assert (status, said in told) == (HTTPStatus.CONFLICT, True), told
        assert said in sentence(await owner.get(f"{LIST}/{name}/enable"))
    await switched(owner, "glow", on=True)
    status, told = await switched(owner, "lantern", on=True)
    assert (status, "함께 쓸 수 없습니다" in told) == (HTTPStatus.CONFLICT, True)
    page = (await owner.get(f"{LIST}/lantern/enable")).text
    assert "함께 쓸 수 없습니다" in page
    assert "읽었고, 켭니다" not in page
    await switched(owner, "glow", on=False)
    await switched(owner, "lantern", on=True)
    await switched(owner, "candle", on=True)
    status, told = await switched(owner, "lantern", on=False)
    assert (status, "끌 수 없습니다" in told) == (HTTPStatus.CONFLICT, True)
    assert await on(town) == ["candle", "ghost", "lantern", "storefront"]
    for name in ("ghost", "nothing"):
        assert (await switched(owner, name, on=True))[0] == HTTPStatus.NOT_FOUND
        assert (await owner.get(f"{LIST}/{name}/enable")).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    ("who", "looks", "switches"), [("staff", 200, 403), ("merchant", 403, 403), ("officer", 403, 403), ("customer", 403, 403)]
)
async def test_only_the_owner_switches(town: Town, who: str, looks: int, switches: int) -> None:
    guest = await town.signed_in(who)
    for path in (LIST, f"{LIST}/lantern"):
        page = await guest.get(path)
        assert page.status_code == looks
        assert 'role="switch"' not in page.text
    assert (await guest.get(f"{LIST}/lantern/enable")).status_code == switches
    assert (await switched(guest, "lantern", on=False))[0] == switches
    assert "lantern" in await on(town)
    # The twin that differs in who asks alone.
    assert (await switched(await town.signed_in("owner"), "lantern", on=False))[0] == HTTPStatus.SEE_OTHER
    assert "lantern" not in await on(town)


async def test_a_switch_of_one_foundation_moves_no_other(town: Town, site: Site) -> None:
    other = await new_town(site)
    await switched(await town.signed_in("owner"), "lantern", on=False)
    assert "lantern" in await on(other)


@pytest.mark.parametrize(("who", "status"), [("owner", 200), ("staff", 200), ("merchant", 403), ("customer", 403), (None, 401)])
async def test_the_api_tells_the_foundation_alone(town: Town, who: str | None, status: int) -> None:
    answer = await town.site.caller(town.foundation, who).get("/api/v1/plugins")
    assert answer.status_code == status
    if status == HTTPStatus.OK:
        told = {one["name"]: one for one in answer.json()["items"]}
        assert {name: one["state"] for name, one in told.items()} == {
            "candle": "off",
            "coupons": "on",
            "example": "unlisted",
            "glow": "off",
            "lantern": "on",
            "storefront": "on",
            "stranger": "unlisted",
        }
        assert {one["name"]: one["value"] for one in told["coupons"]["settings"]} == {
            "undo_minutes": 10,
            "stock": 30,
            "per_person": 1,
            "two_won": 1_000_000,
        }


def test_a_plugin_that_names_nothing_in_korean_does_not_start(looked_at: LookedAt) -> None:
    catalogue = Catalogue()
    catalogue.add_folder(LANTERN)
    keys = catalogue.keys()
    wanted = [
        key
        for key in keys
        if key.startswith(("lantern.settings.", "lantern.shop_settings.", "permission.lantern.")) and not key.endswith(".help")
    ]
    looked_at("sentences", wanted)
    host = PluginHost([plugin])
    require_spoken(host, keys)
    for key in wanted:
        with pytest.raises(PluginLoadError, match=f"lantern.*{key}"):
            require_spoken(host, keys - {key})


async def test_a_process_with_such_a_plugin_says_which(site: Site, tmp_path_factory: pytest.TempPathFactory) -> None:
    environment = install(tmp_path_factory.mktemp("mute"), mute=True)
    with pytest.raises(RuntimeError, match=r"mute.*mute\.settings\.count"):
        async with running_server(site.settings, site.redis_url, **environment):
            pytest.fail("it started")


async def test_the_shell_lists_version_owner_and_whether_it_can_be_on(site: Site, tmp_path_factory: pytest.TempPathFactory) -> None:
    told = {
        "SMILERO_DATABASE_URL": site.settings.database_url,
        "SMILERO_SECRET_KEY": site.settings.secret_key.get_secret_value(),
        **install(tmp_path_factory.mktemp("shell")),
    }
    listed = await asyncio.to_thread(smilero, "plugin", "list", "--json", **told)
    rows = {one["name"]: one for one in listed.json}
    assert rows["stranger"] == {"name": "stranger", "version": "2.3.4", "enabled": [], "owner": "Somebody else", "listed": False}
    assert (rows["coupons"]["owner"], rows["coupons"]["listed"]) == ("Smilero", True)
    assert "seongnam" in rows["coupons"]["enabled"]
    table = await asyncio.to_thread(smilero, "plugin", "list", **told)
    assert "Somebody else" in table.out
