"""Contexts of the pages about what is stored of somebody."""

KEPT: list[dict[str, object]] = [
    {
        "what": "누가 언제 무엇을 했는지의 기록(이름과 번호 없이)",
        "why": "개인정보의 안전성 확보조치 기준 제8조(접속기록의 보관)",
        "until": None,
    },
    {"what": "결제한 기록", "why": "전자상거래법 시행령 제6조", "until": "2031-11-24"},
]
HELD: list[dict[str, object]] = [
    {"role": "상인", "place": "부흥시장 원조 할머니 손두부와 순두부집"},
    {"role": "손님", "place": "부산경제진흥원"},
]
_ME: dict[str, object] = {
    "name": "김순자",
    "tail": "1234",
    "held": HELD,
    "export": "/portal/me/export",
    "erase_url": "/portal/me/erase",
    "back_url": "/portal/help",
}
_ASK: dict[str, object] = {"kept": KEPT, "alert": None, "action": "/portal/me/erase", "back_url": "/portal/me"}
OWN_PAGES: dict[str, tuple[str, dict[str, object]]] = {
    "my data": ("portal/me.html", _ME),
    "my data, no name": ("portal/me.html", _ME | {"name": "", "held": []}),
    "erase my data": ("portal/me_erase.html", _ASK),
    "erase my data, refused": ("portal/me_erase.html", _ASK | {"alert": "누리빵집을 맡고 있어 지울 수 없습니다."}),
}
ERASED_PAGES: dict[str, tuple[str, dict[str, object]]] = {"my data erased": ("portal/me_erased.html", {"kept": KEPT, "home_url": "/"})}

_ROW: dict[str, object] = {"name": "김순자", "tail": "1234", "held": HELD, "url": "/console/people/1"}
_PEOPLE: dict[str, object] = {"q": "", "asked": False, "rows": [], "more": False, "action": "/console/people", "longest": 40}
_PERSON: dict[str, object] = {
    "person": _ROW,
    "whole": None,
    "number_action": "/n",
    "export": "/e",
    "erase_url": "/x",
    "back_url": "/console/people",
}
_WHY: dict[str, object] = {
    "person": _ROW,
    "reasons": [{"value": "asked", "label": "본인이 지워 달라고 했습니다"}, {"value": "mistaken", "label": "잘못 등록된 사람입니다"}],
    "kept": KEPT,
    "alert": None,
    "action": "/x",
    "back_url": "/console/people/1",
}
DESK_PAGES: dict[str, tuple[str, dict[str, object]]] = {
    "console, no person sought": ("console/people.html", _PEOPLE),
    "console, people": ("console/people.html", _PEOPLE | {"q": "순자", "asked": True, "rows": [_ROW, _ROW | {"name": "", "held": []}]}),
    "console, many people": ("console/people.html", _PEOPLE | {"q": "순", "asked": True, "rows": [_ROW], "more": True}),
    "console, nobody": ("console/people.html", _PEOPLE | {"q": "없는 사람", "asked": True}),
    "console, person": ("console/person.html", _PERSON),
    "console, person's number": ("console/person.html", _PERSON | {"whole": "010-1234-1234", "number_action": None}),
    "console, erased person": (
        "console/person.html",
        _PERSON | {"person": _ROW | {"name": "", "tail": "", "held": []}, "number_action": None, "export": None, "erase_url": None},
    ),
    "console, erase person": ("console/person_erase.html", _WHY),
    "console, erase person without a reason": ("console/person_erase.html", _WHY | {"alert": "지우는 까닭을 골라 주세요."}),
    "console, person was erased": ("console/person_erased.html", {"kept": KEPT, "back_url": "/console/people"}),
}
