"""What somebody of the foundation looked at on a merchant's screen: page by page in the audit log."""

from datetime import UTC, datetime

from smilero_core.audit.log import AuditLog
from smilero_core.db.database import Database
from smilero_core.db.session import Session
from smilero_core.identity.showing import Watching
from smilero_core.plugins.context import CORE
from smilero_sdk.context import Tenant


async def note_look(database: Database, tenant: Tenant, watching: Watching, path: str) -> None:
    """Write it down, in the name of whoever looks; without what was searched for, which stands behind the path.

    A look itself writes nothing, so this is a transaction of its own: after the look, and before anything of it is sent.
    """
    async with database.unit(tenant.id) as unit:
        log = AuditLog(Session(unit), watching.by, CORE, datetime.now(UTC))
        await log.record("identity.audit.screen_seen", watching.id, merchant=watching.merchant, path=path)
