"""The port for customers' money, where a foundation has no provider."""

from http import HTTPStatus
from typing import NoReturn
from uuid import UUID

from smilero_sdk.errors import Problem


class NoPayments:
    """Implements `smilero_sdk.services.Payments` by refusing: nobody can pay, and everybody is told so."""

    async def hold(self, reference: UUID, person_id: UUID, amount: int, /) -> NoReturn:  # noqa: ARG002 - the port's signature
        """Raises `payments.unavailable` (409)."""
        raise _unavailable()

    async def capture(self, hold_id: UUID, amount: int, /) -> NoReturn:  # noqa: ARG002 - the port's signature
        """Raises `payments.unavailable` (409)."""
        raise _unavailable()

    async def release(self, hold_id: UUID, /) -> NoReturn:  # noqa: ARG002 - the port's signature
        """Raises `payments.unavailable` (409)."""
        raise _unavailable()


def _unavailable() -> Problem:
    return Problem("payments.unavailable", HTTPStatus.CONFLICT)
