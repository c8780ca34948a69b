"""The steps of a document: what it tells its reader to type, and to write."""

import re
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```(\w+)(?: (\w+)(?:=(\S+))?)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Step:
    """A block of the document.

    Attributes:
        language: `sh` is typed; others are written into a file.
        how: `background`, or how the file changes: `new`, `append`, `file` (lines that begin alike are replaced).
    """

    language: str
    how: str
    target: str
    text: str

    def write(self, folder: Path) -> None:
        """Change the file that it names, as a reader would."""
        path = folder / self.target
        if self.how == "new":
            assert not path.exists(), path
            path.write_text(self.text, encoding="utf-8")
        elif self.how == "append":
            path.write_text(f"{path.read_text(encoding='utf-8')}\n{self.text}", encoding="utf-8")
        else:
            path.write_text(self._replaced(path.read_text(encoding="utf-8")), encoding="utf-8")

    def _replaced(self, text: str) -> str:
        for line in self.text.splitlines():
            start = re.escape(line.partition("=")[0])
            text, count = re.subn(rf"^{start}=.*$", line.replace("\\", r"\\"), text, flags=re.MULTILINE)
            assert count == 1, f"{self.target} has {count} lines like {line!r}"
        return text


def steps_of(document: Path) -> list[Step]:
    """All of them, in order."""
    return [Step(*(part or "" for part in block)) for block in _BLOCK.findall(document.read_text(encoding="utf-8"))]
