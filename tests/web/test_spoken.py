"""Amounts as they are said and as recognisers write them, read by the script itself in Node."""

import importlib.util
import json
import subprocess
from pathlib import Path

import pytest

from tests.conftest import LookedAt
from tests.house.tree import ROOT

FRONTEND = ROOT / "web" / "frontend"
SAID: dict[str, int | None] = {
    "삼천 원": 3000,
    "만 오천 원": 15_000,
    "만오천원이요": 15_000,
    "천 원": 1000,
    "천오백 원": 1500,
    "오백 원입니다": 500,
    "이천이백오십 원": 2250,
    "십만 원": 100_000,
    "백이십만 원": 1_200_000,
    "일억 이천만": 120_000_000,
    "3천 원": 3000,
    "3,000원": 3000,
    "3000": 3000,
    "1만 5천 원": 15_000,
    "1만 5,000원": 15_000,
    "2만5천": 25_000,
    "1.5만 원": 15_000,
    "이공공공": 2000,
    "삼천이요": 3000,
    "이천이": 2002,
    "음 삼천 원 할게요": 3000,
    "삼천 원에서 오천 원": None,
    "오천 원 아니 육천 원": None,
    "만 이천 원": 12_000,
    "만이천": 12_000,
    "12,000": 12_000,
    "12,000원": 12_000,
    "1만2천원": 12_000,
    "12000": 12_000,
    "삼천오백": 3500,
    "삼천 오백 원": 3500,
    "3천5백 원": 3500,
    "3,500원이요.": 3500,
    "오만": 50_000,
    "오만 원": 50_000,
    "5만": 50_000,
    "한 오천 원쯤": 5000,
    "십만 삼천오백 원": 103_500,
    "이만구천구백 원": 29_900,
    "2만 9,900원": 29_900,
    "이천 원짜리": 2000,
    "스무 개": 20,
    "20개": 20,
    "이십 개": 20,
    "한 개": 1,
    "두 개": 2,
    "네 개": 4,
    "다섯 명": 5,
    "열두 개": 12,
    "스물다섯 분이요": 25,
    "서른 장": 30,
    "백스무 장": 120,
    "쉰": 50,
    "열": 10,
    "네": None,
    "네네": None,
    "한": None,
    "개": None,
    "만만": None,
    "천천": None,
    "백천": None,
    "오천육천": None,
    "삼만 오만": None,
    "만 이만": None,
    "만 20000": None,
    "0.5": None,
    "감자 삼천 원": None,
    "륙백 원": 600,
    "영": 0,
    "10%": 10,
    "빵집": None,
    "만호천 원": None,
    "호천 원": None,
    "십 퍼센트": 10,
    "네 이만 원이요": 20_000,
    "": None,
    "원": None,
    "십조 천억만억": None,
}
RUN = """
import { spokenNumber } from %s;
let text = '';
for await (const part of process.stdin) text += part;
console.log(JSON.stringify(JSON.parse(text).map(spokenNumber)));
"""


def node() -> Path:
    """The Node that the pages were built with."""
    spec = importlib.util.spec_from_file_location("frontend_build", FRONTEND / "build.py")
    assert spec
    assert spec.loader
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    found = build.find_node()
    if found is None:
        pytest.fail("Node is needed")
    return Path(found)


def test_an_amount_is_understood_as_it_is_said(looked_at: LookedAt, tmp_path: Path) -> None:
    looked_at("ways to say an amount", SAID)
    script = tmp_path / "run.mjs"
    script.write_text(RUN % json.dumps((FRONTEND / "scripts" / "spoken.js").as_uri()), encoding="utf-8")
    # The scripts are bundled as modules; on their own Node must be told.
    (tmp_path / "package.json").write_text('{"type": "module"}')
    done = subprocess.run(
        [node(), "--no-warnings", script], input=json.dumps(list(SAID)), capture_output=True, text=True, check=False, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    assert dict(zip(SAID, json.loads(done.stdout), strict=True)) == SAID
