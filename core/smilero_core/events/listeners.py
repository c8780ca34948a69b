"""Who listens to what."""

from collections.abc import Sequence
from typing import NamedTuple


class Listener(NamedTuple):
    """One handler of one event type.

    Attributes:
        handler: its own name, under which a delivery is remembered.
        event: `<plugin>.<event>`.
    """

    plugin: str
    handler: str
    event: str
    version: int


def columns(listeners: Sequence[Listener]) -> tuple[list[str], list[str], list[str], list[int]]:
    """The same as four arrays, for `unnest`."""
    return (
        [one.plugin for one in listeners],
        [one.handler for one in listeners],
        [one.event for one in listeners],
        [one.version for one in listeners],
    )


# A delivery has one id wherever it is made, so that a relay and a replay cannot both queue it.
DELIVERY_ID = "md5(concat_ws(' ', l.plugin, l.handler, e.id))::uuid"
