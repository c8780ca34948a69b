"""The models say what the migrations made, and a difference is found and named."""

import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
from tortoise import fields
from tortoise.context import get_current_context
from tortoise.fields.db_defaults import Now
from tortoise.models import Model

from smilero_core.db.database import Database
from smilero_core.db.drift import find_drift
from smilero_core.db.driver import Connection
from smilero_core.db.session import Session
from smilero_core.db.settings import DatabaseSettings
from smilero_sdk.models import TenantModel
from tests.conftest import LookedAt
from tests.probe.smilero_probe.models import Note
from tests.probe.smilero_probe.repository import Notes
from tests.support.cluster import connected
from tests.support.models import PROBE_MODELS, model_apps
from tests.support.tenants import Planted

BOUND = "(NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid"

# What somebody changed in the database, and what is said of it.
CHANGES = {
    "alter table plugin_probe.note add extra text": "plugin_probe.note.extra: only in the migrations",
    "alter table plugin_probe.note drop stars": "plugin_probe.note.stars: only in the model",
    "alter table plugin_probe.note alter title type varchar(40)": (
        "plugin_probe.note.title: type TEXT in the model, VARCHAR(40) in the migrations"
    ),
    "alter table plugin_probe.note alter tenant_id drop default": (
        f"plugin_probe.note.tenant_id: default {BOUND} in the model, None in the migrations"
    ),
    "alter table plugin_probe.line alter words drop not null": (
        "plugin_probe.line.words: nullable False in the model, True in the migrations"
    ),
    "alter table plugin_probe.line alter words set default 'x'": (
        "plugin_probe.line.words: default None in the model, 'x'::text in the migrations"
    ),
    "alter table core.market alter goods type varchar(40)[]": (
        "core.market.goods: type TEXT[] in the model, VARCHAR(40)[] in the migrations"
    ),
    "alter table core.market alter stated_shops type bigint": (
        "core.market.stated_shops: type INTEGER in the model, BIGINT in the migrations"
    ),
    "alter table core.market alter created_at type timestamp": (
        "core.market.created_at: type TIMESTAMP WITH TIME ZONE in the model, TIMESTAMP WITHOUT TIME ZONE in the migrations"
    ),
    "alter table core.shop alter created_at drop default": (
        "core.shop.created_at: default CURRENT_TIMESTAMP in the model, None in the migrations"
    ),
    "alter table core.shop alter updated_at set default '2020-01-01'": (
        "core.shop.updated_at: default CURRENT_TIMESTAMP in the model, '2020-01-01 00:00:00+00'::timestamp with time zone in the migrations"
    ),
    "alter table core.membership alter ended_at set not null": (
        "core.membership.ended_at: nullable True in the model, False in the migrations"
    ),
    "drop table core.idempotency": "core.idempotency: only in the models",
    "create table core.made (id uuid)": "core.made: only in the migrations",
    "create table plugin_probe.made (id uuid)": "plugin_probe.made: only in the migrations",
}


async def test_models_and_migrations_say_the_same(settings: DatabaseSettings, looked_at: LookedAt) -> None:
    apps = model_apps()
    looked_at("model modules", [module for modules in apps.values() for module in modules])
    assert await find_drift(settings.database_url, apps) == []


async def test_changes_of_the_tables_are_found(own_database: DatabaseSettings) -> None:
    async with connected(own_database.database_url) as admin:
        await admin.execute(";".join(CHANGES))
    assert await find_drift(own_database.database_url, model_apps()) == sorted(CHANGES.values())


@pytest.fixture
def changed_models() -> Iterator[ModuleType]:
    """The probe's models as if somebody had changed them and forgotten the migration."""

    class Note(TenantModel):
        title = fields.CharField(max_length=40)
        stars = fields.IntField(default=0)
        created_at = fields.DatetimeField(db_default=Now())
        extra = fields.JSONField[dict[str, str]]()

        class Meta:
            schema = "plugin_probe"
            table = "note"

    class Homeless(Model):
        id = fields.UUIDField(primary_key=True)

    module = ModuleType("changed_models")
    for model in (Note, Homeless):
        model.__module__ = module.__name__
        setattr(module, model.__name__, model)
    sys.modules[module.__name__] = module
    yield module
    del sys.modules[module.__name__]


async def test_a_change_of_the_models_is_found(settings: DatabaseSettings, changed_models: ModuleType) -> None:
    assert await find_drift(settings.database_url, {"probe": [changed_models.__name__]}) == [
        "plugin_probe.line: only in the migrations",
        "plugin_probe.note.extra: only in the model",
        "plugin_probe.note.shop_id: only in the migrations",
        "plugin_probe.note.stars: nullable False in the model, True in the migrations",
        "plugin_probe.note.title: type VARCHAR(40) in the model, TEXT in the migrations",
        "public.homeless: only in the models",
    ]


async def test_it_leaves_nothing_and_disturbs_nobody(
    settings: DatabaseSettings, admin: Connection, database: Database, tenants: tuple[Planted, Planted]
) -> None:
    running = get_current_context()
    assert await find_drift(settings.database_url, {"probe": PROBE_MODELS}) == []
    assert get_current_context() is running
    async with database.unit(tenants[0].tenant) as unit:
        await Notes(Session(unit, "plugin_probe")).write(tenants[0].shop, "danach")
        assert await Note.all().using_db(Session(unit, "plugin_probe").orm).count() == 1
    assert await admin.fetch("select from pg_database where datname like 'smilero_shadow%'") == []
