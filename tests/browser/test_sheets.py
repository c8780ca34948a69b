"""A staff member sends a list of two thousand shops, sees the bar move, and sees what came of it: the worker is the real one."""

import re
from collections.abc import AsyncIterator
from functools import partial

import pytest
from playwright.async_api import Browser, expect

from tests.support.browser import DESK, violations, visiting
from tests.support.cluster import connected
from tests.support.demo import Demo
from tests.support.sheets import HALFWAY, WRITTEN, numbered, shut, stands
from tests.support.waiting import until

STAFF, LINES = "010-0000-0002", 2_000
_NEW = "from core.shop where name like '새로 온 가게 %' and tenant_id = (select id from core.tenant where slug = 'bucheon')"


@pytest.fixture
async def tidied(demo: Demo) -> AsyncIterator[None]:
    """The demo is others' too."""
    yield
    async with connected(demo.database_url) as admin:
        await admin.execute(f"delete {_NEW}")


@pytest.mark.usefixtures("tidied")
async def test_the_bar_moves_and_the_list_comes_in(demo: Demo, browser: Browser) -> None:
    async with visiting(browser, demo, viewport=DESK) as staff:
        page = staff.page
        await staff.sign_in("/console/shops/import", STAFF)
        await staff.keep("20-import")
        async with connected(demo.database_url) as admin:
            market = await admin.fetchval(
                "select m.id from core.tenant t join core.market m on m.tenant_id = t.id where t.slug = 'bucheon' order by m.name limit 1"
            )
        await page.get_by_label("명단 파일").set_input_files(
            {"name": "부천 점포 명단 2026년 11월 (최종, 시장 매니저 확인).csv", "mimeType": "text/csv", "buffer": numbered(LINES)}
        )
        await page.locator("select[name=market]").select_option(str(market))
        async with shut(demo.database_url, HALFWAY) as gate:
            await staff.button("올리고 확인하기").click()
            bar = page.locator("progress")
            await until(partial(stands, gate))
            # Nobody touched the page: it is told.
            await expect(bar).to_have_attribute("value", re.compile(r"^[1-9]\d\d$"))
            await expect(bar).to_have_attribute("max", str(LINES))
            await expect(page.locator("[data-progress-words]")).to_contain_text(f"{LINES:,}줄 가운데 ")
            await staff.keep("20-progress")
            assert await violations(page) == []
        await expect(page.locator("main")).to_contain_text(f"{LINES:,}줄 모두 맞습니다.")
        await staff.keep("20-checked")
        assert await violations(page) == []
        async with shut(demo.database_url, WRITTEN) as gate:
            keep = staff.button(f"점포 {LINES:,}곳 넣기")
            # Twice, as a nervous finger does.
            await keep.dblclick()
            await expect(page.locator("[data-progress-words]")).to_contain_text("넣고 있습니다")
            await staff.keep("20-keeping")
        await expect(page.locator("main")).to_contain_text("명단을 모두 넣었습니다.")
        await staff.keep("20-done")
        assert await violations(page) == []
        async with connected(demo.database_url) as admin:
            assert await admin.fetchval(f"select count(*) {_NEW}") == LINES
            audited = """select count(*) from core.audit_entry e join core.tenant t on t.id = e.tenant_id
                         where t.slug = 'bucheon' and sentence = 'imports.audit.shops'"""
            assert await admin.fetchval(audited) == 1
