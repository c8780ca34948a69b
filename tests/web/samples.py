"""Contexts as the routes give them to the pages."""

from datetime import date

from tests.web.samples_console import ERROR

SITE = {
    "name": "부산경제진흥원",
    "seal": "부",
    "phone": "051-600-1700",
    "me_url": "/me",
    "source": {"name": "소상공인시장진흥공단", "date": date(2024, 11, 4)},
}
FRAME: dict[str, object] = {"site": SITE, "look_url": "/look.css"}
MARKET: dict[str, object] = {
    "url": "/storefront/markets/1",
    "name": "부평깡통시장",
    "address": "부산광역시 중구 부평1길 39",
    "district": "중구",
    "days_text": "매일",
    "shops": 462,
    "is_open": True,
    "is_market_day": False,
    "closed_reason": None,
    "next_open": None,
    "phone": "0512431128",
    "homepage": "http://bupyeong.example/",
    "latitude": 35.1,
    "longitude": 129.02,
    "toilet": True,
    "parking": False,
    "goods": ["농산물", "수산물"],
}
MARKET_DAY = MARKET | {"name": "구포시장", "is_market_day": True, "days_text": "3일, 8일"}
CLOSED = MARKET | {
    "name": "좌천시장",
    "is_open": False,
    "closed_reason": "장이 서지 않는 날이에요",
    "next_open": date(2026, 11, 25),
    "phone": None,
    "homepage": None,
    "latitude": None,
    "longitude": None,
    "toilet": None,
    "parking": None,
    "goods": [],
    "shops": None,
}
SHOPS: list[dict[str, object]] = [
    {"url": "/storefront/shops/1", "name": "부흥시장 원조 할머니 손두부와 순두부집", "stall": "2층 나-117호"},
    {"url": "/storefront/shops/2", "name": "누리빵집", "stall": None},
]
CATEGORIES: list[dict[str, object]] = [{"name": "가공식품", "shops": SHOPS}, {"name": "음식점", "shops": SHOPS}]
DIRECTORY: dict[str, object] = {"categories": CATEGORIES, "q": "", "found": 4, "kinds": [], "kind": None, "part": 1, "parts": 1}
MANY: dict[str, object] = {"categories": [], "found": 2621, "kinds": [{"name": "옷", "url": "?kind=clothes", "count": 728}]}
ONE_KIND: dict[str, object] = {"categories": CATEGORIES[:1], "kind": "clothes", "part": 2, "parts": 4}
SHOP: dict[str, object] = {
    "name": "누리빵집",
    "stall": "12호",
    "category": "빵",
    "phone": "051-245-1234",
    "is_open": True,
    "next_open": None,
}
HOME: dict[str, object] = {"today": date(2026, 11, 23), "q": "", "open_today": [MARKET_DAY, MARKET], "closed_today": [CLOSED]}
TENANT = {"name": "부산경제진흥원", "url": "/", "seal": "부", "colour_class": "tenant-busan", "markets": 160, "shops": 26638}

PAGES: dict[str, tuple[str, dict[str, object]]] = {
    "platform": ("platform/home.html", {"tenants": [TENANT]}),
    "platform, empty": ("platform/home.html", {"tenants": []}),
    **{
        f"error {kind}": ("platform/error.html", {"kind": kind, "message": None, **ERROR})
        for kind in ("not_found", "sign_in", "forbidden", "failure", "no_tenant", "method", "over", "input", "wait", "busy")
    },
    "front page of no plugin": ("public/home.html", {}),
    "home": ("storefront/home.html", HOME),
    "home, found": ("storefront/home.html", HOME | {"q": "시장"}),
    "home, nothing found": ("storefront/home.html", HOME | {"q": "없는 곳", "open_today": [], "closed_today": []}),
    "market": ("storefront/market.html", {"market": MARKET, **DIRECTORY}),
    "market, many shops": ("storefront/market.html", {"market": MARKET, **DIRECTORY, **MANY}),
    "market, one kind of many": ("storefront/market.html", {"market": MARKET, **DIRECTORY, **ONE_KIND}),
    "market, closed": ("storefront/market.html", {"market": CLOSED, **DIRECTORY, "categories": []}),
    "market, found": ("storefront/market.html", {"market": MARKET_DAY, **DIRECTORY, "q": "두부", "found": 300}),
    "market, nothing found": ("storefront/market.html", {"market": MARKET, **DIRECTORY, "categories": [], "q": "두부"}),
    "shop": ("storefront/shop.html", {"shop": SHOP, "market": MARKET, "slots": []}),
    "shop without a number": ("storefront/shop.html", {"shop": SHOP | {"phone": None}, "market": MARKET, "slots": []}),
    "shop, closed": (
        "storefront/shop.html",
        {"shop": SHOP | {"is_open": False, "next_open": date(2026, 11, 25)}, "market": CLOSED, "slots": []},
    ),
}
