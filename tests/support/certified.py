"""The certified OpenID provider of npm (`oidc-provider`) as a process of its own."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from httpx2 import AsyncClient, Response

from smilero_core.embedded import free_port
from tests.support.qr import node

CLIENT, SECRET = "market", "market-secret-of-thirty-two-bytes"
_HERE = Path(__file__).parent
_MODULE = _HERE.parents[1] / "web" / "frontend" / "node_modules" / "oidc-provider" / "lib" / "index.js"


@dataclass(frozen=True)
class Certified:
    """The running provider."""

    issuer: str

    async def approve(self, address: str, who: str) -> dict[str, str]:
        """Sign in and agree there, as a browser without script does; the query that leads home."""
        async with AsyncClient(trust_env=False, timeout=30) as http:
            answer = await self._follow(http, await http.get(address))
            answer = await self._follow(http, await http.post(_form(answer), data={"prompt": "login", "login": who, "password": "any"}))
            answer = await self._follow(http, await http.post(_form(answer), data={"prompt": "consent"}))
            return dict(answer.url.join(answer.headers["location"]).params)

    async def _follow(self, http: AsyncClient, answer: Response) -> Response:
        """Up to a page, or to the address that leads away."""
        while answer.is_redirect and str(place := answer.url.join(answer.headers["location"])).startswith(self.issuer):
            answer = await http.get(place)
        return answer


@asynccontextmanager
async def running_certified(callbacks: Sequence[str]) -> AsyncIterator[Certified]:
    """Run it, with one client whose answers may go to these addresses."""
    port = free_port()
    issuer = f"http://127.0.0.1:{port}"
    client = {"client_id": CLIENT, "client_secret": SECRET, "redirect_uris": list(callbacks)}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        node(), str(_HERE / "provider.mjs"), str(_MODULE), stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps({"issuer": issuer, "port": port, "clients": [client]}).encode() + b"\n")
        async with asyncio.timeout(60):
            # It warns there, too, that it is no set-up for production.
            while (line := await process.stdout.readline()) != b"ready\n":
                assert line, "the provider ended"
        yield Certified(issuer)
    finally:
        process.stdin.close()
        await process.wait()


def _form(page: Response) -> str:
    found = re.search(r'action="([^"]+)"', page.text)
    assert found, (page.status_code, page.text)
    return str(page.url.join(found[1]))
