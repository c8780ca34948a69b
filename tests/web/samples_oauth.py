"""Sample contexts of the pages about programs from outside and one's own tokens."""

CONSENT: dict[str, object] = {
    "program": "재고 프로그램",
    "back": "stock.example",
    "person": "김순자",
    "role": "상인",
    "scopes": ["쿠폰이 얼마나 나가고 쓰였는지 봅니다", "손님의 쿠폰을 확인하고 씁니다"],
    "action": "/oauth/authorize",
    "fields": {"client_id": "1", "state": "s"},
}
TOKEN: dict[str, object] = {
    "name": "계산대",
    "scopes": ["쿠폰을 봅니다"],
    "made": "2026-11-24",
    "until": "2027-02-22",
    "used": "2026-11-24",
    "revoke": "/portal/tokens/1/revoke",
}
LET: dict[str, object] = {
    "name": "재고 프로그램",
    "scopes": ["쿠폰을 봅니다"],
    "since": "2026-11-24",
    "end": "/portal/tokens/programs/1/end",
}
TOKENS: dict[str, object] = {
    "tokens": [TOKEN, TOKEN | {"name": "이름 없는 토큰", "scopes": None, "used": None}],
    "programs": [LET],
    "token": None,
    "written": {"name": ""},
    "scopes": [
        {"field": "scope.coupons.read", "text": "쿠폰을 봅니다", "selected": True},
        {"field": "scope.coupons.redeem", "text": "쿠폰을 씁니다", "selected": False},
    ],
    "days": [{"value": "30", "label": "30일", "selected": False}, {"value": "90", "label": "90일", "selected": True}],
    "longest_name": 40,
    "action": "/portal/tokens",
    "alert": None,
    "done": None,
    "back_url": "/portal/help",
}

CONSENTED: dict[str, object] = {"person": "김순자", "role": "대표", "scopes": ["쿠폰을 봅니다", "기록을 봅니다"], "since": "2026-11-24"}
PROGRAM: dict[str, object] = {
    "name": "재고 프로그램",
    "url": "/console/programs/1",
    "kind": "서버 프로그램",
    "since": "2026-11-24",
    "scopes": 2,
}
SCOPE: dict[str, object] = {"field": "scope.coupons.read", "text": "쿠폰을 봅니다", "selected": True, "by_itself": True}
PROGRAMS: dict[str, object] = {
    "programs": [PROGRAM, PROGRAM | {"name": "회계"}],
    "written": {"name": "", "addresses": "", "kind": "confidential", "unattended": False},
    "scopes": [SCOPE, SCOPE | {"field": "scope.plugins.manage", "selected": False, "by_itself": False}],
    "longest_name": 40,
    "longest_addresses": 2000,
    "action": "/console/programs",
    "alert": None,
    "done": None,
}
ONE_PROGRAM: dict[str, object] = {
    "program": PROGRAM,
    "client_id": "0198c0df-0000-7000-8000-000000000000",
    "addresses": ["https://stock.example/back"],
    "scopes": ["쿠폰을 봅니다"],
    "unattended": True,
    "granted": [CONSENTED, CONSENTED | {"person": ""}],
    "secret": None,
    "made": False,
    "new_secret": "/console/programs/1/secret",
    "end": "/console/programs/1/end",
    "endpoints": {"authorize": "https://busan.example/oauth/authorize", "token": "https://busan.example/oauth/token"},
    "back_url": "/console/programs",
}
