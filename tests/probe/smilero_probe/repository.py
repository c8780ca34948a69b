"""What a plugin does with its database: some of it through Tortoise, some of it in SQL."""

from uuid import UUID

from smilero_sdk.database import Database
from smilero_sdk.ids import uuid7
from tests.probe.smilero_probe.models import Line, Note


class Notes:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def write(self, shop_id: UUID, title: str, *words: str) -> UUID:
        note = await Note.create(shop_id=shop_id, title=title, using_db=self._db.orm)
        await Line.bulk_create([Line(note_id=note.id, words=text) for text in words], using_db=self._db.orm)
        return note.id

    async def titles(self) -> list[str]:
        return [note.title for note in await Note.all().using_db(self._db.orm).order_by("title")]

    async def rate(self, title: str, stars: int) -> int:
        return await Note.filter(title=title).using_db(self._db.orm).update(stars=stars)

    async def remove(self, title: str) -> int:
        return await Note.filter(title=title).using_db(self._db.orm).delete()

    async def write_quickly(self, shop_id: UUID, titles: list[str]) -> list[UUID]:
        rows = await self._db.fetch(
            """insert into plugin_probe.note (id, shop_id, title)
               select i, $1, t from unnest($2::uuid[], $3::text[]) as n(i, t) returning id""",
            shop_id,
            [uuid7() for _ in titles],
            titles,
        )
        return [row["id"] for row in rows]

    async def count_lines(self) -> object:
        return await self._db.fetch_value("select count(*) from plugin_probe.line")
