"""The way to a provider: an owner writes its address, so it may lead nowhere but to a public address, by https, and bring back little.

The host name is looked up once, every address is judged, and the connection goes to the address that was judged: a name that
answers differently the second time (DNS rebinding) wins nothing. The certificate is asked of the name.
"""

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass

from httpx2 import URL, AsyncBaseTransport, AsyncByteStream, AsyncHTTPTransport, InvalidURL, Request, Response

from smilero_core.identity.outside.refusals import OutsideError, Why

MOST_BYTES = 256 * 1024
_PLAIN = frozenset({"", "identity"})


@dataclass(frozen=True)
class Addresses:
    """Which addresses a provider may have.

    Attributes:
        loopback: this machine's own, and without TLS, too: for the demo and the tests, never in production.
    """

    loopback: bool = False

    def require(self, address: str) -> URL:
        """The address as a URL, if its form is right; no look-up yet. Raises OutsideError."""
        try:
            url = URL(address)
        except (InvalidURL, TypeError) as error:
            raise OutsideError(Why.DOWN, "address") from error
        good = url.scheme == "https" or (self.loopback and url.scheme == "http")
        if not good or not url.host or url.userinfo or url.fragment:
            raise OutsideError(Why.DOWN, "address")
        return url

    async def resolve(self, url: URL) -> str:
        """The address to connect to. Raises OutsideError when the name leads to any that is not allowed."""
        self.require(str(url))
        port = url.port or {"https": 443, "http": 80}[url.scheme]
        try:
            found = await asyncio.get_running_loop().getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise OutsideError(Why.DOWN, "unknown_host") from error
        places = [str(entry[4][0]) for entry in found]
        if not places or not all(self._allows(place) for place in places):
            raise OutsideError(Why.DOWN, "inside")
        return places[0]

    def _allows(self, place: str) -> bool:
        address = ipaddress.ip_address(place.partition("%")[0])
        if isinstance(address, ipaddress.IPv6Address):
            # The same IPv4 address in another dress (mapped, 6to4, NAT64) is judged as what it is.
            address = address.ipv4_mapped or address.sixtofour or _nat64(address) or address
        return (address.is_global and not address.is_multicast) or (self.loopback and address.is_loopback)


class GuardedTransport(AsyncBaseTransport):
    """Carries requests to allowed addresses only, and answers of at most 256 KiB back."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses
        self._inner = AsyncHTTPTransport(trust_env=False)

    async def handle_async_request(self, request: Request) -> Response:
        """Raises OutsideError."""
        place = await self._addresses.resolve(request.url)
        sent = Request(
            request.method,
            request.url.copy_with(host=place),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": request.url.host},
        )
        answer = await self._inner.handle_async_request(sent)
        # A small answer could unpack to a large one.
        packed = answer.headers.get("content-encoding", "").lower() not in _PLAIN
        declared = answer.headers.get("content-length", "0")
        if packed or not declared.isdigit() or int(declared) > MOST_BYTES:
            await answer.aclose()
            raise OutsideError(Why.DOWN, "too_large")
        assert isinstance(answer.stream, AsyncByteStream)  # noqa: S101 - of an asynchronous transport
        return Response(answer.status_code, headers=answer.headers, stream=_Bounded(answer.stream), extensions=answer.extensions)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


class _Bounded(AsyncByteStream):
    def __init__(self, stream: AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        seen = 0
        async for piece in self._stream:
            seen += len(piece)
            if seen > MOST_BYTES:
                raise OutsideError(Why.DOWN, "too_large")
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


def _nat64(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    inside = address in ipaddress.ip_network("64:ff9b::/96")
    return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF) if inside else None
