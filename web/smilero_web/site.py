"""The frame that every page stands in: whose page it is, and whom to call."""

from smilero_sdk.context import Tenant

PLATFORM_SITE: dict[str, object] = {"name": "Smilero", "seal": "S", "phone": None, "me_url": None, "source": None}


def tenant_site(tenant: Tenant) -> dict[str, object]:
    """A foundation's frame, with no source of figures."""
    return {"name": tenant.name, "seal": tenant.seal, "phone": tenant.phone or None, "me_url": "/me", "source": None}
