"""Hook specifications, one file a subject. `register_*` runs once at start, `provide_*` gives what a page shows."""

import pluggy

NAMESPACE = "smilero"

hookspec = pluggy.HookspecMarker(NAMESPACE)
hookimpl = pluggy.HookimplMarker(NAMESPACE)
