"""Contexts of the tables that are asked."""

from typing import Any

LONG_MARKET = "부산광역시부평깡통시장상인회협동조합"


def _cell(label: str, text: str, kind: str = "text", **more: object) -> dict[str, object]:
    return {"label": label, "kind": kind, "number": kind in {"number", "won"}, "text": text, "tone": "", "url": None, **more}


def _head(label: str, sort: str | None = None, *, number: bool = False) -> dict[str, object]:
    return {"label": label, "number": number, "sort": sort, "url": "?sort=name" if sort else None}


_ROW = {
    "id": "0198c0de",
    "url": "/shops/1",
    "cells": [
        _cell("상호", "부흥시장 원조 할머니 손두부와 순두부집"),
        _cell("시장", LONG_MARKET),
        _cell("전화번호", "0512431128", "phone"),
        _cell("남은 수", "1,204", "number"),
        _cell("상태", "영업 중", "state", tone="on"),
        _cell("사람", "누가 일하나", url="/console/shops/1/people"),
    ],
}
_ANOTHER = {
    "id": "0198c0df",
    "url": None,
    "cells": [
        _cell("상호", ""),
        _cell("시장", "구포시장"),
        _cell("전화번호", "", "phone"),
        _cell("남은 수", "", "number"),
        _cell("상태", "", "state"),
        _cell("사람", ""),
    ],
}
MARKETS = [{"value": str(index), "label": f"{LONG_MARKET} {index}", "selected": False} for index in range(160)]
FILTERS: list[dict[str, Any]] = [
    {"name": "q", "label": "상호나 파는 것", "kind": "words", "value": "", "choices": []},
    {"name": "market", "label": "시장", "kind": "choice", "value": "", "choices": MARKETS},
    {"name": "since", "label": "이날부터", "kind": "day", "value": "2026-11-24", "choices": []},
]
TABLE: dict[str, Any] = {
    "title": "시장과 점포",
    "lead": "우리 재단의 시장에 있는 점포를 모두 찾아봅니다.",
    "filters": FILTERS,
    "counted": {"key": "console.shops.total", "count": 26638},
    "heads": [
        _head("상호", "ascending"),
        _head("시장", "none"),
        _head("전화번호"),
        _head("남은 수", "descending", number=True),
        _head("상태"),
        _head("사람"),
    ],
    "sorts": [
        {"value": "name", "label": "상호 가나다 차례", "selected": True},
        {"value": "-name", "label": "상호 거꾸로", "selected": False},
    ],
    "rows": [_ROW, _ANOTHER],
    "choosable": [
        {"name": "name", "label": "상호", "shown": True, "fixed": True},
        {"name": "market", "label": "시장", "shown": True, "fixed": False},
        {"name": "business_number", "label": "사업자등록번호", "shown": False, "fixed": False},
    ],
    "given": {"sort": "name"},
    "searched": False,
    "total": 26638,
    "page_text": "533쪽 가운데 3쪽",
    "prev_url": "?page=2",
    "next_url": "?page=4",
    "formats": [{"value": "xlsx", "label": "엑셀 파일"}, {"value": "csv", "label": "CSV 파일"}],
    "actions": [{"name": "close", "label": "쉬는 중으로 바꾸기"}, {"name": "open", "label": "영업 중으로 바꾸기"}],
    "links": [{"label": "여러 가게 초대하기", "url": "/console/invitations"}],
    "nothing": {"title": "아직 점포가 없어요", "text": "명단을 올리면 나타납니다.", "icon": "store"},
    "key": "0198c0de",
}
_CHOSEN = [
    FILTERS[0] | {"value": "두부"},
    FILTERS[1]
    | {"choices": [{"value": "1", "label": "구포시장", "selected": True}, {"value": "2", "label": "좌천시장", "selected": False}]},
]
_SEARCHED = TABLE | {"filters": _CHOSEN, "given": {"q": "두부", "sort": "name"}, "searched": True, "prev_url": None, "next_url": None}
_EMPTY = {"rows": [], "total": 0, "prev_url": None, "next_url": None}
_AT: dict[str, object] = {"path": "/console/shops", "told": None}

_LINE = {
    "number": 3,
    "said": f"{LONG_MARKET} · 누리빵집",
    "faults": [{"column": "전화번호", "text": "앞의 0이 빠졌습니다."}, {"column": "", "text": "x"}],
}
_RUN: dict[str, Any] = {
    "state": "reading",
    "busy": True,
    "name": "부평깡통시장 점포 명단 2026년 11월 (최종).xlsx",
    "total": 26638,
    "seen": 12000,
    "added": 1204,
    "changed": 3,
    "same": 25431,
    "refused": 0,
    "why": [],
    "lines": [],
    "left_out": 0,
    "live_url": "/console/shops/import/1/live",
    "keep": "/console/shops/import/1/keep",
    "url": "/console/shops/import/1",
    "refused_urls": [{"label": "엑셀 파일", "url": "/console/shops/import/1/refused.xlsx"}],
}


def _run(state: str, **more: object) -> tuple[str, dict[str, object]]:
    busy = state in {"reading", "writing"}
    return "console/import_run.html", {"run": _RUN | {"state": state, "busy": busy} | more, "back_url": "/console/shops/import"}


_IMPORT: dict[str, object] = {
    "action": "/console/shops/import",
    "markets": [{"id": "1", "name": LONG_MARKET}],
    "columns": [
        {"name": "상호", "about": "점포 이름. 80자까지.", "needed": "꼭 적습니다."},
        {"name": "업종", "about": "빵집", "needed": ""},
    ],
    "templates": [{"label": "엑셀 파일", "url": "/console/shops/import/template.xlsx"}],
    "runs": [_RUN | {"text": "확인하는 중"}],
    "alert": None,
    "back_url": "/console/shops",
}
_BACK = {"back_url": "/console/shops", "back_label": "시장과 점포"}
_MANY: dict[str, object] = {
    "title": "떠남으로 바꾸기",
    "question": "점포 12곳을 떠남으로 바꿀까요?",
    "names": ["부흥시장 원조 할머니 손두부와 순두부집", ""],
    "more": 10,
    "fields": {"act": "left", "rows": "1 2"},
    "key": "k",
    "alert": None,
    "action": "/console/shops/many/carry",
    **_BACK,
}
_OUTCOME: dict[str, object] = {
    "title": "떠남으로 바꾸기",
    "done": "점포 11곳을 떠남으로 바꿨습니다.",
    "any_done": True,
    "failed": [{"name": "누리빵집", "why": "이미 다른 점포가 쓰는 자리입니다."}],
    **_BACK,
}

TABLE_PAGES: dict[str, tuple[str, dict[str, object]]] = {
    "console, shops": ("console/table.html", _AT | {"table": TABLE}),
    "console, shops searched": ("console/table.html", _AT | {"table": _SEARCHED}),
    "console, table without actions": (
        "console/table.html",
        _AT | {"told": "바꿨습니다.", "table": TABLE | {"actions": [], "links": []}},
    ),
    "console, nothing found": ("console/table.html", _AT | {"table": _SEARCHED | _EMPTY}),
    "console, no shop": ("console/table.html", _AT | {"table": TABLE | _EMPTY | {"filters": []}}),
    "console, import": ("console/import.html", _IMPORT),
    "console, import of no sheet": ("console/import.html", _IMPORT | {"runs": [], "alert": "파일이 비어 있습니다."}),
    "console, sheet being read": _run("reading"),
    "console, sheet not begun": _run("reading", total=0, seen=0),
    "console, sheet that can be kept": _run("checked"),
    "console, sheet that is here already": _run("checked", added=0, changed=0),
    "console, sheet to be mended": _run("refused", refused=3, lines=[_LINE], left_out=2),
    "console, sheet that is none": _run("unreadable", why=["파일이 비어 있습니다."]),
    "console, sheet being kept": _run("writing"),
    "console, sheet kept": _run("done"),
    "console, sheet too late": _run("stale"),
    "console, sheet that stopped": _run("halted"),
    "console, whether to do it": ("console/many.html", _MANY),
    "console, not to be done": ("console/many.html", _MANY | {"alert": "고른 것이 없습니다.", "names": [], "more": 0}),
    "console, done with many": ("console/many_done.html", _OUTCOME),
    "console, done with none": ("console/many_done.html", _OUTCOME | {"any_done": False}),
}
