import socket

import pytest

from smilero_core.embedded import free_port, require_port
from smilero_sdk.errors import Problem
from tests.embedded.tools import refused


def test_a_free_port_can_be_listened_on() -> None:
    port = free_port()
    require_port(port)
    with socket.create_server(("127.0.0.1", port)):
        pass
    require_port(port)


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 - a server on every address is in the way too
def test_a_port_in_use_is_named(host: str) -> None:
    with socket.create_server((host, 0)) as server:
        port = server.getsockname()[1]
        with refused("embedded.port_in_use"):
            require_port(port)
        with pytest.raises(Problem) as caught:
            require_port(port)
        assert caught.value.params == {"port": str(port)}
