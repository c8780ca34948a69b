"""How long what is personal, or secret, stays in the core's tables, and the nightly job that removes what has been there longer.

The general rule is Article 21 of the Personal Information Protection Act: what is no longer needed is destroyed without delay. No Act
sets a term for any of these rows: the five years of the Electronic Commerce Act (Article 6 of its decree) are for contracts and payments,
which plugins keep, and say so when they erase. So the terms are our own; where an Act has a term for something alike, it is followed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta

from smilero_sdk.context import OutsideContext
from smilero_sdk.database import Database
from smilero_sdk.ids import uuid7
from smilero_sdk.jobs import TRIES, Job, Schedule

BATCH = 500
_NEEDED = "Personal Information Protection Act, Article 21; the term is our own"
_AS_LOGS = "as access logs: Enforcement Decree of the Protection of Communications Secrets Act, Article 41 (2) 2, three months"
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Rule:
    """What ends by its age.

    Attributes:
        name: of the rule, in the job's counts.
        table: of the core.
        due: which rows, `$1` being the age.
        age: how long they stay.
        source: the article that the term follows.
        blank: what is set instead of deleting the row, where others count it; empty: the row goes.
    """

    name: str
    table: str
    due: str
    age: timedelta
    source: str
    blank: str = ""

    @property
    def sql(self) -> str:
        """One batch: `$2` its size; how many there were."""
        table = f"core.{self.table}"
        act = f"update {table} t set {self.blank} from due" if self.blank else f"delete from {table} t using due"  # noqa: S608 - of this module
        return f"""
            with due as (select id from {table} where {self.due} limit $2 for update skip locked),
            done as ({act} where t.id = due.id returning t.id)
            select count(*) from done
        """  # noqa: S608 - as above


_GONE = "recipient_sealed = '', recipient_index = null, body_sealed = ''"
RULES = (
    Rule("codes", "sign_in_code", "expires_at < now() - $1::interval", _DAY, _NEEDED),
    Rule("tickets", "ticket", "expires_at < now() - $1::interval", _DAY, _NEEDED),
    Rule("answers", "idempotency", "created_at < now() - $1::interval", timedelta(hours=48), _NEEDED),
    Rule(
        "code messages",
        "message",
        "created_at < now() - $1::interval and kind = 'security' and body_sealed <> '' and state <> 'queued'",
        _DAY,
        _NEEDED,
        blank=_GONE,
    ),
    Rule(
        "messages",
        "message",
        "created_at < now() - $1::interval and body_sealed <> '' and state <> 'queued'",
        timedelta(days=90),
        _NEEDED,
        blank=_GONE,
    ),
    Rule("invitations", "invitation", "least(expires_at, used_at, revoked_at) < now() - $1::interval", timedelta(days=30), _NEEDED),
    # The log speaks of them, so the row stays; the address may say whose page it was, and the session must be free to go.
    Rule(
        "showings",
        "showing",
        "until < now() - $1::interval and (path <> '' or session_id is not null)",
        timedelta(days=30),
        _NEEDED,
        blank="path = '', session_id = null",
    ),
    Rule("sessions", "session", "least(expires_at, ended_at) < now() - $1::interval", timedelta(days=92), _AS_LOGS),
    Rule("api tokens", "api_token", "least(expires_at, revoked_at) < now() - $1::interval", timedelta(days=92), _AS_LOGS),
    # A grant that is over takes its tokens along.
    Rule("grants", "oauth_grant", "least(expires_at, ended_at) < now() - $1::interval", timedelta(days=92), _AS_LOGS),
    Rule("program tokens", "oauth_token", "expires_at < now() - $1::interval", timedelta(days=92), _AS_LOGS),
    Rule("passkey challenges", "passkey_challenge", "expires_at < now() - $1::interval", _DAY, _NEEDED),
    Rule("outside attempts", "outside_attempt", "expires_at < now() - $1::interval", _DAY, _NEEDED),
    # The log and the sessions say by which leave something was done: the row stays.
    Rule(
        "helpers",
        "helper",
        "least(until, ended_at) < now() - $1::interval and (token_hash is not null or phone_sealed is not null or relation <> 'other')",
        timedelta(days=30),
        _NEEDED,
        blank="phone_sealed = null, phone_index = null, token_hash = null, relation = 'other'",
    ),
    Rule("dead letters", "job", "state = 'dead' and run_at < now() - $1::interval", timedelta(days=90), _NEEDED),
    Rule("failures", "plugin_failure", "failed_at < now() - $1::interval", timedelta(days=30), _NEEDED),
    # The audit log says what became of each.
    Rule("approvals", "approval", "decided_at < now() - $1::interval", timedelta(days=92), _AS_LOGS),
    # What was read of a sheet, and what was wrong with it: the figures stay.
    Rule(
        "import files",
        "import_run",
        "created_at < now() - $1::interval and (file_name <> '' or content is not null or plan is not null or faults is not null)",
        timedelta(days=7),
        _NEEDED,
        blank="file_name = '', content = null, plan = null, faults = null",
    ),
    Rule("counts", "retention_count", "told_at < now() - $1::interval", timedelta(days=366), _NEEDED),
)

# What ends otherwise than by age; with a plugin means: with its own rows, at erasure, or when it is uninstalled.
BY_ERASURE, BY_LAW, BY_PLUGIN = "erasure", "law", "plugin"


@dataclass(frozen=True)
class Columns:
    """The columns of a table of the core, by their names with spaces.

    Attributes:
        plain: what tells nothing of anybody: ids too, which lead to nobody once the person is erased.
        personal: what tells of somebody or lets somebody in, by what ends it: names of rules, or one of the three words above.
    """

    plain: str
    personal: Mapping[str, str]


def _all_plain(columns: str) -> Columns:
    return Columns(columns, {})


# Every column of the core. A test reads the catalogue and fails on one that is not here.
COLUMNS: Mapping[str, Columns] = {
    "account_link": _all_plain("id one_tenant one_person other_tenant other_person created_at"),
    "alembic_version": _all_plain("version_num"),
    "api_token": Columns(
        "tenant_id id person_id role scopes created_at expires_at revoked_at last_used_on", {"name token_hash": "api tokens"}
    ),
    # What waits is over within a week, and then goes by its age.
    "approval": Columns(
        "tenant_id id plugin name operation permission asked_by asked_as on_behalf_of helping_id client_id shop_id language state asked_at"
        " expires_at decided_by decided_at",
        {"body_sealed body_hash why reason outcome": "approvals"},
    ),
    "approval_choice": _all_plain("tenant_id id plugin name since"),
    # Standards of Measures for the Safety of Personal Information, Article 8. Decision 0019: nothing is ever removed from the log, and no
    # number stands in it.
    "audit_entry": Columns("tenant_id id at actor_id on_behalf_of role plugin sentence subject_id", {"params before after": BY_LAW}),
    "audit_seal": _all_plain("tenant_id id number entry_hash seal sealed_at"),
    "audit_unsealed": _all_plain("tenant_id id at"),
    # Ids and figures: the host refuses an event with a text in it.
    "event_log": _all_plain("tenant_id id name version payload occurred_at"),
    "file": Columns("tenant_id id plugin media_type size sha256 public width height created_by created_at", {"name": BY_PLUGIN}),
    "helper": Columns(
        "tenant_id id merchant_id shop_id person_id limits created_at taken_at until ended_at",
        {"relation phone_index phone_sealed token_hash": "helpers"},
    ),
    "idempotency": Columns("tenant_id id operation key status content_type created_at", {"caller body request_hash": "answers"}),
    "import_run": Columns(
        "tenant_id id kind market_id state total seen added changed same refused created_by created_at finished_at",
        {"file_name content plan faults": "import files"},
    ),
    "inbox": _all_plain("tenant_id id plugin handler event_id handled_at"),
    "invitation": Columns(
        "tenant_id id role shop_id market_id invited_by created_at sent_at expires_at used_at used_by revoked_at",
        {"phone_index phone_sealed name token_hash": "invitations"},
    ),
    # A job that waits is done within the hour or put aside.
    "job": Columns(
        "tenant_id id plugin kind name event_id key state run_at attempts leased_until last_error created_at asked_by asked_as helping_id",
        {"payload": "dead letters"},
    ),
    "market": _all_plain(
        "tenant_id id natural_key name kind road_address lot_address market_days latitude longitude stated_shops goods vouchers homepage"
        " phone toilet parking opened_year data_date provider created_at updated_at"
    ),
    "market_day_exception": _all_plain("tenant_id id market_id day open"),
    "membership": _all_plain("tenant_id id person_id role shop_id market_id created_at ended_at"),
    "message": Columns(
        "tenant_id id kind template state created_at sent_at",
        {"recipient_sealed recipient_index": "messages", "body_sealed": "code messages"},
    ),
    # Of a program, which is nobody.
    "oauth_client": _all_plain("tenant_id id name redirect_uris scopes secret_hash unattended created_at ended_at"),
    "oauth_grant": Columns(
        "tenant_id id client_id person_id role scopes code_expires_at code_used_at created_at expires_at ended_at",
        {"redirect_uri code_hash code_challenge": "grants"},
    ),
    "oauth_token": Columns("tenant_id id grant_id kind scopes created_at expires_at used_at revoked_at", {"token_hash": "program tokens"}),
    # Of the platform's own people, whom no foundation knows.
    "operator_token": _all_plain("id token_hash created_at expires_at revoked_at"),
    "outbox": _all_plain("tenant_id id name version payload occurred_at"),
    "outside_attempt": Columns(
        "tenant_id id provider_id own_callback expires_at returned_at used_at proved_at",
        {"state_hash browser_hash held_sealed proved_sealed": "outside attempts"},
    ),
    "outside_login": Columns("tenant_id id provider_id person_id created_at", {"subject_index subject_sealed": BY_ERASURE}),
    # Of the foundation and the provider, and of nobody.
    "outside_provider": _all_plain("tenant_id id kind label issuer client_id secret_sealed own_callback enabled created_at"),
    "passkey": Columns("tenant_id id person_id sign_count created_at used_at", {"credential_id public_key name": BY_ERASURE}),
    "passkey_challenge": Columns("tenant_id id expires_at", {"challenge_hash bound_to": "passkey challenges"}),
    "permission_choice": _all_plain("tenant_id id role person_id permission allowed created_at"),
    "person": Columns("tenant_id id language created_at", {"name phone_sealed phone_index phone_tail_index": BY_ERASURE}),
    "plugin_activation": _all_plain("tenant_id id plugin enabled changed_at rests_until rest_seconds recovered_at demo_until"),
    "plugin_failure": Columns("tenant_id id plugin hook failed_at", {"error trace": "failures"}),
    "plugin_opt_out": _all_plain("tenant_id id plugin shop_id created_at"),
    "plugin_setting": Columns("tenant_id id plugin shop_id changed_at", {"chosen": BY_PLUGIN}),
    "plugin_uninstalled": _all_plain("plugin at"),
    "recovery_code": Columns("tenant_id id person_id used_at", {"code_hash": BY_ERASURE}),
    "retention_count": _all_plain("tenant_id id day rule removed told_at"),
    "schedule": _all_plain("tenant_id id plugin name next_at"),
    "second_factor": Columns("tenant_id id person_id app_step app_since tries tries_since", {"app_sealed": BY_ERASURE}),
    "session": Columns(
        "tenant_id id person_id shop_id created_at expires_at ended_at factor_at helping_id watching_id", {"token_hash device": "sessions"}
    ),
    # What a shop tells its customers of itself: public, as the sign above its door.
    "shop": _all_plain("tenant_id id market_id name stall category goods business_number phone status created_at updated_at"),
    "showing": Columns("tenant_id id merchant_id session_id staff_id created_at allowed_at until ended_at", {"path": "showings"}),
    "sign_in_code": Columns(
        "tenant_id id tries created_at expires_at used_at",
        {"phone_index phone_sealed device_hash code_hash link_hash next_path": "codes"},
    ),
    "tenant": _all_plain("id slug name body_type locale timezone status seal colour sender created_at"),
    "tenant_host": _all_plain("host tenant"),
    "ticket": Columns("tenant_id id purpose expires_at used_at", {"token_hash held_sealed": "tickets"}),
}


async def remove_batch(db: Database, rule: Rule) -> int:
    """Remove one batch and count it in the same transaction; a killed run has removed what is counted, and nothing else."""
    removed = await db.fetch_value(rule.sql, rule.age, BATCH)
    if not isinstance(removed, int) or not removed:
        return 0
    await db.execute(
        """
        insert into core.retention_count (id, day, rule, removed) values ($1, (now() at time zone 'Asia/Seoul')::date, $2, $3)
        on conflict (tenant_id, day, rule) do update set told_at = null,
          removed = excluded.removed + case when retention_count.told_at is null then retention_count.removed else 0 end
        """,
        uuid7(),
        rule.name,
        removed,
    )
    return removed


async def retain(ctx: OutsideContext) -> None:
    """Remove what is due, batch by batch, then say in one sentence how much. A run that was cut off is made up for by the next."""
    for rule in RULES:
        more = True
        while more:
            async with ctx.transaction() as context:
                more = await remove_batch(context.db, rule) == BATCH
    async with ctx.transaction() as context:
        rows = await context.db.fetch(
            "select id, day, rule, removed from core.retention_count where told_at is null order by day, rule for update"
        )
        if rows:
            counts = {str(row["rule"]): int(str(row["removed"])) for row in rows}
            await context.audit.record("identity.audit.retained", None, after=counts, count=sum(counts.values()))
            await context.db.execute("update core.retention_count set told_at = now() where told_at is null")


# When nobody works, by the clock of the foundation.
SCHEDULE = Schedule("retention", retain, at=time(3, 10))
# It opens its transactions itself, as one that calls others does; begun again it goes on at what is left.
RETAIN = Job(SCHEDULE.name, retain, None, TRIES, outside=True)
