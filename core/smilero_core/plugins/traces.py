"""Failures in words for staff: where and of what kind, never the values that were at hand, which may be somebody's."""

import builtins
import linecache
import re
import traceback
from collections.abc import Iterable, Iterator
from types import CodeType, FrameType, TracebackType
from typing import Any

_MOST_FRAMES = 30
_MOST_CAUSES = 3
_LONGEST_ERROR, _LONGEST_TRACE = 300, 8_000
_WORD = re.compile(r"[A-Za-z_][\w.]*", re.ASCII)
_SPLIT = re.compile(r"(\s+|[,;:()\[\]{}<>=!?'\"`]+)")
_PLAIN = re.compile(r"[a-z]+", re.ASCII)
_BUILTINS = frozenset(dir(builtins)) | {"NoneType"}


def error_line(error: BaseException) -> str:
    """The type, and of its message what stands in the code as well or is a plain word; `…` for the rest."""
    message = _masked(str(error), _known_words(error))
    return f"{type(error).__qualname__}{': ' if message else ''}{message}"[:_LONGEST_ERROR]


def trace_of(error: BaseException) -> str:
    """The frames of an error and of what caused it, the innermost last."""
    found: list[str] = []
    for one in _chain(error):
        found += [*_frames(traceback.walk_tb(one.__traceback__)), error_line(one), ""]
    return _short("\n".join(found).rstrip())


def stack_of(frame: FrameType) -> str:
    """Where a thread is just now, the innermost frame last."""
    return _short("\n".join(_frames(reversed(list(traceback.walk_stack(frame))))))


def where_it_waits(waiting: Any) -> TracebackType | None:  # noqa: ANN401 - a coroutine, a generator, a future, …
    """The frames of a coroutine that was not to be stopped, as if an error had come from there; None when it has ended."""
    found: list[FrameType] = []
    while (frame := getattr(waiting, "cr_frame", None)) is not None:
        found.append(frame)
        waiting = waiting.cr_await
    trace: TracebackType | None = None
    for frame in reversed(found):
        trace = TracebackType(trace, frame, frame.f_lasti, frame.f_lineno)
    return trace


def module_of(frame: FrameType) -> str:
    """The dotted name of the module that a frame runs in."""
    return str(frame.f_globals.get("__name__", "?"))


def _frames(walked: Iterable[tuple[FrameType, int]]) -> list[str]:
    return [line for frame, number in list(walked)[-_MOST_FRAMES:] for line in _frame(frame, number)]


def _frame(frame: FrameType, number: int) -> Iterator[str]:
    # The module's name, not the file's place: that is the operator's and says nothing to the author.
    yield f"{module_of(frame).replace('.', '/')}.py, line {number}, in {frame.f_code.co_name}"
    source = linecache.getline(frame.f_code.co_filename, number, frame.f_globals).strip()
    if source:
        yield f"    {source}"


def _chain(error: BaseException) -> list[BaseException]:
    """What caused it first."""
    found: list[BaseException] = []
    todo: list[BaseException | None] = [error]
    while todo and len(found) < _MOST_CAUSES:
        one = todo.pop(0)
        if one is None or one in found:
            continue
        found.append(one)
        todo += one.exceptions if isinstance(one, BaseExceptionGroup) else [one.__cause__ or one.__context__]
    return found[::-1]


def _known_words(error: BaseException) -> frozenset[str]:
    codes = [frame.f_code for frame, _ in traceback.walk_tb(error.__traceback__)]
    return _BUILTINS.union(*(_words(code) for code in codes))


def _words(code: CodeType) -> frozenset[str]:
    texts = [one for one in code.co_consts if isinstance(one, str)]
    return frozenset({*code.co_names, *code.co_varnames, *(word for text in texts for word in _WORD.findall(text))})


def _masked(message: str, known: frozenset[str]) -> str:
    kept = "".join(
        part if not part or _SPLIT.fullmatch(part) or part in known or _PLAIN.fullmatch(part) else "…" for part in _parts(message)
    )
    return re.sub(r"…(?:[\s'\"]*…)+", "…", kept).strip()


def _parts(message: str) -> list[str]:
    return _SPLIT.split(" ".join(message.split())[:2_000])


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_TRACE else f"…\n{text[-_LONGEST_TRACE:]}"
