"""A plugin goes without a trace and comes back with everything."""

from smilero_sdk.testing.contract.stage import ContractBroken, Grade, Stage, check


@check("removal", suite="F4", grade=Grade.SILVER)
def comes_back_with_everything(stage: Stage) -> None:
    """Exported and uninstalled, nothing of it is left; installed again from the export, every row is there."""
    try:
        rows = stage.host.remove(stage.name)
    except AssertionError as error:
        raise ContractBroken(str(error)) from error
    stage.look("tables", [f"{table}: {count} rows" for table, count in rows.items()])
