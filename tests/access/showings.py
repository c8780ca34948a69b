"""Screens that are shown, for the addresses of one showing."""

from typing import TYPE_CHECKING
from uuid import UUID

from smilero_core.db.session import Session
from smilero_core.identity.sessions import open_session
from smilero_core.identity.showing import Showings
from smilero_core.identity.tokens import token_hash

if TYPE_CHECKING:
    from tests.access.scene import Scene

_OFFICE, _SHOP = ("owner", "staff"), ("merchant", "clerk")


async def _begun(scene: "Scene", whose: UUID) -> tuple[UUID, str]:
    """A showing in a browser of its own, and its code."""
    async with scene.site.database.unit(scene.foundation.id) as unit:
        session = Session(unit)
        token = await open_session(session, whose)
        browser = await session.fetch_value("select id from core.session where token_hash = $1", token_hash(token))
        assert isinstance(browser, UUID)
        showings = Showings(session, scene.foundation.id, scene.town.vault)
        showing, _ = await showings.begin(whose, browser, "/portal")
        return showing.id, showings.code(showing.id)


async def help_code(scene: "Scene") -> str:
    """A code that somebody new at the first shop reads out."""
    return (await _begun(scene, await scene.person("merchant")))[1]


async def showing_for(scene: "Scene", who: str) -> str:
    """The showing of one of the cast, whose answer somebody waits for: their own of a shop's people, else what they gave the code of."""
    people = scene.foundation.people
    whose = people[who] if who in _SHOP else await scene.person("merchant")
    looker = people[who] if who in _OFFICE else people["staff"]
    showing, code = await _begun(scene, whose)
    async with scene.site.database.unit(scene.foundation.id) as unit:
        session = Session(unit)
        token = await open_session(session, looker, factor=True)
        browser = await session.fetch_value("select id from core.session where token_hash = $1", token_hash(token))
        assert isinstance(browser, UUID)
        assert await Showings(session, scene.foundation.id, scene.town.vault).take(code, looker, browser)
    return str(showing)
