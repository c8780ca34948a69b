"""The modules of a QR code, read back from its drawing on the page."""

import re

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
