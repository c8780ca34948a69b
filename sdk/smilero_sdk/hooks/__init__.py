"""Hook specifications, one file a subject. `register_*`: once at start; `on_*`: told; `provide_*`: asked for what is used."""

import pluggy

NAMESPACE = "smilero"

# The modules of this package, each with the hooks of one subject.
SUBJECTS = ("demo", "events", "faces", "find", "jobs", "lifecycle", "people", "routes", "slots", "todos")

hookspec = pluggy.HookspecMarker(NAMESPACE)
hookimpl = pluggy.HookimplMarker(NAMESPACE)
