"""The services of a process, put together from all layers."""

from dataclasses import dataclass, replace

from smilero_core.billing.payments import NoPayments
from smilero_core.identity.vault import Vault
from smilero_core.messaging.for_plugins import PluginMessages
from smilero_core.plugins.checking import Shown
from smilero_core.plugins.context import Context, HostServices, ShopSlots
from smilero_core.plugins.failure_log import FailureLog
from smilero_core.plugins.gate import PluginGate
from smilero_core.plugins.host import PluginHost
from smilero_core.realtime.hub import LiveHub
from smilero_sdk.i18n import Catalogue


@dataclass(frozen=True)
class Installed:
    """The plugins and everybody's sentences."""

    host: PluginHost
    catalogue: Catalogue


@dataclass(frozen=True)
class Served:
    """What only a process that serves has.

    Attributes:
        shown: what pages can show.
    """

    hub: LiveHub
    shop_slots: ShopSlots
    failures: FailureLog
    shown: Shown


def host_services(installed: Installed, gate: PluginGate, vault: Vault, served: Served | None = None) -> HostServices:
    """What contexts are made of.

    Args:
        served: None in a command of the shell.
    """
    host, catalogue = installed.host, installed.catalogue

    def messages(context: Context) -> PluginMessages:
        templates = {one.name: one for one in host.plugins[context.plugin].messages}
        return PluginMessages(context.host, context.tenant.id, vault, catalogue, context.plugin, templates)

    made = HostServices(host, gate, catalogue, vault, messages, lambda _: NoPayments())
    if served is None:
        return made
    return replace(made, hub=served.hub, shop_slots=served.shop_slots, failures=served.failures, shown=served.shown)
