"""A new plugin from a folder of files: `smilero plugin new`."""

import json
import keyword
import re
from collections.abc import Collection
from dataclasses import asdict, dataclass
from http import HTTPStatus
from importlib import resources
from pathlib import Path

from smilero_core.plugins.manifest_rules import RESERVED
from smilero_sdk.errors import Problem

# The name is an import package, a schema, a segment of an address and a folder all at once.
_NAME = re.compile(r"[a-z][a-z]{1,29}")
_PLACE = re.compile(r"%\{(\w+)\}")
_ENDING = ".tmpl"


@dataclass(frozen=True)
class NewPlugin:
    """What is written into the files.

    Attributes:
        title, english: what people call it.
        about: one sentence.
        owner: who answers for it.
    """

    name: str
    title: str
    english: str
    about: str
    owner: str


def write_plugin(new: NewPlugin, folder: Path, taken: Collection[str]) -> list[Path]:
    """Write a working plugin into a folder that must not exist yet; the files, in order.

    Raises `scaffold.name` (400), `scaffold.taken`, `scaffold.folder` (409).
    """
    if not _NAME.fullmatch(new.name) or new.name in RESERVED or keyword.iskeyword(new.name):
        raise Problem("scaffold.name", HTTPStatus.BAD_REQUEST, name=new.name)
    if new.name in taken:
        raise Problem("scaffold.taken", HTTPStatus.CONFLICT, name=new.name)
    if folder.exists():
        raise Problem("scaffold.folder", HTTPStatus.CONFLICT, folder=str(folder))
    # Inside quotes of a Python and of a TOML file alike, which escape as JSON does.
    values = {key: json.dumps(value, ensure_ascii=False)[1:-1] for key, value in asdict(new).items()}
    written = []
    for source in sorted(_tree().rglob(f"*{_ENDING}")):
        target = folder / _filled(str(source.relative_to(_tree())).removesuffix(_ENDING), values)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_filled(source.read_text(encoding="utf-8"), values), encoding="utf-8")
        written.append(target)
    return written


def _tree() -> Path:
    return Path(str(resources.files(__package__))) / "tree"


def _filled(text: str, values: dict[str, str]) -> str:
    return _PLACE.sub(lambda place: values[place[1]], text)
