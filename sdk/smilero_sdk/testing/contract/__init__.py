"""The contract suite: what must hold for every plugin, run unasked in its tests. Importing this package lists all checks."""

from smilero_sdk.testing.contract import accessible, doors, failure, isolation, manifest, people, removal
from smilero_sdk.testing.contract.stage import CHECKS, Check, ContractBroken, NothingToLookAt, Stage

# In the order of a run.
SUBJECTS = (manifest, doors, isolation, failure, people, accessible, removal)

__all__ = ["CHECKS", "SUBJECTS", "Check", "ContractBroken", "NothingToLookAt", "Stage"]
