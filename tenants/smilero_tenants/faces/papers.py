"""Paper of a face: in whose look, in which language, and as a file that is kept nowhere."""

import unicodedata
from urllib.parse import quote

from babel.dates import format_date
from starlette.responses import Response

from smilero_core.limits.limiter import Rule
from smilero_sdk.context import Tenant
from smilero_sdk.pages import Face
from smilero_sdk.papers import Paper
from smilero_tenants.faces.head import drawn_in
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.visit import Visit
from smilero_tenants.papers.typesetting import PDF, Look

# Of one foundation in a minute: a whole office prints less, and each takes a core.
PAPERS = Rule("papers", 60, 60, fails_closed=False)
_LONGEST_NAME = 60


def paper_language(tenant: Tenant, language: str) -> str:
    """In which language paper is written: the pictures' font is also that of paper."""
    return drawn_in(tenant, language)


async def look_of(visit: Visit) -> Look:
    """In whose look the visitor's paper is: the foundation's, and on the portal with the shop that is worked for."""
    context, shop, place = visit.context, "", ""
    if visit.face is Face.PORTAL and context.shop_id is not None:
        row = await context.reader.shop_row(context.shop_id)
        market = await context.reader.market(row.market_id)
        shop, place = row.name, f"{market.row.name} {row.stall}".strip()
    return Look(
        name=visit.tenant.name,
        seal=visit.tenant.seal,
        colour=visit.tenant.colour,
        shop=shop,
        place=place,
        made=str(format_date(context.today, "long", locale=context.language)),
        gap=context.text("papers.gap"),
        code=context.text("papers.code"),
        language=context.language,
        origin=context.origin,
    )


async def on_paper(parts: FaceParts, tenant: Tenant, paper: Paper, look: Look) -> Response:
    """The paper as a file to open or to hand on. No transaction may be open.

    Raises `papers.too_long` (422), `papers.busy` (503), `limits.reached` (429).
    """
    await parts.limiter.take(tenant.id, PAPERS, "all")
    pdf = await parts.typesetter.pdf(paper, look)
    named = " ".join(part for part in (paper.title, look.shop or look.name) if part)
    return Response(
        pdf,
        media_type=PDF,
        headers={"Content-Disposition": disposition(named), "Cache-Control": "no-store", "Content-Language": look.language},
    )


def disposition(named: str) -> str:
    """How a browser names the file: in its own script (RFC 6266, RFC 8187), and plainly for those that cannot."""
    kept = (" " if sign in '/\\:*?"<>|%' or not sign.isprintable() else sign for sign in unicodedata.normalize("NFC", named))
    name = " ".join("".join(kept).split())[:_LONGEST_NAME].strip(" .") or "paper"
    return f"attachment; filename=\"paper.pdf\"; filename*=UTF-8''{quote(name + '.pdf', safe='')}"
