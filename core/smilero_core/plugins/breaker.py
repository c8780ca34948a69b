"""The circuit breaker of a plugin within a tenant: after some failures it rests, each time longer, and is tried again.

Its state is in the tenant's row of the plugin, so all processes share it (`PluginActivationRow`). See M. Nygard, Release It!,
2nd edition, "Circuit Breaker".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from smilero_core.db.session import Session

FAILURES = 3
WITHIN = timedelta(minutes=5)
FIRST_REST, LONGEST_REST = timedelta(seconds=60), timedelta(hours=1)
# Who fails again within this time after a rest has not recovered, only paused.
CALM = timedelta(hours=1)

# What begins so happened in the worker, which tries again in its own time: it is on record, and opens no breaker.
_OF_JOBS = ("job ", "delivery ", "schedule ")


@dataclass(frozen=True)
class State:
    """What the row says."""

    rests_until: datetime | None
    last_rest: timedelta
    recovered_at: datetime | None


def next_rest(state: State, failures: int, now: datetime) -> timedelta | None:
    """For how long a plugin that has just failed must rest; None: not at all, or it does so already.

    Args:
        failures: within the last five minutes and since it recovered.
    """
    longer = min(max(state.last_rest * 2, FIRST_REST), LONGEST_REST)
    if state.rests_until is not None:
        return longer if state.rests_until <= now else None
    if failures < FAILURES:
        return None
    relapse = state.recovered_at is not None and now - state.recovered_at < CALM
    return longer if relapse else FIRST_REST


def opens(hook: str) -> bool:
    """Whether a failure in this hook counts for the breaker."""
    return not hook.startswith(_OF_JOBS)


async def trip(session: Session, plugin: str) -> timedelta | None:
    """After a failure that is on record already: rest, if it must. Returns for how long it will."""
    # The row is held, so that two processes that count at once do not both lengthen the rest.
    row = await session.fetch_row(
        "select rests_until, rest_seconds, recovered_at, now() as now from core.plugin_activation where plugin = $1 and enabled for update",
        plugin,
    )
    if row is None:
        return None
    now = row["now"]
    since = max(now - WITHIN, row["recovered_at"] or now - WITHIN)
    failures = await session.fetch_value(
        """
        select count(*) from core.plugin_failure
        where plugin = $1 and failed_at > $2 and split_part(hook, ' ', 1) <> all ($3::text[])
        """,
        plugin,
        since,
        [word.strip() for word in _OF_JOBS],
    )
    state = State(row["rests_until"], timedelta(seconds=row["rest_seconds"]), row["recovered_at"])
    rest = next_rest(state, int(str(failures)), now)
    if rest is not None:
        await session.execute(
            "update core.plugin_activation set rests_until = now() + $2::interval, rest_seconds = $3 where plugin = $1",
            plugin,
            rest,
            int(rest.total_seconds()),
        )
    return rest


async def recover(session: Session, plugins: Iterable[str]) -> None:
    """They answered after their rest: well again."""
    await session.execute(
        """
        update core.plugin_activation set rests_until = null, recovered_at = now()
        where plugin = any($1::text[]) and rests_until <= now()
        """,
        sorted(plugins),
    )


async def end_rest(session: Session, plugin: str) -> bool:
    """Try a resting plugin at once: the next call tells. Whether it rested."""
    sql = "update core.plugin_activation set rests_until = now() where plugin = $1 and enabled and rests_until > now()"
    return await session.execute(sql, plugin) > 0
