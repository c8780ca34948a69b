"""`smilero plugin dev`: a plugin from a folder, at one foundation, started again when a file is saved."""

import asyncio
import json
import signal
from functools import partial
from http import HTTPStatus
from pathlib import Path
from textwrap import dedent

import pytest

from tests.support.commands import Home, running, smilero
from tests.support.waiting import until

WORDS = "/api/v1/lantern/words"
WATCHED = "/dev/plugin/lantern"


def write_plugin(folder: Path, word: str) -> None:
    """A plugin with one address, which says a word."""
    package = folder / "smilero_lantern"
    package.mkdir(parents=True, exist_ok=True)
    project = """
        [project]
        name = "smilero-plugin-lantern"
        version = "1.0"

        [project.entry-points."smilero.plugins"]
        lantern = "smilero_lantern.plugin:plugin"
        """
    (folder / "pyproject.toml").write_text(dedent(project), encoding="utf-8")
    (package / "__init__.py").write_text("", encoding="utf-8")
    code = f"""
        from pydantic import BaseModel

        from smilero_sdk.api import Api
        from smilero_sdk.context import TenantContext
        from smilero_sdk.hooks import hookimpl
        from smilero_sdk.manifest import Plugin

        api = Api()


        class Words(BaseModel):
            word: str


        @api.get("/words", permission=None)
        async def words(ctx: TenantContext) -> Words:
            "Say it."
            return Words(word={word!r})


        class Lantern:
            @hookimpl
            def register_api(self) -> Api:
                return api


        plugin = Plugin("lantern", "smilero_lantern", {{"ko": "등불"}}, {{"ko": "빛납니다"}}, "1.0", Lantern())
        """
    (package / "plugin.py").write_text(dedent(code), encoding="utf-8")


async def shows_the_call(home: Home) -> bool:
    """What the plugin did is handed over by each process a moment later."""
    return f"api GET {WORDS}" in home.get(WATCHED, "busan.localhost")[1]


def test_a_saved_file_is_seen_at_the_one_foundation(place_home: Home, place: Path) -> None:
    folder = place / "lantern"
    write_plugin(folder, "달")
    with running("plugin", "dev", str(folder), "--tenant", "busan", **place_home.variables) as dev:
        assert WATCHED in dev.until("/dev/plugin/")
        assert place_home.get(WORDS, "busan.localhost") == (
            HTTPStatus.OK,
            json.dumps({"word": "달"}, ensure_ascii=False, separators=(",", ":")),
        )
        assert [place_home.get(WORDS, f"{slug}.localhost")[0] for slug in ("seongnam", "bucheon")] == [HTTPStatus.NOT_FOUND] * 2
        status, page = place_home.get(WATCHED, "busan.localhost")
        assert status == HTTPStatus.OK
        assert "register_api" in page
        assert f"GET {WORDS}" in page
        asyncio.run(until(partial(shows_the_call, place_home)))
        assert place_home.get("/dev/plugin/coupons", "busan.localhost")[0] == HTTPStatus.NOT_FOUND

        write_plugin(folder, "해")
        dev.until("/dev/plugin/")
        assert "해" in place_home.get(WORDS, "busan.localhost")[1]
        dev.end(signal.SIGTERM)
    assert not place_home.smilero("plugin", "list", "--json").err.count("lantern")


@pytest.mark.parametrize(("files", "code"), [({}, "cli.dev_no_project"), ({"pyproject.toml": "[project]\n"}, "cli.dev_no_plugin")])
def test_a_folder_that_holds_no_plugin_is_told(place: Path, files: dict[str, str], code: str) -> None:
    for name, text in files.items():
        (place / name).write_text(text, encoding="utf-8")
    assert smilero("plugin", "dev", place).refused(code, str(place))
