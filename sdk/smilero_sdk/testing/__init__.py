"""The test kit for authors of plugins: a pytest plugin with a running host, two foundations, and the contract suite.

It is found by pytest itself (`pytest11`), and finds the application by the entry point group `smilero.testhost`: nothing
here imports the application, so a plugin's unit tests run where it is not installed.
"""

from smilero_sdk.testing.client import Answer, Client
from smilero_sdk.testing.host import Address, Door, Foundation, Host, HostMaker, Sent

__all__ = ["Address", "Answer", "Client", "Door", "Foundation", "Host", "HostMaker", "Sent"]
