"""The longest names that are real: what a page must hold."""

from smilero_core.registry.standard_file import read_standard_file
from smilero_tenants.markets.definition import load_definitions
from tests.access.scene import Scene
from tests.support.application import Site

# Stands in the names of all that the scene makes.
MARK = "금광1동"
FOUNDATION = "성남시상권활성화재단 소상공인지원센터"
SHOP = "부흥시장 원조 할머니 손두부와 순두부집"
STALL = "지하 1층 나동 117호"
PERSON = "황보하늘별님구름햇님보다사랑스러우리"
FOREIGN = "Олександра Володимирівна Нечипоренко-Коцюбинська"
GREETING = "떡이 정말 쫄깃하고 맛있어서 지난 설에 온 가족이 나누어 먹었어요. 다음 추석에도 꼭 다시 들러서 넉넉히 사 갈게요!"


def longest_market() -> str:
    """Of the three foundations' real markets."""
    rows = (row for one in load_definitions() for row in read_standard_file(one.standard_file(), area=one.area).rows)
    return max((row.name for row in rows), key=len)


async def lengthen(site: Site, scene: Scene) -> None:
    """Give the scene's foundation, market, shop and people such names."""
    tenant, admin = scene.foundation.id, site.admin
    await admin.execute("update core.tenant set name = $2 where id = $1", tenant, FOUNDATION)
    await admin.execute("update core.market set name = $2 where id = $1", scene.foundation.market, longest_market())
    await admin.execute("update core.shop set name = $2, stall = $3 where id = $1", scene.foundation.shop, SHOP, STALL)
    await admin.execute("update core.person set name = $2 where tenant_id = $1", tenant, PERSON)
    await admin.execute("update core.person set name = $2 where id = $1", scene.foundation.people["merchant"], FOREIGN)
    await admin.execute("update plugin_example.greeting set text = $2 where tenant_id = $1", tenant, GREETING)
