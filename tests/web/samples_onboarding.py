"""Contexts of the pages by which people come in and go: links, invitations, sessions."""

LONG = "부흥시장 원조 할머니 손두부와 순두부집"
PLACE: dict[str, object] = {
    "device": "안드로이드 휴대전화",
    "program": "삼성 인터넷",
    "since": "11월 24일 09:03부터",
    "here": True,
    "end": "/e",
}

# Nobody is in yet.
ALONE_PAGES: dict[str, tuple[str, dict[str, object]]] = {
    **{
        f"link, {state}": ("portal/link.html", {"state": state, "action": "/sign-in/link/a", "sign_in_url": "/sign-in"})
        for state in ("open", "elsewhere", "gone")
    },
    **{f"join, {role}": ("portal/join.html", {"shop": LONG, "role": role, "action": "/join/a"}) for role in ("merchant", "clerk")},
    "join, too late": ("portal/join_gone.html", {"sign_in_url": "/sign-in"}),
    **{
        f"help, {limits}": (
            "portal/help_offer.html",
            {
                "merchant": "김순자",
                "shop": LONG,
                "limits": limits,
                "until": "12월 1일 (화)",
                "ask_name": limits == "work",
                "longest_name": 40,
                "error": "이름을 적어 주세요.",
                "action": "/help/a",
            },
        )
        for limits in ("work", "look")
    },
    "help, too late": ("portal/help_gone.html", {"sign_in_url": "/sign-in"}),
}
HELPER: dict[str, object] = {
    "name": "박지은",
    "relation": "딸",
    "waiting": False,
    "limits": "쿠폰·가게 일",
    "until": "12월 1일 (화)까지",
    "end": "/e",
}
ANSWER: dict[str, object] = {"label": "오늘만", "note": "11월 24일 (화)", "url": "/x", "selected": False}
CHANCE: dict[str, object] = {"label": "김순자 님 대신", "note": f"{LONG} · 보기만", "action": "/a", "current": True}
ACTING: dict[str, object] = {"acting": {"text": "지금 김순자 님 대신 하고 있습니다", "end": "/portal/helping/end"}}
HELPER_PAGES: dict[str, tuple[str, dict[str, object]]] = {
    "helpers": (
        "portal/helpers.html",
        {
            "helpers": [HELPER, HELPER | {"name": "딸", "relation": None, "waiting": True}],
            "lately": [{"what": f"박지은 님이 김순자 님을 대신하여 {LONG} 쿠폰을 만들었습니다.", "when": "11월 24일 (화) 09:03"}],
            "done": "문자를 보냈어요.",
            "new_url": "/n",
            "back_url": "/b",
        },
    ),
    "no helpers": ("portal/helpers.html", {"helpers": [], "lately": [], "done": None, "new_url": "/n", "back_url": "/b"}),
    "asking a helper": (
        "portal/helper_question.html",
        {
            "step": 3,
            "steps": 3,
            "title": "누가 도와주나요?",
            "answers": [ANSWER, ANSWER | {"url": None, "name": "clerk", "value": "1", "note": None}],
            "action": "/a",
            "fields": {"long": "day"},
            "key": "k",
            "back_url": "/b",
        },
    ),
    "a helper's number": (
        "portal/helper_number.html",
        {
            "title": "따님 번호를 눌러 주세요",
            "phone": "",
            "error": "번호가 짧습니다.",
            "action": "/a",
            "fields": {},
            "key": "k",
            "back_url": "/b",
        },
    ),
    "helping": ("portal/helping.html", {"rows": [CHANCE, CHANCE | {"current": False}], "over": False, "own": "/e"} | ACTING),
    "helping, over": ("portal/helping.html", {"rows": [], "over": True, "own": "/e"}),
}
_SESSIONS: dict[str, object] = {"end_all": "/portal/sessions/end", "back_url": "/portal/help", "logins": []}
_LOGIN = {"label": "우리 시 공무원 통합 로그인", "since": "11월 24일 19:44부터", "unlink": "/x"}
SESSION_PAGES: dict[str, tuple[str, dict[str, object]]] = {
    "sessions": ("portal/sessions.html", _SESSIONS | {"sessions": [PLACE, PLACE | {"here": False}], "logins": [_LOGIN]}),
    "one session": ("portal/sessions.html", _SESSIONS | {"sessions": [PLACE]}),
}

MEMBER: dict[str, object] = {"name": "김순자", "tail": "1234", "role": "상인", "since": "2026-11-24", "end": "/e"}
WAITING: dict[str, object] = {
    "name": "박영수",
    "tail": "5678",
    "role": "점원",
    "sent": "2026-11-24 09:03",
    "expired": False,
    "again": "/a",
    "revoke": "/r",
}
PEOPLE: dict[str, object] = {
    "shop": {"name": LONG, "place": "부산광역시 중구 부평깡통시장 지하 1층 특설매장 103호"},
    "people": [MEMBER, MEMBER | {"name": "", "tail": ""}],
    "waiting": [WAITING, WAITING | {"expired": True}],
    "written": {"phone": "", "name": "", "role": "merchant"},
    "roles": [{"value": "merchant", "label": "상인", "selected": True}, {"value": "clerk", "label": "점원", "selected": False}],
    "longest_name": 40,
    "action": "/console/shops/1/people",
    "alert": None,
    "done": "초대 문자를 보냈습니다.",
    "back_url": "/console/shops",
}
MANY: dict[str, object] = {
    "markets": [{"id": "1", "name": "부평깡통시장", "selected": True}],
    "market": "1",
    "lines": f"{LONG}, 지하 1층 103호, 010-1234-5678, 김순자",
    "longest": 20_000,
    "looked": [
        {"number": 1, "text": f"{LONG}, 지하 1층 103호, 010-1234-5678, 김순자", "fault": None},
        {"number": 2, "text": "없는 집, , 010-1234-5678", "fault": "이 시장 명단에 그런 점포가 없습니다."},
    ],
    "good": 1,
    "bad": 1,
    "action": "/console/invitations",
    "alert": None,
    "done": None,
    "back_url": "/console/shops",
}
DESK_PAGES: dict[str, tuple[str, dict[str, object]]] = {
    "console, people": ("console/shop_people.html", PEOPLE),
    "console, nobody": (
        "console/shop_people.html",
        PEOPLE | {"people": [], "waiting": [], "done": None, "alert": "이미 이 가게에 계십니다."},
    ),
    "console, taking away": ("console/shop_person_end.html", {"shop": LONG, "member": MEMBER, "back_url": "/console/shops/1/people"}),
    "console, many": ("console/invitations.html", MANY),
    "console, many, no market": (
        "console/invitations.html",
        MANY | {"market": None, "looked": None, "good": 0, "bad": 0, "done": "보냈습니다."},
    ),
}
