"""The PostgreSQL 18 and Redis that Smilero brings along, for `smilero up` and for the tests.

They live in the data folder (`SMILERO_DATA_DIR`, `.smilero`) and in nothing else: two folders are two installations.
"""

from smilero_core.embedded.folder import claimed
from smilero_core.embedded.ports import free_port, require_port
from smilero_core.embedded.services import Embedded, EmbeddedServices, find_running

__all__ = ["Embedded", "EmbeddedServices", "claimed", "find_running", "free_port", "require_port"]
