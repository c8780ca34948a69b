"""Hooks for what a plugin stores about people. A plugin that declares personal data must have both.

They are called for every installed plugin, on or off: what somebody is owed by the Personal Information Protection Act
(개인정보 보호법 제35조, 제36조) does not end with a switch.
"""

from uuid import UUID

from smilero_sdk.answers import Kept, PersonSection
from smilero_sdk.context import TenantContext
from smilero_sdk.hooks import hookspec


@hookspec
async def provide_person_export(ctx: TenantContext, person_id: UUID) -> list[PersonSection]:  # type: ignore[empty-body]  # a specification has no body
    """Everything that the plugin stores about a person.

    When: the person, or the foundation for the person, asks for it; in a transaction that may only read.
    Returns: sections, none for nothing.
    Errors: the export stops and says which plugin: a part would look like the whole.
    Since: 0.1
    """


@hookspec
async def provide_person_erasure(ctx: TenantContext, person_id: UUID) -> list[Kept]:  # type: ignore[empty-body]  # a specification has no body
    """Blank what the plugin stores about a person; rows that others count stay, without the person in them.

    When: the person is erased; all plugins in one transaction, before the core's own tables.
    Returns: what stays because a law says so, none for nothing.
    Errors: nothing is erased anywhere, and the plugin is named.
    Since: 0.1
    """
