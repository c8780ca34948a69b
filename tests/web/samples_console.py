"""Contexts as the routes give them to the pages of the console."""

MENU = [
    {"label": "시장과 점포", "url": "/console/shops", "icon": "store", "current": True, "count": None},
    {"label": "쿠폰", "url": "/console/coupons", "icon": "ticket-percent", "current": False, "count": 4},
    {"label": "기능 켜고 끄기", "url": "/console/plugins", "icon": "toggle-right", "current": False, "count": None},
]
DESK: dict[str, object] = {"frame": {"menu": MENU, "person": "김순자", "sign_out_url": "/sign-out"}}
PLUGIN: dict[str, object] = {
    "name": "coupons",
    "title": "쿠폰",
    "description": "모바일·종이 쿠폰을 만들고 쓰고 정산합니다",
    "icon": "ticket-percent",
    "data_classes": ["개인정보", "결제"],
    "price_text": "월 30,000원",
    "month_text": "1,204장 쓰임",
    "enabled": True,
    "action": "/console/plugins/coupons",
    "key": "0198c0de",
    "health": None,
}
PLUGINS = [
    PLUGIN,
    PLUGIN
    | {
        "title": "재능 나눔",
        "data_classes": [],
        "month_text": None,
        "enabled": False,
        "health": {"text": "지난밤 세 번 멈춰 잠시 쉬게 했습니다.", "url": "/console/health/talent"},
    },
]
NOTICE = {
    "text": "재능 나눔이 지난밤 세 번 멈춰 잠시 쉬게 했습니다. 다른 기능은 괜찮습니다.",
    "url": "/console/health",
    "url_label": "까닭 보기",
}
LONG_MARKET = "부산광역시부평깡통시장상인회협동조합"
SHOP_LIST: dict[str, object] = {
    "q": "",
    "markets": [{"id": str(index), "name": f"{LONG_MARKET} {index}", "selected": False} for index in range(160)],
    "rows": [
        {
            "name": "부흥시장 원조 할머니 손두부와 순두부집",
            "url": "/shops/1",
            "stall": "2층 나-117호",
            "category": "가공식품",
            "market": LONG_MARKET,
            "status_text": "영업 중",
            "status_tone": "on",
        },
        {"name": "누리빵집", "url": "/shops/2", "stall": None, "category": None, "market": "구포시장", "status_text": "떠남"},
    ],
    "total": 26638,
    "page": 3,
    "pages": 533,
    "prev_url": "?page=2",
    "next_url": "?page=4",
}
NO_SHOPS = SHOP_LIST | {"markets": [], "rows": [], "total": 0, "page": 1, "pages": 1, "prev_url": None, "next_url": None}
COUPON = {
    "shop": "부흥시장 원조 할머니 손두부와 순두부집",
    "shop_url": "/shops/1",
    "benefit": "2,000원 깎아 드려요",
    "until": "11월 30일",
    "claimed": 1204,
    "redeemed": 812,
    "stock": 2000,
    "state_text": "나눠 주는 중",
    "state_tone": "on",
}
COUPONS: dict[str, object] = {"q": "", "rows": [COUPON, COUPON | {"stock": None, "state_text": "끝남"}], "next_url": "?after=2"}

LETTER = {
    "plugin": "쿠폰",
    "kind": "전하려던 소식",
    "what": "count ← rounds.filled",
    "why": "ValueError (smilero_coupons/service.py:12)",
    "when": "2026-11-24 09:30",
    "tries": 8,
    "again": "/console/work/letters/1/again",
    "discard": "/console/work/letters/1/discard",
    "key": "0198c0de",
}
WAITING = {
    "title": "쿠폰",
    "icon": "ticket-percent",
    "name": "coupons",
    "queued": 1204,
    "dead": 1,
    "oldest": "2026-11-24 09:30",
    "replay": "/console/work/plugins/coupons/replay",
    "key": "0198c0df",
}
WORK: dict[str, object] = {
    "letters": [LETTER, LETTER | {"why": ""}],
    "rows": [WAITING, WAITING | {"name": "storefront", "oldest": None, "replay": None}],
    "today": "2026-11-24",
}

CONSOLE_PAGES: dict[str, tuple[str, dict[str, object]]] = {
    "console, plugins": ("console/plugins.html", DESK | {"plugins": PLUGINS, "notice": NOTICE}),
    "console, no plugin": ("console/plugins.html", DESK | {"plugins": [], "notice": None}),
    "console, shops": ("console/shops.html", DESK | SHOP_LIST),
    "console, nothing found": ("console/shops.html", DESK | NO_SHOPS | {"q": "없는 곳"}),
    "console, no shop": ("console/shops.html", DESK | NO_SHOPS),
    "console, work": ("console/work.html", DESK | WORK),
    "console, no work": ("console/work.html", DESK | WORK | {"letters": [], "rows": [WAITING | {"queued": 0}]}),
    "console, coupons": ("coupons/console_list.html", DESK | COUPONS),
    "console, no coupon found": ("coupons/console_list.html", DESK | COUPONS | {"q": "없는 곳", "rows": [], "next_url": None}),
    "console, no coupon": ("coupons/console_list.html", DESK | COUPONS | {"rows": [], "next_url": None}),
}
