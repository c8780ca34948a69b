"""What makes a good plugin better. No test fails for it: `smilero plugin check` counts it."""

from importlib.metadata import entry_points

from smilero_sdk.testing.contract.stage import Grade, NothingToLookAt, Stage, check
from smilero_sdk.testing.host import Door
from smilero_sdk.testing.subject import GROUP


@check("quality", grade=Grade.GOLD)
def plays_in_a_demo(stage: Stage) -> None:
    """A plugin with tables fills them with demo life, so that a foundation sees what it would get."""
    stage.look("tables", stage.tables())
    stage.expect_none([] if stage.text_of_rows(stage.mine) else ["its tables are empty in a demo"])


@check("quality", grade=Grade.GOLD)
def has_all_sentences_in_english(stage: Stage) -> None:
    """Each sentence that the manifest needs is there in English too, for foundations with foreign merchants."""
    keys = [f"permission.{permission.name}" for permission in stage.plugin.permissions] + list(stage.host.declared(stage.name).menu)
    stage.look("sentences", sorted(set(keys)))
    stage.expect_none(f"{key} has no English sentence" for key in sorted(set(keys)) if not stage.host.sentence(key, "en"))


@check("quality", grade=Grade.GOLD)
def tells_what_it_is(stage: Stage) -> None:
    """Its distribution carries a README, a licence and a summary."""
    told = next((point.dist.metadata for point in entry_points(group=GROUP) if point.name == stage.name and point.dist), None)
    if told is None:
        message = f"{stage.plugin.package} is in no installed distribution"
        raise NothingToLookAt(message)
    stage.look("words of the distribution", ["README", "licence", "summary"])
    # In the header, or behind the headers as the body of the message (core metadata 2.1): `json` knows both.
    said = told.json
    licence = said.get("license_expression") or said.get("license")
    given = {"README": said.get("description"), "licence": licence, "summary": said.get("summary")}
    stage.expect_none(f"the distribution has no {what}" for what, value in given.items() if not value)


@check("quality", grade=Grade.GOLD)
def can_be_read_by_machines(stage: Stage) -> None:
    """A collection of its API can be read by the foundation's owner: what is seen on pages can be had by scripts."""
    reading = [a for a in stage.host.addresses(stage.name) if a.door is Door.API and a.method == "GET" and not a.parameters]
    pages = [a for a in stage.host.addresses(stage.name) if a.door is not Door.API and a.method == "GET"]
    stage.look("pages and collections", [address.name for address in (*pages, *reading)])
    if not reading:
        stage.expect_none(["its API has no collection"])
    answers = {address.path: stage.mine.client("owner").get(address.path + address.query).status for address in reading}
    stage.expect_none([] if 200 in answers.values() else [f"{path}: {status} for the owner" for path, status in answers.items()])  # noqa: PLR2004 - the status of success
