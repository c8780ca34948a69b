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
    "GET /sign-in/with/{provider_id}": EVERYBODY,
    "GET /sign-in/callback": Rights(frozenset(ROLES), platform=True),
    "GET /sign-in/back": EVERYBODY,
    "GET /sign-in/connect": PEOPLE,
    "POST /sign-in/connect": PEOPLE,
    "GET /join/{token}": EVERYBODY,
    "POST /join/{token}": EVERYBODY,
    "GET /switch": PEOPLE,
    "POST /switch/{link_id}": PEOPLE,
    "GET /switch/links": PEOPLE,
    "POST /switch/links": PEOPLE,
    "POST /switch/links/{link_id}/end": PEOPLE,
    "GET /arrive": EVERYBODY,
    "POST /arrive": EVERYBODY,
    "POST /arrive/link": PEOPLE,
    "GET /sessions": CUSTOMER,
    "POST /sessions/end": CUSTOMER,
    "POST /sessions/{session_id}/end": CUSTOMER,
    "POST /sessions/logins/{login_id}/unlink": CUSTOMER,
    "POST /sign-out": EVERYBODY,
    "GET /oauth/authorize": PEOPLE,
    "POST /oauth/authorize": PEOPLE,
    "POST /oauth/token": EVERYBODY,
    "POST /oauth/revoke": EVERYBODY,
    "GET /.well-known/oauth-authorization-server": EVERYBODY,
    "GET /me": CUSTOMER,
    "POST /me/export": CUSTOMER,
    "GET /me/erase": CUSTOMER,
    "POST /me/erase": CUSTOMER,
    "GET /files/{file_id}": EVERYBODY,
    "GET /dev/outbox": EVERYBODY,
    "GET /dev/plugin/{name}": EVERYBODY,
    "GET /portal": SHOP,
    "GET /portal/help": SHOP,
    "GET /portal/sessions": SHOP,
    "POST /portal/sessions/end": SHOP,
    "POST /portal/sessions/{session_id}/end": SHOP,
    "GET /portal/tokens": MERCHANT,
    "POST /portal/tokens": MERCHANT,
    "POST /portal/tokens/{token_id}/revoke": MERCHANT,
    "POST /portal/tokens/programs/{grant_id}/end": MERCHANT,
    "GET /portal/me": SHOP,
    "POST /portal/me/export": SHOP,
    "GET /portal/me/erase": SHOP,
    "POST /portal/me/erase": SHOP,
    "POST /portal/sessions/logins/{login_id}/unlink": SHOP,
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
    "GET /console/sessions": OFFICE,
    "POST /console/sessions/end": OFFICE,
    "POST /console/sessions/{session_id}/end": OFFICE,
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
    "GET /console/people": OFFICE,
    "POST /console/people": OFFICE,
    "GET /console/people/{person_id}": OFFICE,
    "POST /console/people/{person_id}/number": OFFICE,
    "POST /console/people/{person_id}/export": OWNER,
    "GET /console/people/{person_id}/erase": OWNER,
    "POST /console/people/{person_id}/erase": OWNER,
    "GET /console/invitations": OFFICE,
    "POST /console/invitations": OFFICE,
    "GET /console/colleagues": OFFICE,
    "POST /console/colleagues": OFFICE,
    "POST /console/colleagues/invitations/{invitation_id}/again": OFFICE,
    "POST /console/colleagues/invitations/{invitation_id}/revoke": OFFICE,
    "GET /console/colleagues/{colleague_id}": OFFICE,
    "POST /console/colleagues/{colleague_id}": OWNER,
    "GET /console/colleagues/{colleague_id}/end": OFFICE,
    "POST /console/colleagues/{colleague_id}/end": OFFICE,
    "GET /console/rights": OWNER,
    "POST /console/rights": OWNER,
    "GET /console/rights/reset": OWNER,
    "POST /console/rights/reset": OWNER,
    "POST /console/sessions/logins/{login_id}/unlink": OFFICE,
    "GET /console/logins": OWNER,
    "POST /console/logins": OWNER,
    "GET /console/logins/{provider_id}": OWNER,
    "POST /console/logins/{provider_id}": OWNER,
    "GET /console/audit": OFFICE,
    "POST /console/audit/export": OFFICE,
    "GET /console/tokens": OFFICE,
    "POST /console/tokens": OFFICE,
    "POST /console/tokens/{token_id}/revoke": OFFICE,
    "POST /console/tokens/programs/{grant_id}/end": OFFICE,
    "GET /console/programs": OWNER,
    "POST /console/programs": OWNER,
    "GET /console/programs/{client_id}": OWNER,
    "POST /console/programs/{client_id}/secret": OWNER,
    "POST /console/programs/{client_id}/end": OWNER,
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
