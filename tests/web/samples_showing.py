"""A screen that is shown: her pages, those of the foundation, and the bar above a page."""

_SHOWING: dict[str, object] = {
    "state": "waiting",
    "code": "042 117",
    "staff": "김미영",
    "left": "9분 남음",
    "live": "/portal/showing/1/live",
    "allow": "/portal/showing/1/allow",
    "end": "/portal/showing/1/end",
    "url": "/portal",
}
_PAGE: dict[str, object] = {
    "showing": None,
    "over": False,
    "alert": None,
    "action": "/portal/showing",
    "came_from": "/portal",
    "foundation": "부천시상권활성화재단",
    "phone": "032-000-0000",
    "back_url": "/portal/help",
}
_NAME = "서문밖청실홍실아드리아나"
_BAR: dict[str, object] = {"left": "12분 남음", "live": "/portal/showing/1/live", "state": "shown", "over": None, "url": None}
HER_BAR = _BAR | {"text": f"재단 {_NAME} 님이 보는 중", "action": "/portal/showing/1/end", "button": "그만 보여 주기"}
_ASKED_BAR = _BAR | {
    "text": f"재단 {_NAME} 님이 화면을 보려고 해요",
    "action": None,
    "url": "/portal/showing",
    "button": "답하기",
    "state": "asked",
}
_THEIR_BAR = _BAR | {
    "text": f"{_NAME} 님의 화면을 보는 중",
    "action": "/console/screens/end",
    "button": "끝내기",
    "over": "/console/screens",
}
SHOWING_PAGES: dict[str, tuple[str, dict[str, object]]] = {
    "showing, not yet": ("portal/showing.html", _PAGE),
    "showing, too many": ("portal/showing.html", _PAGE | {"alert": "잠시 뒤에 다시 해 주세요."}),
    "showing, code": ("portal/showing.html", _PAGE | {"showing": _SHOWING}),
    "showing, code without a number to call": ("portal/showing.html", _PAGE | {"showing": _SHOWING, "phone": None}),
    "showing, question": ("portal/showing.html", _PAGE | {"showing": _SHOWING | {"state": "asked", "code": None, "staff": _NAME}}),
    "showing, shown": ("portal/showing.html", _PAGE | {"showing": _SHOWING | {"state": "shown", "code": None}}),
    "showing, over": ("portal/showing.html", _PAGE | {"over": True}),
    "shown to the foundation": ("portal/shops.html", {"shops": [], "action": "/portal/shops", "screens": [HER_BAR]}),
    "foundation asks to look": ("portal/shops.html", {"shops": [], "action": "/portal/shops", "screens": [_ASKED_BAR]}),
    "foundation looks": ("portal/shops.html", {"shops": [], "action": "/portal/shops", "screens": [_THEIR_BAR]}),
}
_SCREEN: dict[str, object] = {"state": "asked", "merchant": _NAME, "left": "9분 남음", "live": "/console/screens/1/live", "url": "/portal"}
_DESK: dict[str, object] = {
    "showing": None,
    "over": None,
    "done": None,
    "alert": None,
    "action": "/console/screens",
    "end": "/console/screens/end",
}
SCREEN_PAGES: dict[str, tuple[str, dict[str, object]]] = {
    "console, screen by code": ("console/screens.html", _DESK),
    "console, wrong code": ("console/screens.html", _DESK | {"alert": "맞는 번호가 아닙니다."}),
    "console, waiting for a screen": ("console/screens.html", _DESK | {"showing": _SCREEN}),
    "console, looking at a screen": ("console/screens.html", _DESK | {"showing": _SCREEN | {"state": "shown"}}),
    "console, screen is over": ("console/screens.html", _DESK | {"over": "끝났습니다."}),
    "console, screen was left": ("console/screens.html", _DESK | {"done": "끝냈습니다."}),
}
