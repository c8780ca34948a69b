"""Who may do what at each address: written down by hand, as the product says it, and not read from the code that is tested.

Roles hold by face: the console is for owners and staff, the portal for merchants and clerks, commands of the public pages
for customers; the API asks for a permission, whoever it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass

ROLES = ("operator", "owner", "staff", "officer", "merchant", "clerk", "customer", "anonymous")
HERE = frozenset(ROLES) - {"operator", "anonymous"}


@dataclass(frozen=True)
class Rights:
    """Who may, and for whom the object is as if it were not there. All others are refused.

    Attributes:
        any_host: the address is the same on every host.
        platform: the platform's own host answers too.
    """

    may: frozenset[str]
    hidden: frozenset[str] = frozenset()
    any_host: bool = False
    platform: bool = False


def _only(*roles: str) -> Rights:
    return Rights(frozenset(roles))


EVERYBODY = Rights(frozenset(ROLES))
# An operator's token is none of a foundation's, and a wrong token is refused where none is needed.
EVERY_CALLER = Rights(HERE | {"anonymous"})
PEOPLE = Rights(HERE)
OFFICE = _only("owner", "staff")
OWNER = _only("owner")
SHOP = _only("merchant", "clerk")
MERCHANT = _only("merchant")
CUSTOMER = _only("customer")
TILLS = _only("owner", "staff", "merchant", "clerk")
MANAGERS = _only("owner", "staff", "merchant")
PROBE = Rights(frozenset(ROLES), any_host=True)

RIGHTS: Mapping[str, Rights] = {
    "GET /healthz": PROBE,
    "GET /readyz": PROBE,
    "GET /static/{file}": PROBE,
    "GET /": Rights(frozenset(ROLES), platform=True),
    "GET /look.css": Rights(frozenset(ROLES), platform=True),
    "GET /sign-in": EVERYBODY,
    "POST /sign-in": EVERYBODY,
    "GET /sign-in/code": EVERYBODY,
    "POST /sign-in/code": EVERYBODY,
    "GET /sign-in/link/{token}": EVERYBODY,
    "POST /sign-in/link/{token}": EVERYBODY,
    "GET /join/{token}": EVERYBODY,
    "POST /join/{token}": EVERYBODY,
    "GET /help/{token}": EVERYBODY,
    "POST /help/{token}": EVERYBODY,
    "GET /sessions": CUSTOMER,
    "POST /sessions/end": CUSTOMER,
    "POST /sessions/{session_id}/end": CUSTOMER,
    "POST /sign-out": EVERYBODY,
    "GET /files/{file_id}": EVERYBODY,
    "GET /dev/outbox": EVERYBODY,
    "GET /dev/plugin/{name}": EVERYBODY,
    "GET /portal": SHOP,
    "GET /portal/help": SHOP,
    "GET /portal/sessions": SHOP,
    "POST /portal/sessions/end": SHOP,
    "POST /portal/sessions/{session_id}/end": SHOP,
    "GET /portal/helpers": MERCHANT,
    "POST /portal/helpers": MERCHANT,
    "GET /portal/helpers/new": MERCHANT,
    "POST /portal/helpers/{helper_id}/end": MERCHANT,
    "GET /portal/helping": PEOPLE,
    "POST /portal/helping/end": PEOPLE,
    "POST /portal/helping/{helping_id}": PEOPLE,
    "GET /portal/shops": SHOP,
    "POST /portal/shops": SHOP,
    "GET /portal/plugins": MERCHANT,
    "GET /portal/plugins/{name}": MERCHANT,
    "POST /portal/plugins/{name}": MERCHANT,
    "GET /portal/plugins/{name}/{field}": MERCHANT,
    "POST /portal/plugins/{name}/{field}": MERCHANT,
    "GET /portal/search": SHOP,
    "GET /portal/print": SHOP,
    "GET /portal/print/{plugin}/{name}": SHOP,
    "GET /console": OFFICE,
    "GET /console/shops": OFFICE,
    "GET /console/shops/{shop_id}/plugins": OFFICE,
    "POST /console/shops/{shop_id}/plugins/{name}": OFFICE,
    "GET /console/shops/{shop_id}/plugins/{name}/settings": OFFICE,
    "POST /console/shops/{shop_id}/plugins/{name}/settings": OFFICE,
    "GET /console/shops/{shop_id}/people": OFFICE,
    "POST /console/shops/{shop_id}/people": OFFICE,
    "GET /console/shops/{shop_id}/people/{membership_id}/end": OFFICE,
    "POST /console/shops/{shop_id}/people/{membership_id}/end": OFFICE,
    "POST /console/shops/{shop_id}/people/invitations/{invitation_id}/again": OFFICE,
    "POST /console/shops/{shop_id}/people/invitations/{invitation_id}/revoke": OFFICE,
    "GET /console/invitations": OFFICE,
    "POST /console/invitations": OFFICE,
    "GET /console/audit": OFFICE,
    "POST /console/audit/export": OFFICE,
    "GET /console/plugins": OFFICE,
    "GET /console/plugins/{name}": OFFICE,
    "POST /console/plugins/{name}": OWNER,
    "GET /console/plugins/{name}/enable": OWNER,
    "GET /console/plugins/{name}/settings": OFFICE,
    "POST /console/plugins/{name}/settings": OFFICE,
    "GET /console/plugins/{name}/trouble": OFFICE,
    "POST /console/plugins/{name}/trouble": OFFICE,
    "GET /console/work": OFFICE,
    "POST /console/work/letters/{letter_id}/again": OFFICE,
    "POST /console/work/letters/{letter_id}/discard": OFFICE,
    "POST /console/work/plugins/{name}/replay": OFFICE,
    "GET /console/search": OFFICE,
    "GET /console/coupons/campaigns": OFFICE,
    "GET /portal/coupons/new": MERCHANT,
    "GET /portal/coupons/new/amount": MERCHANT,
    "GET /portal/coupons/new/until": MERCHANT,
    "GET /portal/coupons/new/stock": MERCHANT,
    "POST /portal/coupons/campaigns": MERCHANT,
    "GET /portal/coupons/campaigns": SHOP,
    "GET /portal/coupons/campaigns/{campaign_id}/made": MERCHANT,
    "GET /portal/coupons/campaigns/{campaign_id}": SHOP,
    "GET /portal/coupons/campaigns/{campaign_id}/live": SHOP,
    "POST /portal/coupons/campaigns/{campaign_id}/undo": MERCHANT,
    "GET /portal/coupons/check": SHOP,
    "POST /portal/coupons/redemptions": SHOP,
    "GET /portal/coupons/redemptions/{redemption_id}": SHOP,
    "POST /portal/coupons/redemptions/{redemption_id}/undo": SHOP,
    "GET /coupons/c/{campaign_id}": EVERYBODY,
    "POST /coupons/c/{campaign_id}/claim": CUSTOMER,
    "GET /coupons/claims/{claim_id}": CUSTOMER,
    "GET /coupons/r/{code}": EVERYBODY,
    "GET /example/books/{shop_id}": EVERYBODY,
    "POST /example/books/{shop_id}": CUSTOMER,
    "GET /portal/example/greetings": SHOP,
    "GET /portal/example/live": SHOP,
    "POST /portal/example/greetings/{greeting_id}/thanks": SHOP,
    "GET /console/example/greetings": OFFICE,
    "POST /console/example/greetings/{greeting_id}/hide": OFFICE,
    "GET /storefront/markets/{market_id}": EVERYBODY,
    "GET /storefront/shops/{shop_id}": EVERYBODY,
    "POST /webhooks/example/form": EVERYBODY,
    "GET /api/v1/openapi.json": EVERYBODY,
    "GET /api/v1/tenant": EVERY_CALLER,
    "GET /api/v1/registry/markets": EVERY_CALLER,
    "GET /api/v1/registry/markets/{market_id}": EVERY_CALLER,
    "GET /api/v1/registry/shops": EVERY_CALLER,
    "GET /api/v1/registry/shops/{shop_id}": EVERY_CALLER,
    "GET /api/v1/search": EVERY_CALLER,
    "GET /api/v1/measures": OFFICE,
    "GET /api/v1/plugins": OFFICE,
    "GET /api/v1/coupons/campaigns": TILLS,
    "POST /api/v1/coupons/campaigns": MANAGERS,
    "GET /api/v1/coupons/campaigns/{campaign_id}": EVERY_CALLER,
    "POST /api/v1/coupons/campaigns/{campaign_id}/claims": PEOPLE,
    "GET /api/v1/coupons/claims": PEOPLE,
    "GET /api/v1/coupons/claims/{claim_id}": Rights(TILLS.may | {"customer"}, frozenset({"officer"})),
    "GET /api/v1/coupons/redemptions": TILLS,
    "POST /api/v1/coupons/redemptions": TILLS,
    "GET /api/v1/coupons/redemptions/{redemption_id}": TILLS,
    "GET /api/v1/example/greetings": TILLS,
    "POST /api/v1/example/books/{shop_id}/greetings": PEOPLE,
    "POST /api/v1/example/greetings/{greeting_id}/thanks": TILLS,
}

# What of a merchant's a helper has who may look, and who may work besides; and what is everybody's who signed in. All else that is not
# anybody's is refused: money, people, rights, settings, what is one's own.
LENT_TO_LOOK = frozenset(
    {
        "GET /portal",
        "GET /portal/help",
        "GET /portal/shops",
        "GET /portal/search",
        "GET /portal/print",
        "GET /portal/print/{plugin}/{name}",
        "GET /portal/coupons/campaigns",
        "GET /portal/coupons/campaigns/{campaign_id}",
        "GET /portal/coupons/campaigns/{campaign_id}/live",
        "GET /portal/example/greetings",
        "GET /portal/example/live",
    }
)
LENT_TO_WORK = LENT_TO_LOOK | {
    "POST /portal/shops",
    "GET /portal/coupons/new",
    "GET /portal/coupons/new/amount",
    "GET /portal/coupons/new/until",
    "GET /portal/coupons/new/stock",
    "POST /portal/coupons/campaigns",
    "GET /portal/coupons/campaigns/{campaign_id}/made",
    "POST /portal/coupons/campaigns/{campaign_id}/undo",
    "GET /portal/coupons/check",
    "POST /portal/coupons/redemptions",
    "GET /portal/coupons/redemptions/{redemption_id}",
    "POST /portal/coupons/redemptions/{redemption_id}/undo",
    "POST /portal/example/greetings/{greeting_id}/thanks",
}
HELPERS_OWN = frozenset({"GET /portal/helping", "POST /portal/helping/end", "POST /portal/helping/{helping_id}"})
