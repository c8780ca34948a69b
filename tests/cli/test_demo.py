"""What `make run` starts: three foundations, whatever happened to the starts before."""

import re

import pytest

from tests.cli.conftest import Demo

CAMPAIGNS = "/api/v1/coupons/campaigns"
FIGURES = {"bucheon": (18, 1_575), "busan": (160, 26_638), "seongnam": (26, 2_174)}


def test_a_killed_start_has_told_how_far_it_was(demo: Demo) -> None:
    assert demo.killed.code == -9
    assert [line for line in demo.killed.err.splitlines() if "준비합니다" in line] == [
        "부천시상권활성화센터의 시장과 점포를 준비합니다.",
        "부산시장상권지원단의 시장과 점포를 준비합니다.",
    ]


def test_the_next_start_makes_what_is_missing_and_no_more(demo: Demo) -> None:
    assert [line for line in demo.ended.err.splitlines() if "준비합니다" in line] == [
        "부산시장상권지원단의 시장과 점포를 준비합니다.",
        "성남시상권활성화재단의 시장과 점포를 준비합니다.",
    ]
    assert demo.ended.code == 0
    assert demo.ended.err.splitlines()[-1] == "멈췄습니다. 자료는 그대로입니다."


def test_a_later_start_finds_all_again(demo: Demo) -> None:
    assert not [line for line in demo.lines if "준비합니다" in line]
    assert demo.get(CAMPAIGNS, "seongnam.localhost")[0] == 401
    assert demo.get(CAMPAIGNS, "seongnam.localhost", demo.token)[0] == 200


def test_what_it_prints_is_where_it_answers(demo: Demo) -> None:
    assert demo.get("/healthz") == (200, '{"status":"ok"}')
    assert demo.get("/readyz") == (200, '{"status":"ready"}')
    addresses = [match[1] for line in demo.lines if (match := re.search(rf"http://(\S+):{demo.port}/", line))]
    assert addresses == ["localhost", *(f"{slug}.localhost" for slug in FIGURES)]
    assert {host: demo.get("/", host)[0] for host in addresses} == dict.fromkeys(addresses, 200)
    assert demo.get("/", "nowhere.localhost")[0] == 404
    assert any("010-0000-0001" in line for line in demo.lines)


@pytest.mark.parametrize("slug", FIGURES)
def test_a_foundation_has_its_markets_and_as_many_shops_as_each_states(demo: Demo, slug: str) -> None:
    rows = demo.query(
        """
        select m.natural_key, m.stated_shops, count(s.id) as shops, count(distinct (s.stall)) as stalls
        from core.market m join core.tenant t on t.id = m.tenant_id left join core.shop s on s.tenant_id = t.id and s.market_id = m.id
        where t.slug = $1 group by 1, 2
        """,
        slug,
    )
    assert len(rows) == len({row["natural_key"] for row in rows}) == FIGURES[slug][0]
    assert sum(row["shops"] for row in rows) == FIGURES[slug][1]
    assert [row for row in rows if not (row["stated_shops"] or 0) == row["shops"] == row["stalls"]] == []


@pytest.mark.parametrize("slug", FIGURES)
def test_a_foundation_has_its_people_once(demo: Demo, slug: str) -> None:
    rows = demo.query(
        """
        select m.role, count(*) as held, count(distinct m.person_id) as people, count(distinct m.shop_id) as shops
        from core.membership m join core.tenant t on t.id = m.tenant_id where t.slug = $1 group by 1
        """,
        slug,
    )
    assert {row["role"]: (row["held"], row["people"], row["shops"]) for row in rows} == {
        **dict.fromkeys(("owner", "staff", "officer"), (1, 1, 0)),
        **dict.fromkeys(("merchant", "clerk"), (30, 30, 30)),
        "customer": (100, 100, 0),
    }


@pytest.mark.parametrize("slug", FIGURES)
def test_a_foundation_has_a_past_of_sixty_days(demo: Demo, slug: str) -> None:
    [row] = demo.query(
        """
        select count(distinct (r.redeemed_at at time zone 'Asia/Seoul')::date) as days, count(distinct r.shop_id) as shops,
          max(r.redeemed_at) < date_trunc('day', now(), 'Asia/Seoul') as past
        from plugin_coupons.redemption r join core.tenant t on t.id = r.tenant_id where t.slug = $1
        """,
        slug,
    )
    assert row["days"] > 50
    assert row["past"]
    assert row["shops"] > 20


def test_the_first_bakery_had_customers_yesterday(demo: Demo) -> None:
    [row] = demo.query(
        """
        select count(*) filter (where at = today - 1) as yesterday, count(*) filter (where at = today - 2) as before from (
          select (redeemed_at at time zone 'Asia/Seoul')::date as at, (now() at time zone 'Asia/Seoul')::date as today
          from plugin_coupons.redemption r join core.shop s on s.id = r.shop_id where s.name = '누리빵집') days
        """
    )
    assert min(row["yesterday"], row["before"]) > 0


def test_the_past_is_made_up_once_and_told(demo: Demo) -> None:
    told = [line for line in demo.ended.err.splitlines() if "지난 60일" in line]
    assert len(told) == len(FIGURES)
    # Coupons were as if new at busan for the third start.
    assert [line for line in demo.lines if "지난 60일" in line] == ["부산시장상권지원단의 지난 60일을 채웁니다."]


def test_lists_for_scripts(demo: Demo) -> None:
    tenants = {one["slug"]: one for one in demo.smilero("tenant", "list", "--json").json}
    plugins = demo.smilero("plugin", "list", "--json").json
    # A plugin that is not on the operator's list, as the example, is on nowhere.
    names = [plugin["name"] for plugin in plugins if plugin["listed"]]
    for slug, (markets, shops) in FIGURES.items():
        assert list(tenants[slug]) == ["slug", "name", "markets", "shops", "plugins"]
        assert (tenants[slug]["markets"], tenants[slug]["shops"], tenants[slug]["plugins"]) == (markets, shops, names)
    assert {"coupons", "storefront"} <= set(names)
    for plugin in plugins:
        assert list(plugin) == ["name", "version", "enabled", "owner", "listed"]
        assert plugin["enabled"] == [] or set(FIGURES) <= set(plugin["enabled"])


def test_lists_for_people(demo: Demo) -> None:
    listed = demo.smilero("tenant", "list")
    assert (listed.code, listed.err) == (0, "")
    assert "부산시장상권지원단" in listed.out
    assert "26,638" in listed.out
    assert "bucheon, busan, seongnam" in demo.smilero("plugin", "list").out


def test_a_start_switches_on_what_is_new_and_nothing_that_was_switched_off(demo: Demo) -> None:
    assert demo.on == ["busan", "seongnam"]
