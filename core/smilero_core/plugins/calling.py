"""Calling plugins: what they do wrong is theirs alone, is noted in one place, and costs a page no more than it can spare."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, TypeVar, cast
from uuid import UUID

import asyncpg

from smilero_core.db.part import Part
from smilero_core.db.work import Work
from smilero_core.plugins.checking import require_showable, require_type
from smilero_core.plugins.context import Context
from smilero_core.plugins.failures import note_failure, note_success
from smilero_core.plugins.fence import fenced
from smilero_core.plugins.host import Implementation
from smilero_core.plugins.patience import HOOK_SECONDS
from smilero_core.plugins.traces import where_it_waits
from smilero_core.plugins.watch import watched
from smilero_sdk.errors import Problem

Answer = TypeVar("Answer")

# A hook that is told to stop is given so long for its clean-up, and is then left to itself.
_GRACE_SECONDS = 0.1
# Who was cut off by the page's end after less than this is not to blame for it.
_FAIR_SECONDS = 0.3
# Hooks that are told, by their names: what they return is ignored.
_TOLD = "on_"
# Conflicts with others, and a server that has no room: whoever asked, the answer is to try again.
_OF_THE_DATABASE = (asyncpg.TooManyConnectionsError, asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
# The event loop holds tasks weakly.
_LEFT_BEHIND: set[asyncio.Task[None]] = set()


@dataclass(frozen=True)
class Question:
    """A hook, its arguments besides `ctx`, what it must return, and how long it may take."""

    hook: str
    arguments: dict[str, object]
    returns: object
    seconds: float = HOOK_SECONDS


class Call:
    """One plugin asked, within a part of the transaction that is set up by its first statement."""

    def __init__(self, context: Context, found: Implementation, question: Question) -> None:
        self.part = Part(context.unit, self._waiting)
        self.context = replace(context.for_plugin(found.plugin), unit=self.part)
        self.plugin = found.plugin
        self.question = question
        self.answer: object = None
        self.error: BaseException | None = None
        self._found = found
        self._limit: asyncio.Timeout | None = None
        self._own_seconds = 0.0
        self._since: float | None = None
        self._ended: float | None = None
        self._late = TimeoutError("it did not end in time")

    @property
    def hook(self) -> str:
        """Its name."""
        return self.question.hook

    async def run(self) -> None:
        """Ask; `answer` or `error` is what comes of it. What a failed one wrote is undone."""
        self._since = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(self.question.seconds) as self._limit:
                answer = await self._ask()
            self._check(answer, self._limit)
            await self.part.keep()
            self.answer = answer
        except BaseException as error:
            self.error = error
            await self.part.undo()
            if not isinstance(error, Exception):
                raise
        finally:
            self._ended = asyncio.get_running_loop().time()

    def stop(self, task: "asyncio.Task[None]") -> None:
        """Tell it to, and remember where it was: what suppresses that has no trace of its own."""
        self._late = self._late.with_traceback(where_it_waits(task.get_coro()))
        task.cancel()

    async def end(self, task: "asyncio.Task[None]") -> None:
        """The page is over: what still runs has been told to stop, and its part is undone whether it obeys or not."""
        if not task.done():
            await asyncio.wait([task], timeout=_GRACE_SECONDS)
            await self.part.undo()
            self.answer, self.error = None, self._late
        if not task.done():
            _LEFT_BEHIND.add(task)
            task.add_done_callback(_forget)
        elif not task.cancelled() and task.exception() is not None:
            self.error = task.exception()

    @property
    def to_blame(self) -> bool:
        """Whether a hook that was cut off had its share of time: waiting for others' statements is not its own."""
        if not isinstance(self.error, TimeoutError):
            return True
        return self.seconds >= _FAIR_SECONDS

    @property
    def seconds(self) -> float:
        """That it has taken itself, up to its end; waiting for its turn at the database does not count."""
        if self._since is None:
            return self._own_seconds
        return self._own_seconds + (self._ended or asyncio.get_running_loop().time()) - self._since

    async def _ask(self) -> object:
        with fenced():
            answer = self._found.call({"ctx": self.context, **self.question.arguments})
            return await answer if isinstance(answer, Awaitable) else answer

    def _check(self, answer: object, limit: asyncio.Timeout) -> None:
        if limit.expired():  # and the hook has swallowed it
            raise TimeoutError
        require_type(answer, self.question.returns)
        services = self.context.services
        require_showable(answer, self.plugin, services.host.declared[self.plugin].measures, services.shown)

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        """Stop its clock."""
        limit, clock = self._limit, asyncio.get_running_loop().time
        left = (limit.when() or 0.0) - clock() if limit is not None else 0.0
        self._own_seconds += clock() - (self._since or clock())
        self._since = None
        if limit is not None and not limit.expired():
            limit.reschedule(None)
        try:
            yield
        finally:
            self._since = clock()
            if limit is not None and not limit.expired():
                limit.reschedule(clock() + left)


async def ask_plugins(
    context: Context,
    hook: str,
    kind: type[Answer],  # noqa: ARG001 - gives the answer its type
    *,
    at: UUID | None = None,
    **arguments: object,
) -> list[tuple[str, Answer]]:
    """The answers of the plugins that are on and well, but for the asking one, in the order of their names.

    They are asked at once and take turns at the database. One that raises, takes too long or answers with something else than
    the hook's specification says is noted as a failure and left out; what it wrote is undone.

    Args:
        kind: what the hook returns, for the caller's types.
        at: the shop that it is about; what that does without is not asked.
        arguments: of the hook, besides `ctx`.

    Raises what the database raises when it is away: that is nobody's failure.
    """
    host, plugins = context.services.host, context.plugins
    found = [*host.calls(hook, plugins.well), *(one for one in host.calls(hook, plugins.probing) if _may_try(context, one.plugin))]
    asked = [one for one in found if one.plugin != context.plugin and not plugins.does_without(one.plugin, at)]
    calls = await _ask_all(context, asked, hook, arguments)
    return sorted(((call.plugin, cast("Answer", call.answer)) for call in calls if call.error is None), key=lambda pair: pair[0])


async def ask_plugin(context: Context, plugin: str, hook: str, kind: type[Answer], **arguments: object) -> Answer | None:  # noqa: ARG001 - as above
    """One plugin's answer, on or off; None when it has no such hook, or failed."""
    calls = await _ask_all(context, context.services.host.calls(hook, frozenset({plugin})), hook, arguments)
    return next((cast("Answer", call.answer) for call in calls if call.error is None), None)


async def call_plugin(context: Context, plugin: str, hook: str, seconds: float = HOOK_SECONDS, **arguments: object) -> Any:  # noqa: ANN401 - the caller knows the hook
    """One plugin's answer, on or off, for what cannot go on without it; None when it has no such hook, or is only told.

    Args:
        seconds: that it may take, whatever the request has spent on others.

    Raises what the plugin raised, or why its answer is none; what it wrote is undone, and all but a `Problem` is noted.
    """
    host = context.services.host
    question = Question(hook, arguments, object if hook.startswith(_TOLD) else host.returns(hook), seconds)
    for call in await _run(context, host.calls(hook, frozenset({plugin})), question, seconds + _GRACE_SECONDS):
        if call.error is None:
            note_success(context, plugin)
            return None if hook.startswith(_TOLD) else call.answer
        if not isinstance(call.error, Problem) and not is_the_databases(context.unit, call.error):
            note_failure(context, plugin, hook, call.error)
        raise call.error
    return None


def use_answer(context: Context, plugin: str, hook: str, use: Callable[[], Answer]) -> Answer | None:
    """Do something with a plugin's answer, as rendering its view. What goes wrong is a failure of the plugin; None then."""
    try:
        return use()
    except Exception as error:  # noqa: BLE001 - whatever a template raises, the page goes on
        _give_up(context, plugin, hook, error)
        return None


async def perform(context: Context, plugin: str, what: str, work: Callable[[], Awaitable[Answer]]) -> Answer:
    """Carry out what a plugin itself answers: a page, an operation of the API, a webhook.

    Args:
        what: as `page GET /portal/coupons`.

    Raises its Problems; `plugins.failed` (500) for anything else, which is noted.
    """
    try:
        with watched(context.services.watch, plugin, what), fenced():
            answer = await work()
    except Problem:
        note_success(context, plugin)
        raise
    except Exception as error:
        if is_the_databases(context.unit, error):
            raise
        note_failure(context, plugin, what, error)
        title = context.services.host.title(plugin, context.language)
        raise Problem("plugins.failed", HTTPStatus.INTERNAL_SERVER_ERROR, name=title) from error
    note_success(context, plugin)
    return answer


def is_the_databases(unit: Work, error: BaseException) -> bool:
    """Whether something went wrong because the database is away or busy, whoever asked it."""
    return unit.lost or isinstance(error, _OF_THE_DATABASE)


async def _ask_all(context: Context, found: Sequence[Implementation], hook: str, arguments: dict[str, object]) -> list[Call]:
    patience = context.patience
    wanted = [one for one in found if not patience.gave_up(one.plugin, hook)]
    if not wanted or not patience.left:
        return []
    question = Question(hook, arguments, context.services.host.returns(hook))
    clock = asyncio.get_running_loop().time
    begun = clock()
    try:
        calls = await _run(context, wanted, question, patience.left)
    finally:
        patience.spend(clock() - begun)
    for call in calls:
        _settle(context, call)
    return calls


async def _run(context: Context, found: Sequence[Implementation], question: Question, seconds: float) -> list[Call]:
    """Ask all at once, and end those that have no answer after so many seconds."""
    calls = {asyncio.create_task(call.run()): call for call in (Call(context, one, question) for one in found)}
    if not calls:
        return []
    try:
        await asyncio.wait(calls, timeout=seconds)
    finally:
        # Those that wait for their turn at the database first: nobody shall get it now.
        for task, call in calls.items():
            if not task.done():
                call.stop(task)
        for task, call in calls.items():
            await call.end(task)
            if context.services.watch is not None:
                context.services.watch.call(call.plugin, call.hook, call.seconds, call.error)
    return list(calls.values())


def _settle(context: Context, call: Call) -> None:
    if call.error is None:
        note_success(context, call.plugin)
    elif is_the_databases(context.unit, call.error):
        raise call.error
    elif call.to_blame:
        _give_up(context, call.plugin, call.hook, call.error)
    else:
        context.patience.give_up(call.plugin, call.hook)


def _give_up(context: Context, plugin: str, hook: str, error: BaseException) -> None:
    context.patience.give_up(plugin, hook)
    note_failure(context, plugin, hook, error)


def _may_try(context: Context, plugin: str) -> bool:
    failures = context.services.failures
    return failures is None or failures.may_try(context.tenant.id, plugin)


def _forget(task: "asyncio.Task[None]") -> None:
    _LEFT_BEHIND.discard(task)
    if not task.cancelled():
        task.exception()
