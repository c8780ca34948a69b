"""Bells of one transaction."""

from uuid import UUID

from smilero_core.db.work import Work
from smilero_core.realtime.hub import LiveHub


class Bells:
    """Implements `smilero_sdk.context.Realtime`.

    Args:
        hub: None where nobody can listen, as in a command of the shell.
    """

    def __init__(self, unit: Work, tenant_id: UUID, hub: LiveHub | None) -> None:
        self._unit = unit
        self._tenant_id = tenant_id
        self._hub = hub

    def ring(self, topic: str, /) -> None:
        """After the commit, wake the listeners of a topic."""
        hub, tenant_id = self._hub, self._tenant_id
        if hub is not None:
            self._unit.after_commit(lambda: hub.ring(tenant_id, topic))
