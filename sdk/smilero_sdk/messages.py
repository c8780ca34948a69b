"""What is told to people. The law's class of a message is fixed by its template, never by who sends it."""

from dataclasses import dataclass
from enum import StrEnum


class MessageKind(StrEnum):
    """The four classes of messages (`product.md`, Messaging).

    `security`: codes and links; the host's own. `service`: about one's own order, booking or round, never selling.
    `member`: a body's notices to its members. `advertising`: all else.
    """

    SECURITY = "security"
    SERVICE = "service"
    MEMBER = "member"
    ADVERTISING = "advertising"


@dataclass(frozen=True)
class MessageTemplate:
    """One message that a plugin sends. Its text is the sentence `<plugin>.message.<name>` of the plugin's catalogue."""

    name: str
    kind: MessageKind = MessageKind.SERVICE
