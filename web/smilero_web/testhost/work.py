"""What a worker does, done at once and to the end, so that a test need not wait for one."""

from typing import Any

from smilero_core.messaging.channels import DevelopmentChannel
from smilero_core.messaging.for_plugins import SEND_JOB
from smilero_core.messaging.sending import send_job
from smilero_core.platform.clock import Alarm, Clock
from smilero_core.platform.relay import Relay
from smilero_core.plugins.context import CORE
from smilero_core.plugins.work import Workbench, listeners, schedules
from smilero_web.runtime import Runtime
from smilero_web.testhost.samples import sample_of

_MOST_ROUNDS = 1000


class Hands:
    """A worker's parts, moved by hand.

    Args:
        runtime: whose database and plugins.
    """

    def __init__(self, runtime: Runtime) -> None:
        host, database = runtime.host, runtime.database
        self._runtime = runtime
        self._relay = Relay(database, listeners(host), host.listed, CORE)
        self._clock = Clock(database, {Alarm(*names): schedule for names, schedule in schedules(host).items()})
        # Nothing leaves the machine: a message is delivered where tests can read it.
        jobs = {SEND_JOB: send_job(runtime.vault, DevelopmentChannel())}
        self._bench = Workbench(database, runtime.services, jobs, lambda tenant: f"http://{tenant.slug}.{runtime.settings.domain}")

    async def settle(self) -> None:
        """Work until nothing is due. Raises RuntimeError when that does not end."""
        for _ in range(_MOST_ROUNDS):
            due = await self._clock.strike() | set(await self._relay.waiting())
            if not due:
                return
            for tenant_id in due:
                tenant = await self._runtime.directory.by_id(tenant_id)
                if tenant is not None:
                    await self._relay.hand_over(tenant_id)
                    await self._bench.take_turn(tenant)
        msg = "there is always more to do"
        raise RuntimeError(msg)

    async def wind(self) -> None:
        """Know the schedules of what was switched on."""
        while await self._clock.wind():
            pass


def payload_of(runtime: Runtime, plugin: str, job: str) -> dict[str, Any]:
    """A payload that the job's model takes, of no object."""
    model = runtime.host.declared[plugin].jobs[job].payload
    return sample_of(model) if model else {}
