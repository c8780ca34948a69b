"""Contexts of the pages of the second factor."""

LONG = "부흥시장 원조 할머니 손두부와 순두부집"
PASSKEY = {"options": "/o", "action": "/p"}
QUESTION: dict[str, object] = {
    "by_app": True,
    "by_passkey": True,
    "action": "/sign-in/factor",
    "passkey": PASSKEY,
    "recovery_url": "/r",
    "next": "/console",
    "error": None,
    "demo": None,
}
SETUP: dict[str, object] = {"first": True, "passkey": PASSKEY, "app_url": "/a", "next": "/console", "error": None}
APP: dict[str, object] = {
    "address": "otpauth://totp/a:b?secret=JBSWY3DPEHPK3PXP&issuer=a",
    "secret": "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP",
    "setup": "s",
    "action": "/a",
    "back_url": "/b",
    "next": "/console",
    "error": None,
}
WRONG = "번호가 맞지 않습니다. 4번 더 해 볼 수 있습니다."

FACTOR_PAGES: dict[str, tuple[str, dict[str, object]]] = {
    "factor": ("portal/factor.html", QUESTION),
    "factor, refused": ("portal/factor.html", QUESTION | {"error": WRONG, "demo": "데모: 지금 코드 123456"}),
    "factor, by passkey alone": ("portal/factor.html", QUESTION | {"by_app": False, "error": WRONG}),
    "factor, by app alone": ("portal/factor.html", QUESTION | {"by_passkey": False}),
    "recovery": ("portal/recovery.html", {"action": "/r", "next": "/console", "back_url": "/b", "error": None}),
    "recovery, refused": ("portal/recovery.html", {"action": "/r", "next": "/console", "back_url": "/b", "error": WRONG}),
    "factor, first": ("portal/factor_setup.html", SETUP),
    "factor, another": ("portal/factor_setup.html", SETUP | {"first": False, "error": WRONG}),
    "app": ("portal/factor_app.html", APP),
    "app, refused": ("portal/factor_app.html", APP | {"error": WRONG}),
    "recovery codes": ("portal/recovery_codes.html", {"codes": ["ABCDE-23456"] * 10, "person": "김순자", "onward": "/console"}),
    "sign in by passkey": (
        "portal/sign_in.html",
        {"face": "console", "action": "/sign-in", "next": "/console", "phone": "", "error": None, "passkey": PASSKEY}
        | {"why": "denied", "outside": []},
    ),
}

KEY: dict[str, object] = {"id": "1", "name": "윈도 컴퓨터", "since": "2026-11-24", "used": "2026-11-24", "rename": "/n", "remove": "/x"}
MINE: dict[str, object] = {
    "app_since": "2026-11-24",
    "passkeys": [KEY, KEY | {"id": "2", "name": LONG + LONG, "used": None}],
    "codes": 10,
    "fresh": True,
    "last": False,
    "fresh_url": "/f",
    "app": {"add": "/a", "remove": "/x"},
    "add_passkey": PASSKEY,
    "new_codes": "/c",
    "next": "/console/factors",
    "people_url": "/console/factors/people",
    "done": "등록했습니다.",
}
PERSON: dict[str, object] = {"name": "김순자", "role": "직원", "app": True, "passkeys": 2, "reset": "/r"}
RESET: dict[str, object] = {"person": {"name": "김순자", "role": "직원"}, "action": "/r", "longest": 200, "alert": None, "back_url": "/b"}

FACTOR_DESK_PAGES: dict[str, tuple[str, dict[str, object]]] = {
    "factors": ("console/factors.html", MINE),
    "factors, to be confirmed": ("console/factors.html", MINE | {"fresh": False, "people_url": None, "done": None}),
    "factors, one only": ("console/factors.html", MINE | {"app_since": None, "passkeys": [KEY], "last": True, "codes": 0}),
    "factors, an app only": ("console/factors.html", MINE | {"passkeys": [], "last": True}),
    "factors of everybody": (
        "console/factor_people.html",
        {"people": [PERSON, PERSON | {"name": "", "app": False, "passkeys": 0, "reset": None}], "done": "지웠습니다.", "back_url": "/b"},
    ),
    "factor taken away": ("console/factor_reset.html", RESET),
    "factor taken away, refused": ("console/factor_reset.html", RESET | {"alert": "까닭을 200자 안으로 적어 주세요."}),
}
