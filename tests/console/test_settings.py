"""Settings in the console: from a model to a form and back, checked, told, on record, and never a secret shown."""

import asyncio
import json
import re
from http import HTTPStatus
from uuid import UUID, uuid4

import pytest
from httpx2 import Response

from tests.conftest import LookedAt
from tests.console.conftest import new_town
from tests.plugins.lantern.plugin import BROKEN, REFUSED
from tests.support.application import Site
from tests.support.faces import Guest, Town
from tests.support.forms import fields
from tests.support.waiting import until

PAGE = "/console/plugins/lantern/settings"
MARKER = "s3cr3t-등불-열쇠"


async def send(guest: Guest, path: str = PAGE, **changed: str) -> Response:
    """Open the form, change some fields and press the button."""
    sent = fields(await guest.get(path))
    for name, text in changed.items():
        known = name.replace("__", ".") if "__" in name else f"set.{name}"
        sent[known] = text
    return await guest.post(path, sent)


def values(page: Response) -> dict[str, str]:
    return {name.removeprefix("set."): text for name, text in fields(page).items() if name.startswith("set.")}


async def entries(town: Town, sentence: str) -> list[dict[str, dict[str, object]]]:
    rows = await town.site.admin.fetch(
        "select before, after, actor_id from core.audit_entry where tenant_id = $1 and sentence = $2 order by at",
        town.foundation.id,
        sentence,
    )
    return [
        {"before": json.loads(row["before"] or "null"), "after": json.loads(row["after"] or "null"), "by": row["actor_id"]} for row in rows
    ]


async def test_every_kind_is_kept_and_shown_again(town: Town) -> None:
    owner = await town.signed_in("owner")
    wanted = {
        "lit": "true",
        "count": "7",
        "floor": "-2",
        "title": "한지 등",
        "story": "첫 줄\n둘째 줄 <b>",
        "mood": "bright",
        "colour": "green",
        "day": "2026-12-24",
        "opens": "18:30",
    }
    answer = await send(owner, **wanted)
    assert answer.status_code == HTTPStatus.SEE_OTHER, answer.text
    page = await owner.get(answer.headers["location"])
    assert values(page) == wanted | {"api_key": "", "story": "첫 줄\n둘째 줄 &lt;b&gt;"}
    for told in ("등불 켜기: 예", "등불 수: 7", "분위기: 환하게", "빛깔: 초록", "처음 켜는 날: 2026년 12월 24일", "켜는 시각: 18:30"):
        assert told in page.text, told
    # Empty again: what may be nothing is nothing.
    await send(owner, day="", floor="", story="")
    again = values(await owner.get(PAGE))
    assert (again["day"], again["floor"], again["story"], again["count"]) == ("", "", "", "7")


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("count", "0", "1보다 작을 수 없습니다."),
        ("count", "11", "10보다 클 수 없습니다."),
        ("count", "셋", "숫자로 적어 주세요."),
        ("count", "3.5", "숫자로 적어 주세요."),
        ("count", "9" * 30, "숫자로 적어 주세요."),
        ("count", "", "빠졌습니다. 꼭 적어 주세요."),
        ("floor", "-6", "-5보다 작을 수 없습니다."),
        ("title", "가" * 21, "너무 깁니다. 20자까지 적을 수 있습니다."),
        ("title", "종\x00이", "쓸 수 없는 글자가 들어 있습니다."),
        ("story", "가" * 501, "너무 깁니다. 500자까지 적을 수 있습니다."),
        ("mood", "angry", "정해진 값 가운데 하나를 골라 주세요."),
        ("colour", "", "빠졌습니다. 꼭 적어 주세요."),
        ("day", "12월 24일", "날짜가 아닙니다."),
        ("day", "20261301", "날짜가 아닙니다."),
        ("opens", "25:00", "시각이 아닙니다."),
        ("opens", "09:00+09:00", "시각이 아닙니다."),
        ("api_key", "k" * 61, "너무 깁니다. 60자까지 적을 수 있습니다."),
    ],
)
async def test_what_does_not_fit_stands_at_its_field_and_nothing_is_lost(town: Town, field: str, text: str, said: str) -> None:
    owner = await town.signed_in("owner")
    answer = await send(owner, **{"title": "새 이름", field: text})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    summary = answer.text.partition('<div class="faults"')[2].partition("</div>")[0]
    assert "autofocus" in summary
    assert f'href="#setting-{field.replace("_", "-")}"' in summary
    assert said in summary
    assert re.search(rf'id="setting-{field.replace("_", "-")}-error">.*?{re.escape(said)}', answer.text, re.DOTALL)
    if field not in {"title", "api_key"}:
        assert values(answer)["title"] == "새 이름"
    assert values(await owner.get(PAGE))["title"] == "paper"
    assert await entries(town, "plugins.audit.chosen") == []


async def test_all_faults_are_told_at_once(town: Town) -> None:
    answer = await send(await town.signed_in("owner"), count="0", opens="x", title="가" * 30)
    assert answer.text.count('class="entry-error"') == 3


async def test_a_secret_is_sealed_kept_replaced_and_removed_and_in_no_answer(town: Town, looked_at: LookedAt) -> None:
    owner, staff = await town.signed_in("owner"), await town.signed_in("staff", process=1)
    seen = [await send(owner, api_key=MARKER), await owner.get(PAGE), await staff.get(PAGE)]
    seen.append(await owner.get(seen[0].headers["location"]))
    assert "등불 회사 열쇠: 넣어 둠" in seen[-1].text
    assert "바꾸려면 새 값을 적으세요" in seen[1].text
    stored = await town.site.admin.fetchval("select chosen::text from core.plugin_setting where tenant_id = $1", town.foundation.id)
    assert MARKER not in stored
    assert json.loads(stored)["api_key"].keys() == {"sealed"}
    # Left empty it stays, whatever else changes; and a form with a fault does not give it back either.
    seen += [
        await send(owner, count="5"),
        await send(owner, count="0", api_key=f"{MARKER}2"),
        await send(owner, title=REFUSED, api_key=f"{MARKER}3"),
    ]
    assert "바꾸려면 새 값을 적으세요" in (await owner.get(PAGE)).text
    seen += [await owner.get(path) for path in ("/console/plugins", "/console/plugins/lantern", PAGE)]
    seen.append(await town.site.caller(town.foundation, "owner").get("/api/v1/plugins"))
    changed = await entries(town, "plugins.audit.chosen")
    assert changed[0]["after"] == {"api_key": "바뀜"}
    assert changed[0]["before"] == {}
    assert "api_key" not in changed[1]["after"]
    seen.append(await send(owner, remove__api_key="true"))
    assert "아직 넣지 않았습니다" in (await owner.get(PAGE)).text
    assert (await entries(town, "plugins.audit.chosen"))[-1]["after"] == {"api_key": "지움"}
    looked_at("answers", seen)
    assert [answer.url for answer in seen if MARKER in answer.text or MARKER in str(answer.headers)] == []
    tables = await town.site.admin.fetch(
        "select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables where schemaname = 'core'"
    )
    looked_at("tables", tables)
    for table in tables:
        found = await town.site.admin.fetchval(f"select count(*) from {table['name']} t where t::text like '%' || $1 || '%'", MARKER)  # noqa: S608 - names of the catalogue
        assert found == 0, table["name"]


async def test_what_changed_is_on_record_with_before_and_after(town: Town) -> None:
    owner = await town.signed_in("owner")
    await send(owner, count="4", mood="bright")
    await send(owner)
    assert await entries(town, "plugins.audit.chosen") == [
        {"before": {"count": 3, "mood": "calm"}, "after": {"count": 4, "mood": "bright"}, "by": town.foundation.people["owner"]}
    ]
    assert len(await entries(town, "lantern.audit.heard")) == 1


@pytest.mark.parametrize(
    ("title", "status", "said"), [(REFUSED, 409, "등불이 이 이름을 싫어합니다."), (BROKEN, 500, "설정을 바꾸다가 잘못되어")]
)
async def test_the_plugin_is_asked_in_the_same_transaction(town: Town, title: str, status: int, said: str) -> None:
    owner = await town.signed_in("owner")
    answer = await send(owner, title=title, count="9")
    assert answer.status_code == status
    assert said in answer.text
    assert (values(answer)["title"], values(answer)["count"]) == (title, "9")
    assert values(await owner.get(PAGE))["count"] == "3"
    assert await entries(town, "lantern.audit.heard") == []
    assert await entries(town, "plugins.audit.chosen") == []


async def test_who_saves_second_is_told_and_loses_nothing(town: Town) -> None:
    owner, staff = await town.signed_in("owner"), await town.signed_in("staff", process=1)
    opened = fields(await owner.get(PAGE))
    await send(staff, count="8")
    answer = await owner.post(PAGE, opened | {"set.count": "2", "set.title": "내 이름"})
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "그사이에 다른 분이" in answer.text
    assert "지금 저장된 값: 8" in answer.text
    assert (values(answer)["count"], values(answer)["title"]) == ("2", "내 이름")
    assert values(await owner.get(PAGE))["count"] == "8"
    # Pressing again, having seen it, is a choice.
    assert (await owner.post(PAGE, fields(answer))).status_code == HTTPStatus.SEE_OTHER
    assert values(await owner.get(PAGE))["count"] == "2"


async def test_two_taps_are_one(town: Town) -> None:
    owner, same = await town.signed_in("owner"), town.guest(process=1)
    same.cookies = dict(owner.cookies)
    sent = fields(await owner.get(PAGE)) | {"set.count": "6", "set.api_key": MARKER}
    answers = await asyncio.gather(*(guest.post(PAGE, sent) for guest in (owner, same) * 4))
    assert {answer.status_code for answer in answers} == {HTTPStatus.SEE_OTHER}
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert len(await entries(town, "plugins.audit.chosen")) == 1
    other = await owner.post(PAGE, sent | {"set.api_key": "another"})
    assert other.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


async def test_it_holds_here_at_once_and_on_the_other_process_soon(town: Town) -> None:
    await send(await town.signed_in("owner"), count="9")
    assert (await town.site.caller(town.foundation, "owner").get("/api/v1/lantern/lamps")).json() == {"lamps": 9}
    there = town.site.caller(town.foundation, "owner", process=1)

    async def known() -> bool:
        return bool((await there.get("/api/v1/lantern/lamps")).json() == {"lamps": 9})

    await until(known)


async def test_two_foundations_choose_apart(town: Town, site: Site) -> None:
    other = await new_town(site)
    await send(await town.signed_in("owner"), count="9", api_key=MARKER)
    page = await (await other.signed_in("owner")).get(PAGE)
    assert values(page)["count"] == "3"
    assert "아직 넣지 않았습니다" in page.text


@pytest.mark.parametrize(("who", "status"), [("staff", 200), ("merchant", 403), ("officer", 403), ("customer", 403)])
async def test_who_may_see_and_change_them(town: Town, who: str, status: int) -> None:
    guest = await town.signed_in(who)
    assert (await guest.get(PAGE)).status_code == status
    sent = fields(await (await town.signed_in("owner")).get(PAGE)) | {"set.count": "5"}
    answer = await guest.post(PAGE, sent)
    assert answer.status_code == (HTTPStatus.SEE_OTHER if status == HTTPStatus.OK else status)
    assert values(await (await town.signed_in("owner")).get(PAGE))["count"] == ("5" if status == HTTPStatus.OK else "3")


async def test_without_a_session_one_signs_in_first(town: Town) -> None:
    answer = await town.guest().get(PAGE)
    assert answer.headers["location"].startswith("/sign-in?next=%2Fconsole%2Fplugins%2Flantern%2Fsettings")


@pytest.mark.parametrize(
    "path", ["/console/plugins/storefront/settings", "/console/plugins/nothing/settings", "/console/plugins/candle/settings"]
)
async def test_where_there_is_nothing_to_choose_there_is_no_page(town: Town, path: str) -> None:
    owner = await town.signed_in("owner")
    assert (await owner.get(path)).status_code == HTTPStatus.NOT_FOUND
    assert (await owner.post(path, {}, key=str(uuid4()))).status_code == HTTPStatus.NOT_FOUND


async def test_a_form_of_another_shop_or_foundation_is_not_there(town: Town, site: Site) -> None:
    other, owner = await new_town(site), await town.signed_in("owner")
    path = "/console/shops/{}/plugins/lantern/settings"
    assert (await owner.get(path.format(town.foundation.shop))).status_code == HTTPStatus.OK
    for shop in (other.foundation.shop, UUID(int=0)):
        assert (await owner.get(path.format(shop))).status_code == HTTPStatus.NOT_FOUND
        assert (await owner.post(path.format(shop), {"set.lamps": "5"}, key=str(uuid4()))).status_code == HTTPStatus.NOT_FOUND


async def test_staff_choose_for_one_shop_and_no_other(town: Town) -> None:
    staff = await town.signed_in("staff")
    path = f"/console/shops/{town.foundation.shop}/plugins/lantern/settings"
    answer = await send(staff, path, lamps="12", wick=MARKER)
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert MARKER not in (await staff.get(answer.headers["location"])).text
    lamps = [
        (await town.site.caller(town.foundation, "owner").get(f"/api/v1/lantern/lamps/{shop}")).json()["lamps"]
        for shop in (town.foundation.shop, town.foundation.other_shop)
    ]
    assert lamps == [12, 2]
    entry = (await entries(town, "plugins.audit.chosen_for_shop"))[0]
    assert (entry["before"], entry["after"]) == ({"lamps": 2}, {"lamps": 12, "wick": "바뀜"})
    assert await entries(town, "lantern.audit.heard") == []


async def test_what_is_chosen_before_it_is_on_counts_from_the_first_call(site: Site) -> None:
    town = await new_town(site, "storefront")
    owner = await town.signed_in("owner")
    assert (await send(owner, count="6")).status_code == HTTPStatus.SEE_OTHER
    # Off, it is told nothing.
    assert await entries(town, "lantern.audit.heard") == []
    await owner.post("/console/plugins/lantern", {"enabled": "true", "agreed": "true"})
    assert [entry["after"] for entry in await entries(town, "lantern.audit.enabled")] == [{"count": 6}]
