"""What may be done with a guest book, and why not. Pages, the API, webhooks and jobs all come through here."""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from http import HTTPStatus
from uuid import UUID
from zoneinfo import ZoneInfo

from smilero_example.events import Thanked, ThanksTakenBack, Written
from smilero_example.models import Greeting
from smilero_example.payloads import OneGreeting
from smilero_example.repository import GreetingRepository
from smilero_example.settings import BookSettings
from smilero_sdk.context import TenantContext
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.ids import uuid7
from smilero_sdk.roles import Role

TELL_WRITER, PUBLISH = "tell_writer", "publish"
# How long thanks can be taken back, and so how long the writer is not told.
UNDO = timedelta(minutes=10)


def topic(shop_id: UUID) -> str:
    """The live topic of a shop's book."""
    return f"example.book.{shop_id}"


class GuestBook:
    """The guest books of one request: of its tenant, by its actor, in its transaction."""

    def __init__(self, ctx: TenantContext) -> None:
        self._ctx = ctx
        self.repository = GreetingRepository(ctx.db)

    async def write(self, shop_id: UUID, text: str) -> UUID:
        """Greet a shop; the greeting's id.

        Raises `example.empty`, `example.too_long` (422), `example.enough_today` (409), `http.not_found`.
        """
        writer = self._ctx.actor.person_id
        if writer is None:
            raise Problem("http.forbidden", HTTPStatus.FORBIDDEN)
        most = self._ctx.settings(BookSettings).per_day
        if await self.repository.written_since(writer, self.midnight()) >= most:
            raise Problem("example.enough_today", HTTPStatus.CONFLICT, most=most)
        return await self._add(Greeting(shop_id=shop_id, person_id=writer, text=text, outside_id=None))

    async def write_from_outside(self, shop_id: UUID, text: str, outside_id: str) -> None:
        """Keep what an outside form collected; the same again changes nothing. Raises as `write`."""
        await self._add(Greeting(shop_id=shop_id, person_id=None, text=text, outside_id=outside_id))

    async def thank(self, greeting_id: UUID) -> None:
        """Thank for a greeting at a shop of the actor's; again changes nothing. Raises `http.not_found`."""
        greeting = await self.greeting(greeting_id)
        if not self._ctx.actor.works_at(greeting.shop_id):
            raise not_found("greeting")
        if await self.repository.mark(greeting.id, "thanked_at", self._ctx.now):
            await self._ctx.events.emit(Thanked(greeting_id=greeting.id, shop_id=greeting.shop_id))
            self._ctx.realtime.ring(topic(greeting.shop_id))
            if greeting.person_id is not None:
                # A message cannot be called back: it leaves when the thanks can no longer be taken back either.
                at = self._ctx.now + UNDO
                await self._ctx.jobs.later(TELL_WRITER, OneGreeting(greeting_id=greeting.id), at=at, key=str(greeting.id))

    async def take_thanks_back(self, greeting_id: UUID) -> None:
        """It was a wrong tap: nobody is told. Raises `example.undo_late` (409) once the writer may know, `http.not_found`."""
        greeting = await self.greeting(greeting_id)
        if not self._ctx.actor.works_at(greeting.shop_id):
            raise not_found("greeting")
        if not await self.repository.unthank(greeting.id, self._ctx.now - UNDO):
            raise Problem("example.undo_late", HTTPStatus.CONFLICT)
        await self._ctx.jobs.cancel(TELL_WRITER, str(greeting.id))
        await self._ctx.events.emit(ThanksTakenBack(greeting_id=greeting.id, shop_id=greeting.shop_id))
        await self._ctx.audit.record("example.audit.thanks_back", greeting.id)
        self._ctx.realtime.ring(topic(greeting.shop_id))

    async def hide(self, greeting_id: UUID) -> None:
        """Take a greeting out of sight, on record. Raises `http.not_found`."""
        greeting = await self.greeting(greeting_id)
        await self.repository.mark(greeting.id, "hidden_at", self._ctx.now)
        await self._ctx.jobs.cancel(PUBLISH, str(greeting.id))
        await self._ctx.audit.record("example.audit.hidden", greeting.id)

    async def greeting(self, greeting_id: UUID) -> Greeting:
        """One that is to be seen. Raises `http.not_found`."""
        greeting = await self.repository.get(greeting_id)
        if greeting is None or greeting.hidden_at is not None or not greeting.text:
            raise not_found("greeting")
        return greeting

    async def tell_writer(self, greeting_id: UUID) -> None:
        """Let the writer know that the shop thanked, unless the greeting is gone by now."""
        greeting = await self.repository.get(greeting_id)
        if greeting is not None and greeting.person_id is not None and greeting.hidden_at is None:
            shop = await self._ctx.registry.shop(greeting.shop_id)
            await self._tell("thanked", greeting.person_id, shop=shop.name)

    async def digest(self) -> None:
        """Tell each shop's merchants how many greetings came today, in the tone that the foundation chose."""
        template = f"digest_{self._ctx.settings(BookSettings).tone}"
        for shop_id, count in (await self.repository.shops_with_new(self.midnight())).items():
            shop = await self._ctx.registry.shop(shop_id)
            for merchant in await self._ctx.people.working_at(shop_id, Role.MERCHANT):
                await self._tell(template, merchant.id, shop=shop.name, count=count)

    def visible_shops(self) -> Collection[UUID] | None:
        """The shops whose greetings the actor may list; None: all."""
        actor = self._ctx.actor
        return actor.shop_ids if actor.role in {Role.MERCHANT, Role.CLERK} else None

    def midnight(self) -> datetime:
        """When the day of the markets began."""
        return datetime.combine(self._ctx.today, time.min, ZoneInfo(self._ctx.tenant.timezone))

    async def _add(self, greeting: Greeting) -> UUID:
        settings = self._ctx.settings(BookSettings)
        if not greeting.text.strip():
            raise Problem("example.empty", HTTPStatus.UNPROCESSABLE_ENTITY)
        if len(greeting.text) > settings.longest:
            raise Problem("example.too_long", HTTPStatus.UNPROCESSABLE_ENTITY, longest=settings.longest)
        shop = await self._ctx.registry.shop(greeting.shop_id)
        # Dated by the context, which in a demo stands in the past.
        greeting.id, greeting.created_at = uuid7(self._ctx.now), self._ctx.now
        if await self.repository.add(greeting):
            await self._ctx.events.emit(Written(greeting_id=greeting.id, shop_id=shop.id))
            self._ctx.realtime.ring(topic(shop.id))
            if settings.board_url:
                await self._ctx.jobs.later(PUBLISH, OneGreeting(greeting_id=greeting.id), key=str(greeting.id))
        return greeting.id

    async def _tell(self, template: str, person_id: UUID, **values: object) -> None:
        try:
            await self._ctx.messages.send(template, person_id, **values)
        except Problem as problem:
            # Somebody without a number reads it on the page.
            if problem.code != "messages.no_address":
                raise
