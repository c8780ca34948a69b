"""What the switches of console and portal post, and what a plugin is called on them."""

from smilero_sdk.i18n import in_language
from smilero_sdk.manifest import Plugin
from smilero_sdk.pages import Form


class Switch(Form):
    """On or off: the state that is wanted, so that a double tap does not undo itself.

    Attributes:
        agreed: whether what the plugin deals with was read.
    """

    enabled: bool
    agreed: bool = False
    idempotency_key: str = ""


def title_of(plugin: Plugin, language: str) -> str:
    """What people call it."""
    return in_language(plugin.title, language)
