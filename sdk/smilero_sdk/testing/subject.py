"""Which plugin a test session is about."""

import tomllib
from collections.abc import Iterable
from importlib.metadata import entry_points
from pathlib import Path

GROUP = "smilero.plugins"
HOST_GROUP = "smilero.testhost"


def plugin_of(folder: Path) -> str | None:
    """The plugin whose distribution a folder belongs to: the nearest pyproject.toml upwards says so, or None."""
    for place in (folder, *folder.parents):
        project = place / "pyproject.toml"
        if project.is_file():
            try:
                points = tomllib.loads(project.read_text(encoding="utf-8")).get("project", {}).get("entry-points", {}).get(GROUP, {})
            except tomllib.TOMLDecodeError:
                return None
            return next(iter(points), None)
    return None


def plugins_of(arguments: Iterable[str], start: Path) -> list[str]:
    """The plugins whose whole tests are asked for: a folder counts, a file or a single test does not."""
    found: list[str] = []
    for argument in arguments:
        place = (start / argument.partition("::")[0]).resolve()
        name = plugin_of(place) if place.is_dir() and "::" not in argument else None
        if name is not None and name not in found:
            found.append(name)
    return found


def is_installed(plugin: str) -> bool:
    """Whether its distribution is in this environment."""
    return plugin in entry_points(group=GROUP).names


def has_host() -> bool:
    """Whether an application is in this environment."""
    return bool(entry_points(group=HOST_GROUP))
