"""Foundations to test with. Each is new, so tests need not clean up after each other."""

from dataclasses import dataclass
from uuid import UUID

from smilero_core.db.driver import Connection
from smilero_sdk.ids import uuid7


@dataclass(frozen=True)
class Planted:
    """A foundation with one of each."""

    tenant: UUID
    market: UUID
    shop: UUID
    person: UUID


async def plant(admin: Connection) -> Planted:
    """Write a new foundation as the superuser, whom row security does not stop."""
    planted = Planted(uuid7(), uuid7(), uuid7(), uuid7())
    slug = f"t{planted.tenant.hex[-20:]}"
    await admin.execute(
        """insert into core.tenant (id, slug, name, body_type, locale, timezone, status, seal, colour, sender)
           values ($1, $2, '시험 재단', 'foundation', 'ko', 'Asia/Seoul', 'active', '시', '#123456', '{}')""",
        planted.tenant,
        slug,
    )
    await admin.execute(
        """insert into core.market (tenant_id, id, natural_key, name, kind, road_address, lot_address, market_days, goods, vouchers,
                                    homepage, phone, provider)
           values ($1, $2, $3, '시험시장', '상설장', '', '', '매일', '{}', '{}', '', '', '')""",
        planted.tenant,
        planted.market,
        slug,
    )
    await admin.execute(
        """insert into core.shop (tenant_id, id, market_id, name, stall, category, goods, phone, status)
           values ($1, $2, $3, '시험가게', '1', '', '', '', 'open')""",
        planted.tenant,
        planted.shop,
        planted.market,
    )
    await admin.execute(
        "insert into core.person (tenant_id, id, name, language) values ($1, $2, '김시험', 'ko')", planted.tenant, planted.person
    )
    return planted
