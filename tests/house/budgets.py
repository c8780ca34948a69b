"""How long files and functions may be.

Both budgets have a soft and a hard limit: a file over its soft limit is named, a function may pass it in one case of twenty.
"""

import ast
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tests.house.tree import python_files

FILE, FILE_HARD = 300, 500
TEST_FILE, TEST_FILE_HARD = 500, 800
FUNCTION, FUNCTION_HARD = 35, 60
_MOST = 0.95


class Length(NamedTuple):
    """Lines of a file or function, a function's from `def` to its last line, and where it is."""

    lines: int
    where: str
    hard: int


class Lengths(NamedTuple):
    """Everything measured in one tree."""

    files: list[Length]
    functions: list[Length]

    def too_long(self) -> list[Length]:
        """Files and functions over their hard limit."""
        return [length for length in (*self.files, *self.functions) if length.lines > length.hard]

    def usual_function(self) -> int:
        """The 95th percentile of the functions' lines."""
        lines = sorted(length.lines for length in self.functions)
        return lines[int((len(lines) - 1) * _MOST)]

    def long_files(self) -> list[Length]:
        """Files over their soft limit."""
        soft = {FILE_HARD: FILE, TEST_FILE_HARD: TEST_FILE}
        return [length for length in self.files if length.lines > soft[length.hard]]


def measure(root: Path) -> Lengths:
    """The length of every Python file and function below `root`."""
    files: list[Length] = []
    functions: list[Length] = []
    for path in python_files(root):
        source = path.read_text(encoding="utf-8")
        name = path.relative_to(root)
        hard = TEST_FILE_HARD if "tests" in name.parts else FILE_HARD
        files.append(Length(source.count("\n"), str(name), hard))
        functions.extend(
            Length((node.end_lineno or node.lineno) - node.lineno + 1, f"{name}:{node.lineno} {node.name}", FUNCTION_HARD)
            for node in _functions(ast.walk(ast.parse(source)))
        )
    return Lengths(files, functions)


def _functions(nodes: Iterable[ast.AST]) -> Iterable[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
