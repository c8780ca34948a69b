"""The one file that touches the database. Row security adds the tenant to every statement."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from asyncpg import Record

from smilero_example.models import Book, Greeting
from smilero_sdk.database import Database
from smilero_sdk.ids import uuid7


class GreetingRepository:
    """Greetings and books within one transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def add(self, greeting: Greeting) -> bool:
        """Write one; False when what came from outside is here already."""
        return bool(
            await self._db.execute(
                """
                insert into plugin_example.greeting (id, shop_id, person_id, text, outside_id, created_at)
                values ($1, $2, $3, $4, $5, $6) on conflict (tenant_id, outside_id) do nothing
                """,
                greeting.id,
                greeting.shop_id,
                greeting.person_id,
                greeting.text,
                greeting.outside_id,
                greeting.created_at,
            )
        )

    async def get(self, greeting_id: UUID) -> Greeting | None:
        """One greeting, hidden or not."""
        return await Greeting.get_or_none(id=greeting_id, using_db=self._db.orm)

    async def page(self, after: UUID | None, limit: int, shop_ids: Collection[UUID] | None = None) -> list[Greeting]:
        """Greetings that are to be seen, newest first, from behind `after`; of these shops, or of all."""
        query = Greeting.filter(hidden_at=None).exclude(text="").using_db(self._db.orm).order_by("-id").limit(limit)
        if after is not None:
            query = query.filter(id__lt=after)
        return await (query if shop_ids is None else query.filter(shop_id__in=list(shop_ids)))

    async def find(self, pattern: str, shop_id: UUID | None, limit: int) -> list[Record]:
        """Greetings whose text or shop has a pattern: `id, text, shop, shop_id`. A plugin may read the shared registry."""
        return await self._db.fetch(
            """
            select g.id, g.text, s.name as shop, g.shop_id from plugin_example.greeting g join core.shop s on s.id = g.shop_id
            where g.hidden_at is null and g.text <> '' and ($2::uuid is null or g.shop_id = $2)
              and (replace(lower(g.text), ' ', '') ~ $1 or replace(lower(s.name), ' ', '') ~ $1)
            order by g.id desc limit $3
            """,
            pattern,
            shop_id,
            limit,
        )

    async def waiting(self, shop_id: UUID) -> int:
        """How many greetings of a shop nobody has thanked for."""
        return await Greeting.filter(shop_id=shop_id, thanked_at=None, hidden_at=None).exclude(text="").using_db(self._db.orm).count()

    async def overdue(self, before: datetime) -> tuple[int, datetime | None]:
        """How many greetings from before a moment nobody has thanked for, and when the oldest was written."""
        row = await self._db.fetch_row(
            """
            select count(*) as number, min(created_at) as since from plugin_example.greeting
            where thanked_at is null and hidden_at is null and text <> '' and created_at < $1
            """,
            before,
        )
        return (row["number"], row["since"]) if row else (0, None)

    async def written_since(self, person_id: UUID, since: datetime) -> int:
        """How many somebody has written."""
        return await Greeting.filter(person_id=person_id, created_at__gte=since).using_db(self._db.orm).count()

    async def mark(self, greeting_id: UUID, column: str, now: datetime) -> bool:
        """Set `thanked_at` or `hidden_at` once; whether it was not set before."""
        free = Greeting.filter(id=greeting_id, **{f"{column}__isnull": True}).using_db(self._db.orm)
        return await free.update(**{column: now}) == 1

    async def last_thanked(self, shop_id: UUID, since: datetime) -> Greeting | None:
        """The greeting of a shop that was thanked for last, if that was after a moment."""
        thanked = Greeting.filter(shop_id=shop_id, thanked_at__gt=since, hidden_at=None).exclude(text="")
        return await thanked.using_db(self._db.orm).order_by("-thanked_at").first()

    async def unthank(self, greeting_id: UUID, since: datetime) -> bool:
        """Let a greeting wait for thanks again, if it was thanked for after a moment; whether it does."""
        return await Greeting.filter(id=greeting_id, thanked_at__gt=since).using_db(self._db.orm).update(thanked_at=None) == 1

    async def shops_with_new(self, since: datetime) -> dict[UUID, int]:
        """How many new greetings each shop has."""
        rows = await self._db.fetch(
            """
            select shop_id, count(*) as number from plugin_example.greeting
            where created_at >= $1 and hidden_at is null and text <> '' group by shop_id
            """,
            since,
        )
        return {row["shop_id"]: row["number"] for row in rows}

    async def count_guest(self, shop_id: UUID) -> None:
        """One more guest with a coupon."""
        await self._db.execute(
            """
            insert into plugin_example.book (id, shop_id, coupon_guests) values ($1, $2, 1)
            on conflict (tenant_id, shop_id) do update set coupon_guests = book.coupon_guests + 1
            """,
            uuid7(),
            shop_id,
        )

    async def guests(self, shop_id: UUID) -> int:
        """How many guests came with a coupon."""
        book = await Book.get_or_none(shop_id=shop_id, using_db=self._db.orm)
        return book.coupon_guests if book else 0

    async def figures(self, first: date, last: date, timezone: str) -> list[Record]:
        """By shop and calendar day: `greetings`, and `writers`, different people."""
        return await self._db.fetch(
            """
            select shop_id, (created_at at time zone $3)::date as day, count(*) as greetings, count(distinct person_id) as writers
            from plugin_example.greeting
            where created_at >= $1::date::timestamp at time zone $3 and created_at < ($2::date + 1)::timestamp at time zone $3
            group by 1, 2 order by 2, 1
            """,
            first,
            last,
            timezone,
        )

    async def written_by(self, person_id: UUID) -> list[Greeting]:
        """Everything that somebody wrote, oldest first."""
        return await Greeting.filter(person_id=person_id).using_db(self._db.orm).order_by("id")

    async def forget(self, person_id: UUID) -> int:
        """Empty what somebody wrote; the rows stay and are counted."""
        return await Greeting.filter(person_id=person_id).using_db(self._db.orm).update(person_id=None, text="")
