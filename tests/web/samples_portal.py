"""Contexts as the routes and the coupons give them to the pages of merchants and customers, with the longest words that occur."""

from markupsafe import Markup

from tests.web.samples_approvals import APPROVAL_PORTAL
from tests.web.samples_console import ENTRY, ERROR, KINDS, USE, WORDS
from tests.web.samples_factor import FACTOR_PAGES
from tests.web.samples_oauth import CONSENT, TOKENS
from tests.web.samples_onboarding import ALONE_PAGES, HELPER_PAGES, SESSION_PAGES
from tests.web.samples_personal import ERASED_PAGES, OWN_PAGES
from tests.web.samples_showing import SHOWING_PAGES
from tests.web.samples_switching import SWITCHING_PAGES

BAR = [
    {"label": "처음", "url": "/portal", "icon": "house", "current": True},
    {"label": "쿠폰 확인", "url": "/portal/coupons/check", "icon": "scan-line", "current": False},
    {"label": "도와줘요", "url": "/portal/help", "icon": "headset", "current": False},
]
LONG_SHOP = {
    "name": "부흥시장 원조 할머니 손두부와 순두부집",
    "seal": "두",
    "place": "부산광역시 중구 부평깡통시장 지하 1층 특설매장 103호",
}
WAYS = {"bar": BAR, "sign_out_url": "/portal/sign-out", "search_url": "/portal/search", "switch_url": "/switch"}
PORTAL: dict[str, object] = {"frame": {"shop": {"name": "누리빵집", "seal": "빵", "place": "원미부흥시장 12호"}, **WAYS}}
UNDO = {"action": "/portal/coupons/redemptions/1/undo", "key": "undo", "text": "2,000원 쿠폰을 썼어요.", "minutes": 7, "seconds": 402}
UNDOABLE: dict[str, object] = {"frame": {"shop": {"name": "누리빵집", "seal": "빵", "place": "원미부흥시장 12호"}, **WAYS, "undo": UNDO}}
LONG: dict[str, object] = {"frame": {"shop": LONG_SHOP, **WAYS}}
KEPT_FOR = {"mark": "0" * 64, "pages": ["/portal"], "forms": [{"path": "/portal/coupons/redemptions", "name": "쿠폰 {code}"}]}
KEPT: dict[str, object] = {"frame": {"shop": LONG_SHOP, "kept": KEPT_FOR, **WAYS}}
ALONE: dict[str, object] = {"frame": {"shop": None, "bar": [], "sign_out_url": None, "search_url": None}}

TICKET = {"label": "우리 가게 쿠폰", "url": "/portal/coupons", "icon": "ticket-percent", "note": None}
MAKE = {"label": "쿠폰 만들기", "url": "/portal/coupons/new", "icon": "ticket-plus"}
HOME: dict[str, object] = {
    "sentence": Markup("어제 쿠폰 손님이 <b>12명</b> 오셨어요. 그제보다 <b>3명</b> 많아요."),
    "detail_url": "/portal/coupons",
    "primary": MAKE,
    "tiles": [TICKET, TICKET | {"label": "함께 사기", "icon": "shopping-basket", "note": "마감 2시간"}],
    "paused": "재능 나눔 기능이 잠시 쉬고 있어요. 다른 기능은 그대로 쓰시면 돼요.",
    "empty": False,
    "more": {"url": "/portal/tasks", "count": 3, "waiting": True},
    "print_url": "/portal/print",
}
NOTHING_ON: dict[str, object] = {
    "sentence": Markup(),
    "detail_url": None,
    "primary": None,
    "tiles": [],
    "paused": None,
    "empty": True,
    "more": None,
    "print_url": "/portal/print",
}

SIGN_IN: dict[str, object] = {"face": "portal", "action": "/portal/sign-in", "next": "/portal", "phone": "", "error": None} | {
    "why": None,
    "outside": [{"label": "카카오", "url": "/sign-in/with/1"}, {"label": "우리 시 공무원 통합 로그인", "url": "/sign-in/with/2"}],
}
CODE: dict[str, object] = {
    "action": "/portal/code",
    "again_action": "/portal/sign-in",
    "next": "/portal",
    "phone_shown": "010-0000-1001",
    "error": None,
    "demo_url": "/dev/outbox",
}
SHOPS: list[dict[str, object]] = [
    {"id": "1", "name": LONG_SHOP["name"], "place": LONG_SHOP["place"], "current": True},
    {"id": "2", "name": "누리빵집", "place": "원미부흥시장 12호", "current": False},
]
MESSAGE = {
    "to": "010-0000-1001",
    "kind_text": "번호",
    "body": "[부천 상권지원] 여섯 자리 번호는 408213입니다.",
    "at": "11월 23일 9:00",
    "state_text": "보냄",
}


def answer(label: str, **others: object) -> dict[str, object]:
    """One answer to a question; a link unless it has a name and a value."""
    return {"label": label, "note": None, "url": f"?value={label}", "value": None, "selected": False} | others


AMOUNTS = [
    answer("1,000원"),
    answer("2,000원", note="지난번과 같아요", selected=True),
    answer("3,000원"),
    answer("10 %", note="1만 원에 1천 원"),
]
QUESTION: dict[str, object] = {
    "title": "얼마를 깎아 드릴까요?",
    "step": 1,
    "steps": 3,
    "step_text": "셋 가운데 첫째",
    "answers": AMOUNTS,
    "back_url": "/portal",
    "other": {"label": "다른 금액이면 숫자판을 누르세요.", "url": "/portal/coupons/new/amount"},
}
DAYS = [answer(label, url=None, name="days", value=days) for label, days in (("오늘만", 1), ("이번 주까지", 7), ("이번 달까지", 30))]
LAST_QUESTION = QUESTION | {
    "title": "언제까지 드릴까요?",
    "step": 3,
    "answers": DAYS,
    "other": None,
    "action": "/portal/coupons",
    "key": "k1",
    "fields": {"won": 2000},
}
BENEFIT = {"benefit": "2,000원 깎아 드려요", "conditions": "한 사람 1번 · 11월 30일까지"}
LINK = {
    "share_url": "https://busan.example/coupons/1",
    "share_text": "누리빵집 2,000원 깎아 드려요",
    "print_url": "/portal/print/coupons/1",
}
MADE: dict[str, object] = {
    **BENEFIT,
    **LINK,
    "list_url": "/portal/coupons",
    "slips_url": "/portal/coupons/1/slips",
}
CAMPAIGN: dict[str, object] = {
    **BENEFIT,
    **LINK,
    "state_text": "나가는 중",
    "claimed": 31,
    "redeemed": 12,
    "stock": 50,
    "on_paper": 8,
    "live_url": "/portal/coupons/1/live",
    "slips_url": "/portal/coupons/1/slips",
    "end_action": "/portal/coupons/1/end",
    "key": "k1",
}
ROW: dict[str, object] = {
    **BENEFIT,
    "claimed": 31,
    "redeemed": 12,
    "stock": 50,
    "state_text": "나가는 중",
    "url": "/portal/coupons/1",
    "live_id": "1",
}
SLIPS: dict[str, object] = {
    **BENEFIT,
    "left": 30,
    "answers": [
        {"label": "8장", "note": "A4 1쪽", "url": None, "name": "count", "value": 8, "selected": False},
        {"label": "30장", "note": "남은 것 모두, A4 4쪽", "url": None, "name": "count", "value": 30, "selected": False},
    ],
    "action": "/portal/coupons/1/slips",
    "key": "k1",
    "sheets": [{"title": "종이 쿠폰 24장", "note": "24장 가운데 3장을 썼어요.", "url": "/portal/coupons/sheets/1"}],
    "back_url": "/portal/coupons/1",
}
SHEET_OF_SLIPS: dict[str, object] = {
    **BENEFIT,
    "title": "종이 쿠폰 24장",
    "used_text": "24장 가운데 3장을 썼어요.",
    "paper_url": "/portal/coupons/sheets/1/paper",
    "back_url": "/portal/coupons/1/slips",
}
CHECK: dict[str, object] = {"action": "/portal/coupons/check", "key": "k1", "error": None, "digits": 6, "scan": True}
RESULT: dict[str, object] = {
    "sentence": "2,000원 깎아 드리세요",
    "detail": "쿠폰 · 오늘 7번째 손님",
    "next_url": "/portal/coupons/check",
}
OFFER: dict[str, object] = {
    "title": "쿠폰",
    **BENEFIT,
    "left": 23,
    "state": "open",
    "state_text": "",
    "action": "/coupons/1",
    "key": "k1",
    "mine_url": None,
}
COUPON: dict[str, object] = {
    **LINK,
    "shop": {"name": LONG_SHOP["name"], "url": "/shops/1", "place": LONG_SHOP["place"], "note": "포장할 때만 쓸 수 있어요"},
    "campaign": OFFER,
}
MINE: dict[str, object] = {
    **BENEFIT,
    "shop": COUPON["shop"],
    "code": "408 213",
    "till_url": "https://busan.example/coupons/r/408213",
    "used_at": None,
    "used_text": "",
}
FOUND: dict[str, object] = {
    "count": 2,
    "shops": [
        {"title": LONG_SHOP["name"], "detail": LONG_SHOP["place"], "url": "/storefront/shops/1"},
        {"title": "누리빵집", "detail": "원미부흥시장 12호 · 빵", "url": None},
    ],
    "groups": [{"title": "쿠폰", "hits": [{"title": "2,000원 깎아 드려요", "detail": "누리빵집", "url": "/portal/coupons/campaigns/1"}]}],
}
TO_PRINT: dict[str, object] = {"paper_url": "/portal/print/core/shop/pdf"}
SHEET: dict[str, object] = {
    "title": "2,000원 깎아 드려요",
    "lines": ["한 사람 1번 · 11월 30일까지", "휴대전화로 찍으면 쿠폰을 드려요."],
    "label": "쿠폰 알림판",
    "url": "/portal/print/coupons/1",
    "address": "https://busan.example/coupons/c/1",
}

PORTAL_PAGES: dict[str, tuple[str, dict[str, object]]] = {
    "portal search": ("portal/search.html", PORTAL | {"q": "ㅃㅈ", "found": FOUND}),
    "portal search, nothing found": ("portal/search.html", PORTAL | {"q": "없는 곳", "found": {"count": 0, "shops": [], "groups": []}}),
    "portal search, not asked": ("portal/search.html", PORTAL | {"q": "", "found": {"count": 0, "shops": [], "groups": []}}),
    "portal prints": ("portal/prints.html", LONG | {"sheets": [SHEET, SHEET | {"title": LONG_SHOP["name"]}]}),
    "portal sheet": ("portal/sheet.html", PORTAL | TO_PRINT | {"sheet": SHEET}),
    "portal sheet, long and without a code": (
        "portal/sheet.html",
        LONG | TO_PRINT | {"sheet": SHEET | {"title": LONG_SHOP["name"], "address": None}},
    ),
    "kept taps": ("portal/kept.html", KEPT),
    "portal home": ("portal/home.html", PORTAL | HOME),
    "portal home, long names": ("portal/home.html", LONG | HOME),
    "portal home, nothing on": ("portal/home.html", PORTAL | NOTHING_ON),
    "portal home, to be undone": ("portal/home.html", UNDOABLE | HOME),
    "portal tasks": ("portal/tasks.html", LONG | {"tiles": HOME["tiles"], "back_url": "/portal"}),
    "portal tasks, none": ("portal/tasks.html", PORTAL | {"tiles": [], "back_url": "/portal"}),
    **{f"sign in, {face}": ("portal/sign_in.html", ALONE | SIGN_IN | {"face": face}) for face in ("portal", "console", "public")},
    "sign in, refused": ("portal/sign_in.html", ALONE | SIGN_IN | {"phone": "010-0000", "error": "번호가 짧습니다. 다시 눌러 주세요."}),
    "code": ("portal/code.html", ALONE | CODE),
    "code, refused": ("portal/code.html", ALONE | CODE | {"error": "번호가 맞지 않습니다. 다시 눌러 주세요.", "demo_url": None}),
    "uses": ("portal/plugins.html", PORTAL | {"plugins": [USE, USE | {"enabled": False}], "alert": "뺄 수 없습니다.", "back_url": "/b"}),
    "nothing to choose": ("portal/plugins.html", PORTAL | {"plugins": [], "alert": None, "back_url": "/b"}),
    "settings of a shop": (
        "portal/plugin_settings.html",
        PORTAL | {"title": "쿠폰", "rows": [{"label": "적을 말", "value": "없음", "url": "/x"}], "saved": "적을 말", "back_url": "/b"},
    ),
    **{
        f"setting of a shop, {kind}": (
            "portal/plugin_question.html",
            PORTAL
            | {
                "title": "쿠폰",
                "field": ENTRY | {"kind": kind, "words": WORDS, "error": "너무 깁니다."},
                "action": "/a",
                "key": "k",
                "back_url": "/b",
            },
        )
        for kind in KINDS
    },
    **{name: (template, ALONE | values) for name, (template, values) in {**ALONE_PAGES, **FACTOR_PAGES, **SWITCHING_PAGES}.items()},
    **{
        name: (template, PORTAL | values)
        for name, (template, values) in (SESSION_PAGES | HELPER_PAGES | OWN_PAGES | APPROVAL_PORTAL).items()
    },
    **{name: (template, ALONE | values) for name, (template, values) in ERASED_PAGES.items()},
    **{name: (template, PORTAL | values) for name, (template, values) in SHOWING_PAGES.items()},
    "help": (
        "portal/help.html",
        PORTAL
        | {
            "phone": "051-600-1700",
            "foundation": "부산경제진흥원",
            "plugins_url": "/portal/plugins",
            "me_url": "/portal/me",
            "sessions_url": "/portal/sessions",
            "tokens_url": "/portal/tokens",
            "helpers_url": "/portal/helpers",
            "helping_url": "/portal/helping",
            "showing": {"action": "/portal/showing", "came_from": "/portal/coupons/campaigns"},
        },
    ),
    "help without a number": (
        "portal/help.html",
        PORTAL
        | {"phone": None, "foundation": "부산경제진흥원", "plugins_url": None, "me_url": "/portal/me", "sessions_url": "/portal/sessions"}
        | {"tokens_url": None, "helpers_url": None, "helping_url": None, "showing": None},
    ),
    "consent": ("portal/consent.html", PORTAL | CONSENT),
    "consent of somebody without a name": ("portal/consent.html", PORTAL | CONSENT | {"person": ""}),
    "tokens": ("portal/tokens.html", PORTAL | TOKENS),
    "token just made": ("portal/tokens.html", PORTAL | TOKENS | {"token": "smi_" + "x" * 43}),
    "token not to be made": ("portal/tokens.html", PORTAL | TOKENS | {"alert": "이름을 적어 주세요.", "tokens": [], "programs": []}),
    "token revoked": ("portal/tokens.html", PORTAL | TOKENS | {"done": "없앴습니다."}),
    "shops": ("portal/shops.html", PORTAL | {"shops": SHOPS, "action": "/portal/shops"}),
    "error in the portal": ("platform/error_portal.html", PORTAL | {"kind": "wait", "message": None, **ERROR, "home_url": "/portal"}),
    "refusal": (
        "portal/refusal.html",
        PORTAL | {"message": "이미 쓴 쿠폰입니다.", "back_url": "/portal/coupons/check", "back_label": "다른 번호 누르기"},
    ),
    "outbox": ("dev/outbox.html", {"messages": [MESSAGE]}),
    "outbox, empty": ("dev/outbox.html", {"messages": []}),
    "question": ("coupons/question.html", PORTAL | QUESTION),
    "question, nothing chosen": ("coupons/question.html", PORTAL | QUESTION | {"answers": AMOUNTS[:1]}),
    "last question": ("coupons/question.html", PORTAL | LAST_QUESTION),
    "last question, chosen": ("coupons/question.html", PORTAL | LAST_QUESTION | {"answers": [DAYS[0] | {"selected": True}]}),
    "amount": (
        "coupons/amount.html",
        PORTAL | {"title": "얼마를 깎아 드릴까요?", "action_url": "/portal/coupons/new", "unit": "원", "error": None},
    ),
    "made": ("coupons/made.html", PORTAL | MADE),
    "made, to be undone": ("coupons/made.html", UNDOABLE | MADE),
    "coupons": (
        "coupons/list.html",
        PORTAL | {"campaigns": [ROW, ROW | {"live_id": "2", "stock": None}], "live_url": "/portal/coupons/live"},
    ),
    "coupons, none": ("coupons/list.html", PORTAL | {"campaigns": []}),
    "coupons, one undone": ("coupons/list.html", PORTAL | {"campaigns": [ROW], "undone": True}),
    "check, to be undone": ("coupons/check.html", UNDOABLE | CHECK),
    "campaign": ("coupons/campaign.html", PORTAL | CAMPAIGN),
    "campaign, ended": ("coupons/campaign.html", PORTAL | CAMPAIGN | {"stock": None, "end_action": None}),
    "slips": ("coupons/slips.html", PORTAL | SLIPS),
    "slips, none left": ("coupons/slips.html", PORTAL | SLIPS | {"left": 0, "answers": []}),
    "slips, the first": ("coupons/slips.html", LONG | SLIPS | {"sheets": []}),
    "sheet of slips": ("coupons/sheet.html", PORTAL | SHEET_OF_SLIPS),
    "sheet of slips, all used": ("coupons/sheet.html", PORTAL | SHEET_OF_SLIPS | {"paper_url": None}),
    "check": ("coupons/check.html", PORTAL | CHECK),
    "check, refused, no camera": ("coupons/check.html", PORTAL | CHECK | {"error": "없는 번호입니다. 다시 눌러 주세요.", "scan": False}),
    "result": ("coupons/result.html", PORTAL | RESULT),
    "result, to be undone": ("coupons/result.html", UNDOABLE | RESULT),
    "undone": ("coupons/undone.html", PORTAL | {"next_url": "/portal/coupons/check"}),
    "coupon": ("coupons/coupon.html", COUPON),
    "coupon without a limit": ("coupons/coupon.html", COUPON | {"campaign": OFFER | {"left": None}}),
    **{
        f"coupon, {state}": ("coupons/coupon.html", COUPON | {"campaign": OFFER | {"state": state, "state_text": text, "mine_url": url}})
        for state, text, url in (
            ("ended", "기간이 끝난 쿠폰입니다.", None),
            ("sold_out", "쿠폰이 모두 나갔습니다.", None),
            ("mine", "이미 받으셨어요.", "/coupons/mine/1"),
        )
    },
    "my coupon": ("coupons/mine.html", MINE),
    "my coupon, used": ("coupons/mine.html", MINE | {"used_at": "11:20", "used_text": "11월 23일에 쓰셨어요."}),
}
