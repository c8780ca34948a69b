"""Operations of the JSON API, declared once: the host mounts, checks and documents them."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar, get_type_hints
from uuid import UUID

from pydantic import BaseModel, ConfigDict, field_validator

from smilero_sdk.approvals import Approval, require_markable
from smilero_sdk.words import kept

Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Any]])

PATH_TYPES: Mapping[type, str] = {UUID: "uuid", str: "str", int: "int"}


class Schema(BaseModel):
    """A body of the API: unknown fields are refused, so that a misspelt one is not lost in silence; texts are composed (NFC)."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    _kept = field_validator("*")(kept)


class Idempotency(Enum):
    """Whether an operation answers a repeated `Idempotency-Key` with the bytes of its first answer."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True)
class Operation:
    """One method at one address.

    Attributes:
        path: below the API's prefix, `/campaigns/{campaign_id}`.
        handler: `async (ctx, [body], [query], **path parameters) -> returns`.
        permission: what the caller's role must hold; None: no sign-in is needed.
        body, query: the pydantic models of the handler's parameters of these names.
        parameters: path parameters with their types, by name.
        returns: the model of the answer.
        approval: of a command that a foundation may want a second person to confirm: 202 then, with where to ask what became of it.
    """

    method: str
    path: str
    handler: Callable[..., Awaitable[Any]]
    permission: str | None
    status: int
    idempotency: Idempotency
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    parameters: Mapping[str, type]
    returns: type[BaseModel]
    approval: Approval | None = None

    @property
    def key(self) -> str:
        """Its name among the plugin's operations."""
        return f"api {self.method} {self.path}"


class Api:
    """The operations of one plugin, or of the core."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []

    def get(self, path: str, *, permission: str | None) -> Callable[[Handler], Handler]:
        """Declare a reading operation. The handler's docstring is its summary."""
        return self._declare("GET", path, permission, 200, (Idempotency.NONE, None))

    def post(
        self,
        path: str,
        *,
        permission: str | None,
        status: int = 201,
        idempotency: Idempotency = Idempotency.NONE,
        approval: Approval | None = None,
    ) -> Callable[[Handler], Handler]:
        """Declare a command. One that moves a coupon, money or a vote names its idempotency.

        Args:
            approval: the mark of a command that a foundation may want a second person to confirm; it needs a permission.
        """
        if approval is not None and permission is None:
            msg = f"{approval.name}: {path} asks for no permission, so nobody could confirm it"
            raise ValueError(msg)
        return self._declare("POST", path, permission, status, (idempotency, approval))

    def _declare(
        self, method: str, path: str, permission: str | None, status: int, how: tuple[Idempotency, Approval | None]
    ) -> Callable[[Handler], Handler]:
        idempotency, approval = how

        def declare(handler: Handler) -> Handler:
            require_markable(handler, approval)
            hints = get_type_hints(handler)
            names = list(inspect.signature(handler).parameters)[1:]
            self.operations.append(
                Operation(
                    method=method,
                    path=path,
                    handler=handler,
                    permission=permission,
                    status=status,
                    idempotency=idempotency,
                    body=hints.get("body"),
                    query=hints.get("query"),
                    parameters={name: hints[name] for name in names if name not in {"body", "query"}},
                    returns=hints["return"],
                    approval=approval,
                )
            )
            return handler

        return declare
