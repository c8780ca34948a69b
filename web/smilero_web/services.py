"""The services of a process, put together from all layers."""

from dataclasses import dataclass, fields, replace

from smilero_core.billing.payments import NoPayments
from smilero_core.files.store import FileStore
from smilero_core.identity.vault import Vault
from smilero_core.jobs.doorbell import Bell
from smilero_core.messaging.for_plugins import PluginMessages
from smilero_core.plugins.checking import Shown
from smilero_core.plugins.context import Context, HostServices, ShopSlots
from smilero_core.plugins.failure_log import FailureLog
from smilero_core.plugins.gate import PluginGate
from smilero_core.plugins.host import PluginHost
from smilero_core.plugins.watch import Watch
from smilero_core.realtime.hub import LiveHub
from smilero_sdk.i18n import Catalogue


@dataclass(frozen=True)
class Installed:
    """The plugins, everybody's sentences, and where files are: None where none can come or go."""

    host: PluginHost
    catalogue: Catalogue
    files: FileStore | None = None


@dataclass(frozen=True)
class Wires:
    """What only some processes have; see `HostServices`."""

    hub: LiveHub | None = None
    shop_slots: ShopSlots | None = None
    bell: Bell | None = None
    failures: FailureLog | None = None
    shown: Shown | None = None
    watch: Watch | None = None


def host_services(installed: Installed, gate: PluginGate, vault: Vault, wires: Wires = Wires()) -> HostServices:
    """What contexts are made of."""
    host, catalogue = installed.host, installed.catalogue

    def messages(context: Context) -> PluginMessages:
        templates = {one.name: one for one in host.plugins[context.plugin].messages}
        return PluginMessages(context.host, context.tenant.id, vault, catalogue, context.plugin, templates, context.ring)

    made = HostServices(host, gate, catalogue, vault, messages, lambda _: NoPayments(), files=installed.files)
    return replace(made, **{one.name: getattr(wires, one.name) for one in fields(wires)})
