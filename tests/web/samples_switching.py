"""Contexts of the pages by which people go from one shop, face or foundation to another."""

LONG = {
    "id": "1",
    "name": "부흥시장 원조 할머니 손두부와 순두부집",
    "place": "부산광역시 중구 부평깡통시장 지하 1층 특설매장 103호",
    "current": True,
}
NAME = "부산광역시 소상공인과 전통시장 지원을 위한 경제진흥원"
PLACES: dict[str, object] = {
    "console_url": "/console",
    "shops": [LONG, LONG | {"id": "2", "name": "누리빵집", "current": False}],
    "shops_action": "/portal/shops",
    "public_url": "/",
    "foundations": [{"name": NAME, "action": "/switch/1"}, {"name": "성남시상권활성화재단", "action": "/switch/2"}],
    "links_url": "/switch/links",
}
LINKS: dict[str, object] = {
    "linked": [{"name": NAME, "end": "/e"}],
    "others": [{"name": "성남시상권활성화재단", "slug": "seongnam"}],
    "action": "/switch/links",
    "back_url": "/switch",
}
ARRIVED: dict[str, object] = {"name": NAME, "person": "김순자", "action": "/arrive/link", "sign_in_url": "/sign-in", "back_url": "/"}

SWITCHING_PAGES: dict[str, tuple[str, dict[str, object]]] = {
    "switch": ("portal/switch.html", PLACES),
    "switch, a customer": ("portal/switch.html", PLACES | {"console_url": None, "shops": [], "foundations": []}),
    "links": ("portal/links.html", LINKS),
    "links, one foundation alone": ("portal/links.html", LINKS | {"linked": [], "others": []}),
    # Without its script, which would leave the page.
    "link, asked": ("portal/arrive.html", ARRIVED),
    "link, asked of nobody by name": ("portal/arrive.html", ARRIVED | {"person": ""}),
}
