"""`/help/…`: the link by which a merchant asks somebody to help her. One question, one button, and the helper acts for her."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from smilero_core.audit.log import AuditLog
from smilero_core.db.session import Session
from smilero_core.identity.helpers import Helpers, HelpOffer
from smilero_core.identity.helping import act_for, helping_that_stands
from smilero_core.plugins.context import CORE
from smilero_sdk.context import Tenant
from smilero_sdk.errors import Problem, not_found
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.sign_in.entering import Entered, alone, enter, way_on
from smilero_tenants.sign_in.joining import PER_ADDRESS

HELP = "/help"
LONGEST_NAME = 40
_HOME = "/portal"


class HelpLink:
    """Handlers of one application.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts]) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """The question and its answer."""
        return [Route(f"{HELP}/{{token}}", self.ask), Route(f"{HELP}/{{token}}", self.take, methods=["POST"])]

    async def ask(self, request: Request) -> Response:
        """Whether to help. Nothing happens yet: messengers open links by themselves to show a picture of them."""
        tenant = _tenant(request)
        async with self._parts().database.unit(tenant.id, read_only=True) as unit:
            offer = await self._helpers(Session(unit), tenant).offer(request.path_params["token"])
        return self._page(request, offer)

    async def take(self, request: Request) -> Response:
        """Become the helper and act for her. A second tap of the one who took it goes on."""
        tenant, parts, token = _tenant(request), self._parts(), request.path_params["token"]
        await parts.limiter.take(tenant.id, PER_ADDRESS, request.client.host if request.client else "")
        name = str((await request.form()).get("name", "")).strip()[:LONGEST_NAME]
        async with parts.database.unit(tenant.id) as unit:
            session = Session(unit)
            helpers = self._helpers(session, tenant)
            offer = await helpers.offer(token)
            if offer is not None and not (offer.named or name):
                return self._page(request, offer, "helpers.name")
            person_id = await helpers.take(offer, name, tenant.locale) if offer else None
            if offer is not None and person_id is not None:
                return (await self._entered(session, request, offer, person_id)).response()
            taker = await helpers.taker(token)
            onward = await way_on(session, request, taker) if taker else None
        return RedirectResponse(onward, HTTPStatus.SEE_OTHER) if onward else self._page(request, None)

    async def _entered(self, session: Session, request: Request, offer: HelpOffer, person_id: UUID) -> Entered:
        helping = await helping_that_stands(session, offer.id, person_id)
        if helping is None:
            raise Problem("helpers.gone", HTTPStatus.GONE)
        entered = await enter(session, request, person_id, _HOME, offer.shop_id)
        await act_for(session, entered.token, helping)
        log = AuditLog(session, helping.actor(person_id), CORE, datetime.now(UTC))
        after = {"limits": offer.limits.value, "until": offer.until, "shop_id": offer.shop_id}
        await log.record("identity.audit.helper_came", offer.id, after=after, shop=offer.shop)
        return entered

    def _helpers(self, session: Session, tenant: Tenant) -> Helpers:
        return Helpers(session, tenant.id, self._parts().vault)

    def _page(self, request: Request, offer: HelpOffer | None, error: str | None = None) -> Response:
        parts, language = self._parts(), request.state.language
        if offer is None:
            return alone(parts, request, "portal/help_gone.html", HTTPStatus.GONE, sign_in_url="/sign-in?next=/")
        last = offer.until.astimezone(ZoneInfo(_tenant(request).timezone)) - timedelta(seconds=1)
        values = {
            "merchant": offer.merchant,
            "shop": offer.shop,
            "limits": offer.limits.value,
            "until": str(format_skeleton("MMMEd", last, locale=language)),
            "ask_name": not offer.named,
            "longest_name": LONGEST_NAME,
            "error": parts.catalogue.text(language, error) if error else None,
            "action": request.url.path,
        }
        return alone(parts, request, "portal/help_offer.html", HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK, **values)


def _tenant(request: Request) -> Tenant:
    tenant: Tenant | None = request.state.tenant
    if tenant is None:
        raise not_found()
    return tenant
