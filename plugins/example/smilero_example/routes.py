"""The API below `/api/v1/example`, and the webhook `/webhooks/example/form`."""

import hashlib
import hmac
from http import HTTPStatus
from uuid import UUID

from smilero_example.rights import READ, THANK, WRITE
from smilero_example.schemas import GreetingIn, GreetingList, GreetingOut, GreetingPage, OutsideGreeting
from smilero_example.service import GuestBook
from smilero_example.settings import BookSettings
from smilero_sdk.api import Api, Idempotency
from smilero_sdk.context import TenantContext
from smilero_sdk.errors import Problem
from smilero_sdk.webhooks import Delivery, Webhooks

api = Api()
webhooks = Webhooks()


@api.get("/greetings", permission=READ)
async def list_greetings(ctx: TenantContext, query: GreetingPage) -> GreetingList:
    """Greetings to the caller's shops; to all shops for the foundation."""
    book = GuestBook(ctx)
    rows = await book.repository.page(query.cursor, query.limit + 1, book.visible_shops())
    page = rows[: query.limit]
    return GreetingList(
        items=[GreetingOut.model_validate(row) for row in page], next_cursor=page[-1].id if len(rows) > query.limit else None
    )


@api.post("/books/{shop_id}/greetings", permission=WRITE, idempotency=Idempotency.OPTIONAL)
async def write_greeting(ctx: TenantContext, body: GreetingIn, shop_id: UUID) -> GreetingOut:
    """Greet a shop."""
    book = GuestBook(ctx)
    return GreetingOut.model_validate(await book.greeting(await book.write(shop_id, body.text)))


@api.post("/greetings/{greeting_id}/thanks", permission=THANK, status=200)
async def thank(ctx: TenantContext, greeting_id: UUID) -> GreetingOut:
    """Thank for a greeting to one of the caller's shops."""
    book = GuestBook(ctx)
    await book.thank(greeting_id)
    return GreetingOut.model_validate(await book.greeting(greeting_id))


@webhooks.post("form")
async def outside_form(ctx: TenantContext, delivery: Delivery) -> None:
    """A greeting from a form elsewhere: `X-Signature` is the HMAC-SHA256 of the body, in hexadecimal, by the secret of the settings."""
    secret = ctx.settings(BookSettings).form_secret.get_secret_value()
    wanted = hmac.new(secret.encode(), delivery.body, hashlib.sha256).hexdigest()
    # No secret, no door; and nothing is read of a body before its signature is found right.
    if not secret or not hmac.compare_digest(wanted.encode(), delivery.headers.get("x-signature", "").encode()):
        raise Problem("example.signature", HTTPStatus.UNAUTHORIZED)
    sent = OutsideGreeting.model_validate_json(delivery.body)
    await GuestBook(ctx).write_from_outside(sent.shop_id, sent.text, sent.id)
