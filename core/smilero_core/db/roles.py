"""The roles of the database, and the only place that spells their names.

`smilero_owner` owns and migrates; `smilero_app` serves requests and jobs; `smilero_platform` is the platform's small
second login; `plugin_<name>` cannot log in: the application steps into it for a plugin's statements.
"""

import re

from smilero_sdk.binding import APP_ROLE, CORE_SCHEMA, PLATFORM_ROLE

OWNER_ROLE = "smilero_owner"
PLUGIN_PREFIX = "plugin_"

LOGINS = (OWNER_ROLE, APP_ROLE, PLATFORM_ROLE)

# One word names a plugin everywhere. It becomes SQL, so it is checked before it is ever written into a statement.
_PLUGIN_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")

__all__ = ["APP_ROLE", "CORE_SCHEMA", "LOGINS", "OWNER_ROLE", "PLATFORM_ROLE", "PLUGIN_PREFIX", "plugin_role"]


def plugin_role(name: str) -> str:
    """The role of a plugin, which is also the name of its schema. Raises ValueError for an impossible name."""
    if not _PLUGIN_NAME.fullmatch(name):
        msg = f"{name!r} is no plugin name: lower case letters, digits and _, at most 30, a letter first"
        raise ValueError(msg)
    return f"{PLUGIN_PREFIX}{name}"
