"""Why a plugin cannot be used."""


class PluginLoadError(Exception):
    """A plugin cannot be used; the start stops and names it.

    Attributes:
        name: the plugin, by its entry point.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"plugin {name!r}: {reason}")
        self.name = name
