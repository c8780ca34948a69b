"""What Chromium's camera sees: a film of one picture, in YUV4MPEG2 (the format that `--use-file-for-fake-video-capture` reads)."""

from collections.abc import Sequence
from pathlib import Path

WIDTH, HEIGHT = 640, 480
_BLACK, _WHITE, _GREY = 16, 235, 128
_FRAMES = 2


def film(path: Path, modules: Sequence[Sequence[bool]]) -> None:
    """Write a film that shows a QR code's modules, quiet zone included, in the middle of the picture."""
    scale = min(WIDTH, HEIGHT) // len(modules)
    left, top = (WIDTH - scale * len(modules)) // 2, (HEIGHT - scale * len(modules)) // 2
    luma = bytearray([_WHITE]) * (WIDTH * HEIGHT)
    for row, line in enumerate(modules):
        drawn = b"".join(bytes([_BLACK if dark else _WHITE]) * scale for dark in line)
        for y in range(top + row * scale, top + (row + 1) * scale):
            luma[y * WIDTH + left : y * WIDTH + left + len(drawn)] = drawn
    frame = b"FRAME\n" + bytes(luma) + bytes([_GREY]) * (WIDTH * HEIGHT // 2)
    path.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * _FRAMES)
