"""The contract suite: what must hold for every plugin, run unasked in its tests. Importing this package lists all checks."""

from smilero_sdk.testing.contract import accessible, doors, failure, isolation, manifest, people, quality, removal
from smilero_sdk.testing.contract.stage import CHECKS, Check, ContractBroken, Grade, NothingToLookAt, Stage

# In the order of a run.
SUBJECTS = (manifest, doors, isolation, failure, people, accessible, removal, quality)

__all__ = ["CHECKS", "SUBJECTS", "Check", "ContractBroken", "Grade", "NothingToLookAt", "Stage"]
