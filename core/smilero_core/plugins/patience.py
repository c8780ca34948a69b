"""How long one request waits for plugins in all."""

# A page waits no longer than this for one plugin, and no longer than that for all of them: it is right within two seconds.
HOOK_SECONDS = 1.0
PAGE_SECONDS = 1.5


class Patience:
    """What a request has left, and whom it asks no more. One for each request, shared by its contexts."""

    def __init__(self) -> None:
        self._spent = 0.0
        self._out: set[tuple[str, str]] = set()

    @property
    def left(self) -> float:
        """Seconds."""
        return max(0.0, PAGE_SECONDS - self._spent)

    @property
    def left_out(self) -> frozenset[str]:
        """The plugins that failed in this request."""
        return frozenset(plugin for plugin, _ in self._out)

    def spend(self, seconds: float) -> None:
        """Take from what is left."""
        self._spent += seconds

    def give_up(self, plugin: str, hook: str) -> None:
        """Ask a plugin's hook no more: a page that asks for each of twenty shops does not wait twenty times."""
        self._out.add((plugin, hook))

    def gave_up(self, plugin: str, hook: str) -> bool:
        """Whether it failed in this request already."""
        return (plugin, hook) in self._out
