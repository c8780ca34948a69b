"""Every model module of the core: what Tortoise loads under the app `core`."""

CORE_MODELS = (
    "smilero_core.tenancy.models",
    "smilero_core.registry.models",
    "smilero_core.registry.import_models",
    "smilero_core.identity.models",
    "smilero_core.identity.outside.models",
    "smilero_core.identity.program_models",
    "smilero_core.plugins.models",
    "smilero_core.plugins.approval_models",
    "smilero_core.messaging.models",
    "smilero_core.events.models",
    "smilero_core.jobs.models",
    "smilero_core.audit.models",
    "smilero_core.files.models",
    "smilero_core.idempotency.models",
)
