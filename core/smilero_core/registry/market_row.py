"""One market of the national standard data set, and the key by which it is found again."""

import re
from dataclasses import dataclass, fields
from datetime import date
from typing import Final

from smilero_core.registry.calendar import MarketKind

_PROVINCES: Final = {
    "서울": ("서울특별시", "서울시"),
    "부산": ("부산광역시", "부산시"),
    "대구": ("대구광역시", "대구시"),
    "인천": ("인천광역시", "인천시"),
    "광주": ("광주광역시",),
    "대전": ("대전광역시", "대전시"),
    "울산": ("울산광역시", "울산시"),
    "세종": ("세종특별자치시", "세종시"),
    "경기": ("경기도",),
    "강원": ("강원특별자치도", "강원도"),
    "충북": ("충청북도",),
    "충남": ("충청남도",),
    "전북": ("전북특별자치도", "전라북도"),
    "전남": ("전라남도",),
    "경북": ("경상북도",),
    "경남": ("경상남도",),
    "제주": ("제주특별자치도", "제주특별자치시도", "제주도"),  # the second is a misprint of the 2024 edition
}
_SHORT: Final = {name: short for short, names in _PROVINCES.items() for name in (*names, short)}
_PROVINCE = "|".join(sorted(_SHORT, key=len, reverse=True))
_UNITS: Final = ("구", "군", "시")
_REGION = re.compile(rf"(?:(?P<province>{_PROVINCE})\s*)?(?P<district>[^\s\d]+?[시군구](?![시군구]))?")


@dataclass(frozen=True, slots=True)
class MarketRow:
    """What the standard data set says about one market; text is NFC with single spaces, empty when the file has none.

    Attributes:
        market_days: `매일` or `4일+9일`, ascending.
        latitude: WGS 84 degrees; None together with longitude.
        longitude: WGS 84 degrees; None together with latitude.
        shops: None when the file does not know.
        homepage: an http or https address, or empty.
        toilet: None when the file does not know, and so for parking.
        data_date: the day the provider's figures are of.
    """

    name: str
    kind: MarketKind
    road_address: str
    lot_address: str
    market_days: str
    latitude: float | None
    longitude: float | None
    shops: int | None
    goods: tuple[str, ...]
    vouchers: tuple[str, ...]
    homepage: str
    toilet: bool | None
    parking: bool | None
    opened_year: int | None
    phone: str
    data_date: date
    provider: str

    @property
    def key(self) -> str:
        """What makes the next import find this market; see `natural_key`."""
        return natural_key(self.name, lot_address=self.lot_address, road_address=self.road_address)

    def values(self) -> dict[str, object]:
        """Every field by its name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def natural_key(name: str, *, lot_address: str, road_address: str) -> str:
    """Return province, city (or county, or metropolitan district) and name, such as `경기 성남시 모란종합시장`.

    The name ignores spaces and case; old and new names of a province are one. The rest of the address is left out on
    purpose: one of its two forms may be missing, lots are corrected, districts within a city come and go (Bucheon's in 2016 and
    2024), and each would make a double at the next import. The lot address is asked first, the road address when it tells
    more. In the edition of 2024-11-04 the key is unique for all 1,388 markets. An address without a region is taken whole.
    """
    region = max(_region(lot_address), _region(road_address), key=len)
    place = " ".join(region) or "".join((lot_address or road_address).split())
    return f"{place} {''.join(name.split()).casefold()}"


def district(address: str) -> str:
    """The 구 or 군 of an address, else its 시, else its province: what people call the part of a foundation's area."""
    words = address.split()[:4]
    return next((word for unit in _UNITS for word in words[1:] if word.endswith(unit)), words[0] if words else "")


def _region(address: str) -> tuple[str, ...]:
    match = _REGION.match(address)
    province, district = match.group("province", "district") if match else (None, None)
    return tuple(filter(None, (_SHORT.get(province or ""), district)))
