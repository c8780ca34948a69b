"""The load of lua/redeem.lua where there is no wrk: same arguments, same requests, same last line.

`python -m benchmarks.client URL CONNECTIONS SECONDS SHOPS START CLAIMS PATH`. It takes several times wrk's CPU, which the
table tells.
"""

import asyncio
import itertools
import json
import statistics
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

_STEP = 611953
_SPREAD = 2654435761
_REFUSED = b"4"


class Client:
    """Counts what its connections get.

    Args:
        what: the arguments SHOPS, START, CLAIMS and PATH.
    """

    def __init__(self, what: list[str]) -> None:
        shops, start, claims, path = what
        self._numbers = itertools.count(int(start))
        self._claims = int(claims)
        lines = (line.split("\t") for line in Path(shops).read_text(encoding="ascii").splitlines())
        self._heads = [
            f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {authorization}\r\n"
            "Content-Type: application/json\r\nContent-Length: 17\r\nIdempotency-Key: "
            for host, authorization in lines
        ]
        self.seconds: list[float] = []
        self.refused = 0
        self.broken = 0

    def request(self) -> bytes:
        """The next request's bytes."""
        n = next(self._numbers) * _STEP % self._claims
        key = f"{n * _SPREAD % 2**32:08x}-0000-4000-8000-{n:012x}"
        return f'{self._heads[n % 300]}{key}\r\n\r\n{{"code":"{100_000 + n // 3}"}}'.encode()

    async def connection(self, host: str, port: int, end: float) -> None:
        """One connection, used again and again until `end`."""
        reader, writer = await asyncio.open_connection(host, port)
        try:
            while (began := time.perf_counter()) < end:
                writer.write(self.request())
                head = await reader.readuntil(b"\r\n\r\n")
                length = head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]
                await reader.readexactly(int(length))
                self.seconds.append(time.perf_counter() - began)
                self.refused += head[9:10] >= _REFUSED
        except (OSError, asyncio.IncompleteReadError, ValueError):
            self.broken += 1
        finally:
            writer.close()

    def told(self, seconds: float) -> dict[str, float]:
        """What lua/redeem.lua tells."""
        centiles = statistics.quantiles(self.seconds, n=100) if len(self.seconds) > 1 else [0.0] * 99
        return {
            "next": next(self._numbers),
            "answers": len(self.seconds),
            "refused": self.refused,
            "broken": self.broken,
            "seconds": seconds,
            "p50_ms": centiles[49] * 1e3,
            "p99_ms": centiles[98] * 1e3,
        }


async def main(url: str, connections: str, seconds: str, *what: str) -> None:
    """Run all connections, then tell."""
    place = urlsplit(url)
    client = Client(list(what))
    began = time.perf_counter()
    end = began + float(seconds)
    await asyncio.gather(*(client.connection(place.hostname or "", place.port or 80, end) for _ in range(int(connections))))
    sys.stdout.write(json.dumps(client.told(time.perf_counter() - began)) + "\n")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
