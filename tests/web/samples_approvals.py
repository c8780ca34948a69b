"""Contexts as the routes give them to the pages of what needs two people, and to the list of what is to be done."""

HELD: dict[str, object] = {
    "title": "큰 금액의 쿠폰 만들기",
    "plugin": "쿠폰",
    "sentence": "부흥시장 원조 할머니 손두부와 순두부집에서 손님이 받을 쿠폰을 새로 만듭니다.",
    "facts": [{"label": "가게", "value": "부흥시장 원조 할머니 손두부와 순두부집"}, {"label": "모두 쓰이면", "value": "2,000,000원"}],
    "asker": "김순자",
    "asked": "2026-11-24 09:30",
    "until": "12월 1일 (화)",
    "why": "",
    "seen": "",
    "reason": "",
    "state": "waiting",
    "state_text": "확인을 기다림",
    "state_tone": "wait",
    "told": "다른 한 사람이 확인하면 실행됩니다. 12월 1일 (화)까지 기다립니다.",
    "url": "/console/approvals/1",
    "key": "0198c0de",
}
REFUSED = HELD | {"why": "설 대목입니다.", "reason": "예산이 모자랍니다.", "state_text": "돌려보냄", "told": "이영희 님이 돌려보냈습니다."}
PAGE: dict[str, object] = {
    "held": HELD,
    "alert": None,
    "approve": None,
    "refuse": None,
    "take_back": None,
    "say_why": None,
    "onward": None,
    "longest": 200,
    "back_url": "/console/work",
}
_DECIDES = {"approve": "/console/approvals/1/approve", "refuse": "/console/approvals/1/refuse"}
_MINE = {"take_back": "/console/approvals/1/take-back", "say_why": "/console/approvals/1/why"}
APPROVAL_DESK: dict[str, tuple[str, dict[str, object]]] = {
    "console, to be confirmed": ("console/approval.html", PAGE | _DECIDES),
    "console, asked for": ("console/approval.html", PAGE | _MINE),
    "console, not to be refused without a reason": ("console/approval.html", PAGE | _DECIDES | {"alert": "까닭을 적어 주세요."}),
    "console, refused": ("console/approval.html", PAGE | {"held": REFUSED}),
    "console, confirmed": ("console/approval.html", PAGE | {"onward": "/console/plugins/coupons"}),
}
APPROVAL_PORTAL: dict[str, tuple[str, dict[str, object]]] = {
    "portal, asked for": ("portal/approval.html", PAGE | _MINE),
    "portal, asked for with a reason": ("portal/approval.html", PAGE | _MINE | {"held": HELD | {"why": "설 대목이라 손님이 많아요."}}),
    "portal, refused": ("portal/approval.html", PAGE | {"held": REFUSED}),
    "portal, confirmed": ("portal/approval.html", PAGE | {"held": HELD | {"facts": []}, "onward": "/portal/coupons/campaigns/1/made"}),
}
TODO: dict[str, object] = {
    "title": "김순자 님이 부탁했어요: 큰 금액의 쿠폰 만들기",
    "detail": "부흥시장 원조 할머니 손두부와 순두부집에서 손님이 받을 쿠폰을 새로 만듭니다.",
    "url": "/console/approvals/1",
    "icon": "users",
    "since": "3일째",
    "urgent": False,
}
TODOS: dict[str, object] = {
    "todos": [TODO | {"urgent": True}, TODO | {"detail": "", "icon": "mail-open"}],
    "first": None,
    "own_held": [HELD, REFUSED],
}
NO_TODOS: dict[str, object] = {
    "todos": [],
    "first": {"text": "먼저 쓸 기능을 켜 보세요.", "label": "기능 켜기", "url": "/console/plugins"},
    "own_held": [],
}
MARKS = [
    {
        "text": "큰 금액의 쿠폰 만들기",
        "on": True,
        "state_text": "두 사람이",
        "action": "/console/plugins/coupons/approvals/large",
        "key": "k",
    },
    {"text": "쿠폰 지우기", "on": False, "state_text": "한 사람이", "action": None, "key": "k"},
]
