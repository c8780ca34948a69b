"""Contexts as the routes give them to the pages of the console."""

from tests.web.samples_approvals import APPROVAL_DESK, MARKS, NO_TODOS, TODOS
from tests.web.samples_factor import FACTOR_DESK_PAGES
from tests.web.samples_oauth import ONE_PROGRAM, PROGRAMS, TOKENS
from tests.web.samples_onboarding import DESK_PAGES
from tests.web.samples_personal import DESK_PAGES as PERSON_PAGES
from tests.web.samples_showing import SCREEN_PAGES
from tests.web.samples_tables import TABLE_PAGES

# What every error page has.
ERROR: dict[str, object] = {
    "ask": "첫 화면에서 다시 찾아 주세요. 못 찾으시면 전화해 주세요.",
    "fault_number": "482-173",
    "home_url": "/",
    "home_label": "첫 화면으로",
}

MENU = [
    {"label": "시장과 점포", "url": "/console/shops", "icon": "store", "current": True, "count": None, "part": ""},
    {"label": "쿠폰", "url": "/console/coupons", "icon": "ticket-percent", "current": False, "count": 4, "part": ""},
    {"label": "기능 켜고 끄기", "url": "/console/plugins", "icon": "toggle-right", "current": False, "count": None, "part": "seldom"},
    {"label": "내 확인 방법", "url": "/console/factors", "icon": "fingerprint-pattern", "current": False, "count": None, "part": "own"},
]
KINDS = ("switch", "number", "text", "paragraph", "choice", "list", "date", "time", "secret")
_WAYS = {"switch_url": "/switch", "sessions_url": "/console/sessions", "sign_out_url": "/sign-out"}
DESK: dict[str, object] = {"frame": {"menu": MENU, "person": "김순자", **_WAYS}}
PLUGIN: dict[str, object] = {
    "name": "coupons",
    "title": "쿠폰",
    "url": "/console/plugins/coupons",
    "description": "모바일·종이 쿠폰을 만들고 쓰고 정산합니다",
    "icon": "ticket-percent",
    "data_classes": ["개인정보", "결제"],
    "price_text": "월 30,000원",
    "month_text": "1,204장 쓰임",
    "enabled": True,
    "state_text": "켜짐",
    "state_tone": "on",
    "reason": None,
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
        "state_text": "꺼짐",
        "state_tone": "off",
        "health": {"tone": "wait", "text": "지난밤 세 번 멈춰 잠시 쉬게 했습니다.", "url": "/console/health/talent"},
    },
    PLUGIN
    | {
        "title": "ghost",
        "price_text": None,
        "action": None,
        "reason": "설치되어 있지 않습니다.",
        "state_text": "설치 안 됨",
        "state_tone": "off",
    },
]
RIGHTS = [{"text": "쿠폰을 만들고 되돌립니다", "roles": "재단 대표 · 상인"}]
DATA = [{"label": "개인정보", "text": "누구인지 알아볼 수 있는 정보를 다룹니다."}]
FACTS: dict[str, object] = {
    "about": [{"label": "판", "value": "0.1.0"}, {"label": "만든 곳", "value": None}],
    "data": DATA,
    "permissions": RIGHTS,
    "others": [
        {
            "text": "아래 기능이 켜져 있어야 합니다.",
            "plugins": [{"title": "소개", "url": None, "on": True}, {"title": "함께", "url": "/c", "on": False}],
        }
    ],
    "works": [{"label": "알리는 일", "names": ["lantern.lit", "lantern.out"]}],
    "approvals": MARKS,
    "settings_url": "/console/plugins/coupons/settings",
    "shop_settings": True,
}
ENTRY: dict[str, object] = {
    "id": "setting-count",
    "name": "set.count",
    "remove_name": "remove.count",
    "kind": "number",
    "label": "되돌릴 수 있는 시간(분)",
    "help": "이 시간 안에는 되돌릴 수 있습니다.",
    "limits": "1부터 10까지",
    "longest": 2000,
    "padded": True,
    "value": "3",
    "words": [],
    "is_set": False,
    "error": None,
    "now": None,
}
WORDS = [{"value": "a", "label": "가", "selected": True}, {"value": "b", "label": "나", "selected": False}]
SETTINGS: dict[str, object] = {
    "plugin": {"title": "쿠폰", "icon": "ticket-percent"},
    "shop": None,
    "fields": [ENTRY | {"kind": kind, "id": kind, "words": WORDS, "is_set": True, "padded": False} for kind in KINDS],
    "action": "/console/plugins/coupons/settings",
    "key": "k1",
    "mark": "0123",
    "alert": None,
    "saved": None,
    "back_url": "/console/plugins/coupons",
}
HEAD = {"title": "쿠폰", "icon": "ticket-percent", "description": "쿠폰을 만들고 씁니다"}
ENABLE: dict[str, object] = {
    "plugin": HEAD,
    "data": DATA,
    "permissions": RIGHTS,
    "obstacle": None,
    "action": "/a",
    "key": "k",
    "back_url": "/b",
}
USE: dict[str, object] = {**HEAD, "enabled": True, "action": "/console/shops/1/plugins/coupons", "key": "k", "settings_url": "/s"}
SHOP_USES: dict[str, object] = {
    "shop": {"name": "누리빵집", "place": "구포시장 가-1"},
    "plugins": [USE, USE | {"enabled": False, "settings_url": None}],
    "alert": None,
    "back_url": "/console/shops",
}
NOTICE = {
    "text": "재능 나눔이 지난밤 세 번 멈춰 잠시 쉬게 했습니다. 다른 기능은 괜찮습니다.",
    "url": "/console/health",
    "url_label": "까닭 보기",
}
_SEARCH: dict[str, object] = {"q": "", "sections": [], "count": 0, "action": "/console/search", "longest": 60}
HITS = _SEARCH | {
    "q": "ㅃㅈ",
    "count": 3,
    "sections": [
        {"title": "가게", "hits": [{"title": "누리빵집", "detail": "원미부흥시장 12호 · 빵", "url": "/console/shops?q=누리빵집"}]},
        {"title": "사람", "hits": [{"title": "박지은", "detail": "1234 · 누리빵집", "url": "/console/people/1"}]},
        {"title": "쿠폰", "hits": [{"title": "2,000원 깎아 드려요", "detail": "누리빵집", "url": "/console/coupons/campaigns"}]},
    ],
}

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
    **TODOS,
}

CHANGE: dict[str, object] = {"label": "등불 수", "before": "3", "after": "4"}
ACT: dict[str, object] = {
    "what": "등불 기능의 설정을 바꿨습니다.",
    "when": "2026-11-24 16:50:14",
    "who": "김순자",
    "role": "재단 대표",
    "for_whom": "김순자 님을 대신하여",
    "person_url": "?person=1",
    "where": "기본 기능",
    "subject_url": "?subject=2",
    "changes": [CHANGE, CHANGE | {"before": None}, CHANGE | {"after": None}],
}
SYSTEM_ACT = ACT | {"who": "자동 처리", "role": None, "for_whom": None, "person_url": None, "subject_url": None, "changes": []}
LOG: dict[str, object] = {
    "who": "",
    "words": "",
    "since": "",
    "until": "2026-11-24",
    "person": "",
    "subject": False,
    "given": {"until": "2026-11-24"},
    "plugins": [{"name": "core", "title": "기본 기능", "selected": False}, {"name": "coupons", "title": "쿠폰", "selected": True}],
    "rows": [ACT, SYSTEM_ACT],
    "prev_url": "?after=1",
    "next_url": "?before=2",
    "export": "/console/audit/export",
}
NO_LOG = LOG | {"rows": [], "prev_url": None, "next_url": None}

FOUNDATION: dict[str, object] = {
    "look": {
        "name": "부천시 상권활성화재단 원미부흥시장 상인회 지원센터",
        "seal": "부",
        "colour": "#1d4f8c",
        "phone": "032-611-1700",
        "sender": "부천 상권지원",
    },
    "longest": 80,
    "action": "/console/foundation",
    "alert": None,
    "done": "저장했습니다. 이름은 몇 초 안에, 색은 길어야 5분 안에 모든 화면에서 바뀝니다.",
}

CONSOLE_PAGES: dict[str, tuple[str, dict[str, object]]] = {
    "console, error": ("platform/error_console.html", DESK | {"kind": "over", "message": None, **ERROR, "home_url": "/console"}),
    "console, found everywhere": ("console/search.html", DESK | HITS),
    "console, found nowhere": ("console/search.html", DESK | _SEARCH | {"q": "없는 곳"}),
    "console, not searched": ("console/search.html", DESK | _SEARCH),
    "console, plugins": ("console/plugins.html", DESK | {"plugins": PLUGINS, "notice": NOTICE, "only_owner": False}),
    "console, no plugin": ("console/plugins.html", DESK | {"plugins": [], "notice": None, "only_owner": True}),
    "console, plugin": ("console/plugin.html", DESK | PLUGIN | {"facts": FACTS, "alert": None, "back_url": "/console/plugins"}),
    "console, plugin in trouble": (
        "console/plugin.html",
        DESK | PLUGINS[1] | {"facts": FACTS, "alert": "끌 수 없습니다.", "back_url": "/b"},
    ),
    "console, missing plugin": ("console/plugin.html", DESK | PLUGINS[2] | {"facts": None, "alert": None, "back_url": "/b"}),
    "console, before switching on": ("console/enable.html", DESK | ENABLE),
    "console, not to be switched on": ("console/enable.html", DESK | ENABLE | {"obstacle": "먼저 다른 기능을 켜 주세요.", "data": []}),
    "console, settings": ("console/settings.html", DESK | SETTINGS),
    "console, settings saved": (
        "console/settings.html",
        DESK | SETTINGS | {"saved": [{"label": "시간", "value": "3"}], "shop": "누리빵집"},
    ),
    "console, settings not to be kept": (
        "console/settings.html",
        DESK | SETTINGS | {"fields": [ENTRY | {"error": "10보다 클 수 없습니다.", "now": "5"}], "alert": None},
    ),
    "console, shop's plugins": ("console/shop_plugins.html", DESK | SHOP_USES),
    "console, shop without plugins": ("console/shop_plugins.html", DESK | SHOP_USES | {"plugins": [], "alert": "뺄 수 없습니다."}),
    **{
        name: (template, DESK | values)
        for name, (template, values) in {**DESK_PAGES, **FACTOR_DESK_PAGES, **PERSON_PAGES, **APPROVAL_DESK, **SCREEN_PAGES}.items()
    },
    **{name: (template, DESK | values) for name, (template, values) in TABLE_PAGES.items()},
    "console, work": ("console/work.html", DESK | WORK),
    "console, no work": ("console/work.html", DESK | WORK | NO_TODOS | {"letters": [], "rows": [WAITING | {"queued": 0}]}),
    "console, foundation": ("console/foundation.html", DESK | FOUNDATION),
    "console, foundation that cannot look so": (
        "console/foundation.html",
        DESK | FOUNDATION | {"alert": "흰 글자가 읽히지 않는 옅은 색입니다. 더 짙은 색을 정해 주세요.", "done": None},
    ),
    "console, programs": ("console/programs.html", DESK | PROGRAMS),
    "console, no program": ("console/programs.html", DESK | PROGRAMS | {"programs": [], "done": "끊었습니다."}),
    "console, program not to be let in": ("console/programs.html", DESK | PROGRAMS | {"alert": "이름을 적어 주세요."}),
    "console, program": ("console/program.html", DESK | ONE_PROGRAM),
    "console, program just let in": ("console/program.html", DESK | ONE_PROGRAM | {"secret": "smc_x", "made": True, "granted": []}),
    "console, public program": ("console/program.html", DESK | ONE_PROGRAM | {"made": True, "new_secret": None, "unattended": False}),
    "console, tokens": ("console/tokens.html", DESK | TOKENS),
    "console, token just made": ("console/tokens.html", DESK | TOKENS | {"token": "smi_x"}),
    "console, token not to be made": (
        "console/tokens.html",
        DESK | TOKENS | {"alert": "이름을 적어 주세요.", "tokens": [], "programs": []},
    ),
    "console, token revoked": ("console/tokens.html", DESK | TOKENS | {"done": "없앴습니다."}),
    "console, audit": ("console/audit.html", DESK | LOG),
    "console, audit of one person": ("console/audit.html", DESK | LOG | {"person": "김순자", "next_url": None}),
    "console, audit of one thing": ("console/audit.html", DESK | LOG | {"subject": True, "prev_url": None}),
    "console, no act found": ("console/audit.html", DESK | NO_LOG),
    "console, no act": ("console/audit.html", DESK | NO_LOG | {"given": {}}),
}
