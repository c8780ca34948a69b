"""A worker's hands in this process, and sheets as people send them."""

import io
from collections.abc import Sequence

from httpx2 import Response
from openpyxl import Workbook

from smilero_core.plugins.gate import PluginGate
from smilero_core.plugins.host import PluginHost
from smilero_core.plugins.work import Workbench
from smilero_core.tenancy.directory import TenantDirectory
from smilero_sdk.i18n import Catalogue
from smilero_tenants.imports.jobs import IMPORT_JOBS
from smilero_web.runtime import PACKAGES
from smilero_web.services import Installed, Wires, host_services
from tests.support.faces import Guest, Town

PATH = "/console/shops/import"
HEAD = ("시장", "상호", "자리", "업종", "파는 것", "전화번호", "사업자등록번호")


def workbench(town: Town) -> Workbench:
    """What a worker has."""
    host = PluginHost.discover()
    database = town.site.database
    services = host_services(
        Installed(host, Catalogue.of([*PACKAGES, *host.packages])), PluginGate(database, host.listed), town.vault, Wires()
    )
    return Workbench(database, services, IMPORT_JOBS, lambda tenant: f"https://{tenant.slug}.localhost")


async def work_off(town: Town) -> None:
    """Do all that is due for the foundation."""
    tenant = await TenantDirectory(town.site.database, "localhost").by_id(town.foundation.id)
    assert tenant is not None
    bench = workbench(town)
    while await bench.take_turn(tenant):
        pass


def as_csv(rows: Sequence[Sequence[str]], *, head: Sequence[str] = HEAD, encoding: str = "utf-8-sig") -> bytes:
    """A sheet as a spreadsheet saves it."""
    return "".join(",".join(row) + "\r\n" for row in (head, *rows)).encode(encoding)


def as_xlsx(rows: Sequence[Sequence[object]], *, head: Sequence[str] = HEAD) -> bytes:
    """The same as a workbook."""
    book, out = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (head, *rows):
        sheet.append(list(row))
    book.save(out)
    return out.getvalue()


async def send(guest: Guest, content: bytes, *, name: str = "명단.csv", market: str = "") -> Response:
    """Send a sheet."""
    files = {"sheet": (name, content, "application/octet-stream")}
    return await guest.ask("POST", PATH, data={"market": market}, files=files, headers={"Sec-Fetch-Site": "same-origin"})
