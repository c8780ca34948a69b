"""What a plugin says of itself: complete, in Korean, and true."""

from collections.abc import Iterator
from enum import Enum
from importlib import resources
from typing import Any, Literal, get_args, get_origin

from smilero_sdk.settings import Settings
from smilero_sdk.testing.contract.stage import Stage, check

_LICENCE_AND_OWNER = ("owner", "licence", "version")


@check("manifest")
def is_complete(stage: Stage) -> None:
    """Title, description, owner, licence and version are given, title and description in Korean and English."""
    plugin = stage.plugin
    stage.look("words of the manifest", ["title", "description", *_LICENCE_AND_OWNER])
    stage.expect_none(
        [
            *(
                f"{what} has no {language}"
                for what in ("title", "description")
                for language in ("ko", "en")
                if not _said(plugin, what, language)
            ),
            *(f"{what} is empty" for what in _LICENCE_AND_OWNER if not getattr(plugin, what)),
        ]
    )


@check("manifest", tries=("register_measures",))
def every_sentence_is_there(stage: Stage) -> None:
    """Permissions, settings, messages, menu entries, measures and what needs two people have their Korean sentences."""
    keys = sorted(set(_keys(stage)))
    stage.look("sentences", keys)
    stage.expect_none(f"{key} has no Korean sentence" for key in keys if not stage.host.sentence(key))


@check("manifest")
def its_folders_are_there(stage: Stage) -> None:
    """A plugin with tables has migrations, one with pages has templates, and each has a Korean catalogue and its types."""
    folder = resources.files(stage.plugin.package)
    needed = ["locale/ko.po", "py.typed"]
    needed += ["migrations"] if stage.plugin.models else []
    needed += [f"templates/{stage.name}"] if "register_pages" in stage.host.hooks(stage.name) else []
    stage.look("files", needed)
    stage.expect_none(f"{name} is missing" for name in needed if not (folder.joinpath(name).is_file() or folder.joinpath(name).is_dir()))


@check("manifest")
def its_permissions_are_used(stage: Stage) -> None:
    """Every permission of the manifest is asked for at some address: one that nothing asks for promises nothing."""
    asked = {address.permission for address in stage.host.addresses(stage.name)}
    declared = [permission.name for permission in stage.plugin.permissions]
    stage.look("permissions", declared)
    stage.expect_none(f"nothing asks for {name}" for name in declared if name not in asked)


def _said(plugin: object, what: str, language: str) -> str:
    return str(getattr(plugin, what).get(language, ""))


def _keys(stage: Stage) -> Iterator[str]:
    plugin, name = stage.plugin, stage.name
    yield from (f"permission.{permission.name}" for permission in plugin.permissions)
    yield from (f"{name}.message.{message.name}" for message in plugin.messages)
    yield from stage.host.declared(name).menu
    yield from (f"approval.{approval}" for approval in stage.host.declared(name).approvals)
    yield from (f"{name}.measure.{measure}" for measure in stage.host.declared(name).measures)
    yield from _settings(f"{name}.settings", plugin.settings)
    yield from _settings(f"{name}.shop_settings", plugin.shop_settings)


def _settings(prefix: str, model: type[Settings] | None) -> Iterator[str]:
    for word, found in (model.model_fields if model else {}).items():
        yield f"{prefix}.{word}"
        yield from (f"{prefix}.{word}.{choice}" for choice in _choices(found.annotation))


def _choices(kind: Any) -> list[str]:  # noqa: ANN401 - whatever an annotation holds
    if get_origin(kind) is Literal:
        return [str(word) for word in get_args(kind)]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return [str(member.value) for member in kind]
    return [word for part in get_args(kind) for word in _choices(part)]
