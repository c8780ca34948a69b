"""Model modules by Tortoise app: the core's, every installed plugin's, and those of the tests' own."""

from importlib.metadata import entry_points
from importlib.util import find_spec

from smilero_core.models import CORE_MODELS

PROBE_MODELS = ("tests.probe.smilero_probe.models",)
TOLL_MODELS = ("tests.toll.smilero_toll.models",)


def model_apps() -> dict[str, tuple[str, ...]]:
    """What `init_models` and `find_drift` take."""
    plugins = {point.name: f"{point.module.partition('.')[0]}.models" for point in entry_points(group="smilero.plugins")}
    found = {name: (module,) for name, module in plugins.items() if find_spec(module)}
    return {"core": CORE_MODELS, **found, "probe": PROBE_MODELS, "toll": TOLL_MODELS}
