"""The contract suite: what must hold for every plugin, run unasked in its tests. Importing this package lists all checks."""

from smilero_sdk.testing.contract import accessible, doors, failure, isolation, manifest, paper, people, quality, removal
from smilero_sdk.testing.contract.stage import CHECKS, Check, ContractBroken, Grade, NothingToLookAt, Stage

# In the order of a run: what changes least comes first, what takes the plugin out comes last.
SUBJECTS = (manifest, accessible, paper, quality, isolation, doors, failure, people, removal)

CHECKS.sort(key=lambda one: [subject.__name__.rpartition(".")[2] for subject in SUBJECTS].index(one.name.partition("::")[0]))

__all__ = ["CHECKS", "SUBJECTS", "Check", "ContractBroken", "Grade", "NothingToLookAt", "Stage"]
