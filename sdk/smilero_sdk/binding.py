"""How a transaction is bound: the names that migrations, models and the host agree on."""

APP_ROLE = "smilero_app"
PLATFORM_ROLE = "smilero_platform"
CORE_SCHEMA = "core"
TENANT_SETTING = "app.tenant_id"

# nullif: after a SET LOCAL the setting is '' and not null. No tenant bound means no rows.
BOUND_TENANT = f"nullif(current_setting('{TENANT_SETTING}', true), '')::uuid"
TENANT_CONDITION = f"tenant_id = {BOUND_TENANT}"
