"""A link to a file that was given on a screen is good no longer than the screen is shown, whatever it says."""

from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID, uuid4

import pytest

from smilero_core.db.session import Session
from smilero_core.plugins.gate import switch
from tests.looking.showings import looking
from tests.support.album import ALBUM, serving_albums
from tests.support.faces import Town
from tests.support.pictures import jpeg

ENDS = {
    "her tap": "update core.showing set ended_at = now() where tenant_id = $1",
    "late": "update core.showing set allowed_at = now() - interval '15 minutes', until = now() where tenant_id = $1",
    "their session": "update core.session s set ended_at = now() from core.showing w where s.watching_id = w.id and w.tenant_id = $1",
    "her role": "update core.membership set ended_at = now() where tenant_id = $1 and role = 'merchant'",
}


@pytest.mark.parametrize("how", ENDS)
async def test_it_ends_with_the_screen(town: Town, tmp_path: Path, how: str) -> None:
    async with town.site.database.unit(town.foundation.id) as unit:
        await switch(Session(unit), ALBUM, enabled=True)
    async with serving_albums(town.site.settings, tmp_path) as (url, _):
        both = await looking(town, page="/portal")
        hers = both.merchant
        hers.url = both.staff.url = url
        data = {"title": "떡", "idempotency_key": str(uuid4())}
        photo, same = {"photo": ("떡.jpg", jpeg(), "x")}, {"Sec-Fetch-Site": "same-origin"}
        sent = await hers.ask("POST", f"/portal/{ALBUM}/photos", data=data, files=photo, headers=same)
        file_id = UUID(urlsplit(sent.headers["location"]).path.rpartition("/")[2])
        own, seen = [(await guest.get(f"/portal/{ALBUM}/photos/{file_id}")).headers["location"] for guest in (hers, both.staff)]
        for path in (own, seen):
            assert (await both.staff.get(path)).status_code == HTTPStatus.OK
        assert (await both.staff.get(seen)).headers["cache-control"] == "no-store"
        # What is cut out of it, or put in its place, is another address.
        asked = dict(parse_qsl(urlsplit(seen).query))
        for other in ({**asked, "shown": ""}, {**asked, "shown": str(uuid4())}, {name: asked[name] for name in ("until", "tag")}):
            assert (await both.staff.get(f"/files/{file_id}?{urlencode(other)}")).status_code == HTTPStatus.NOT_FOUND
        await town.site.admin.execute(ENDS[how], town.foundation.id)
        assert (await both.staff.get(seen)).status_code == HTTPStatus.NOT_FOUND
        assert (await hers.get(own)).status_code == HTTPStatus.OK
