"""`smilero plugin dev`: the three demo markets with a plugin from a folder, started again when a file of it is saved."""

import http.client
import os
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import entry_points
from pathlib import Path
from tempfile import TemporaryDirectory

from watchfiles import DefaultFilter, watch

from smilero_core.plugins.host import GROUP, PluginHost
from smilero_sdk.errors import Problem
from smilero_web.cli.console import say, text
from smilero_web.cli.migrate import find_plugins
from smilero_web.cli.office import web_settings
from smilero_web.settings import Environment

_LOOK_MILLISECONDS = 500
_END_SECONDS = 30


def develop(folder: Path, tenant: str) -> None:
    """Run until Ctrl-C. Raises `cli.dev_no_project`, `cli.dev_no_plugin` for a folder that holds no plugin."""
    name, value = plugin_of(folder)
    host = find_plugins()
    with TemporaryDirectory(prefix="smilero-dev-") as metadata:
        if name not in entry_points(group=GROUP).names:
            _describe(Path(metadata), folder, name, value)
        environment = _environment(host, name, [Path(metadata), folder])
        with _ended_by_signal():
            for number, started in enumerate(_starts(folder, environment)):
                say(text("cli.dev_again" if number else "cli.dev_started", name=name, folder=str(folder)))
                if _healthy(started):
                    _enable(name, tenant, environment)
                    say(text("cli.dev_ready", url=f"http://{tenant}.localhost:{web_settings().port}/dev/plugin/{name}"))


def plugin_of(folder: Path) -> tuple[str, str]:
    """The name and the object of the plugin whose project a folder is, from its entry point."""
    project = folder / "pyproject.toml"
    if not project.is_file():
        raise Problem("cli.dev_no_project", folder=str(folder))
    try:
        declared = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["entry-points"][GROUP]
        [(name, value)] = declared.items()
    except (KeyError, ValueError) as error:  # no such table, two plugins, or no TOML at all
        raise Problem("cli.dev_no_plugin", folder=str(folder), group=GROUP) from error
    return str(name), str(value)


def _describe(metadata: Path, folder: Path, name: str, value: str) -> None:
    """What an installation would leave behind, so that the plugin is found the usual way and nothing is installed."""
    info = metadata / f"smilero_plugin_{name}-0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: smilero-plugin-{name}\nVersion: 0\nSummary: {folder}\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[{GROUP}]\n{name} = {value}\n", encoding="utf-8")


def _environment(host: PluginHost, name: str, paths: list[Path]) -> dict[str, str]:
    known = [str(path) for path in paths] + [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    return os.environ | {
        "SMILERO_ENV": Environment.DEMO.value,
        "SMILERO_PLUGINS": ",".join(sorted(host.listed | {name})),
        "SMILERO_WATCH": name,
        "PYTHONPATH": os.pathsep.join(known),
    }


def _starts(folder: Path, environment: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """A running `smilero up`, and another each time that a file was saved; the one before is ended first."""
    command = [str(Path(sys.executable).with_name("smilero")), "up"]
    changes = watch(folder, watch_filter=DefaultFilter(), rust_timeout=_LOOK_MILLISECONDS, yield_on_timeout=True, raise_interrupt=True)
    while True:
        process = subprocess.Popen(command, env=environment)  # noqa: S603 - our own program
        try:
            yield process
            while not next(changes):
                pass
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(_END_SECONDS)


def _healthy(process: "subprocess.Popen[bytes]") -> bool:
    """Wait until it serves; False when it ended instead, having said why: the next save is another try."""
    while process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", web_settings().port, timeout=1)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == http.client.OK:
                return True
        except OSError:
            pass
        finally:
            connection.close()
        try:
            process.wait(_LOOK_MILLISECONDS / 1000)
        except subprocess.TimeoutExpired:
            continue
    return False


def _enable(name: str, tenant: str, environment: dict[str, str]) -> None:
    """On for one foundation. A refusal has been said by the command itself."""
    command = [str(Path(sys.executable).with_name("smilero")), "plugin", "enable", name, "--tenant", tenant]
    subprocess.run(command, env=environment, check=False)  # noqa: S603 - our own program


@contextmanager
def _ended_by_signal() -> Iterator[None]:
    """SIGTERM ends it as Ctrl-C does, with what it started."""
    before = signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        yield
    except KeyboardInterrupt:
        say(text("cli.stopped"))
    finally:
        signal.signal(signal.SIGTERM, before)
