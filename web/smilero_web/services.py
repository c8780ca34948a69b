"""The services of a process, put together from all layers."""

from dataclasses import dataclass

from smilero_core.billing.payments import NoPayments
from smilero_core.files.store import FileStore
from smilero_core.identity.vault import Vault
from smilero_core.messaging.for_plugins import PluginMessages
from smilero_core.plugins.context import Context, HostServices, ShopSlots
from smilero_core.plugins.gate import PluginGate
from smilero_core.plugins.host import PluginHost
from smilero_core.realtime.hub import LiveHub
from smilero_sdk.i18n import Catalogue


@dataclass(frozen=True)
class Installed:
    """The plugins, everybody's sentences, and where files are: None where none can come or go."""

    host: PluginHost
    catalogue: Catalogue
    files: FileStore | None = None


def host_services(
    installed: Installed, gate: PluginGate, vault: Vault, *, hub: LiveHub | None = None, shop_slots: ShopSlots | None = None
) -> HostServices:
    """What contexts are made of.

    Args:
        hub: None where nobody can listen, as in a command of the shell.
        shop_slots: None where no page is shown.
    """
    host, catalogue = installed.host, installed.catalogue

    def messages(context: Context) -> PluginMessages:
        templates = {one.name: one for one in host.plugins[context.plugin].messages}
        return PluginMessages(context.host, context.tenant.id, vault, catalogue, context.plugin, templates)

    return HostServices(host, gate, catalogue, vault, messages, lambda _: NoPayments(), hub, installed.files, shop_slots)
