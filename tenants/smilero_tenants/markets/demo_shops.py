"""Makes up the shops that the standard file only counts: plausible for the market's goods, and the same every time."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from random import Random
from typing import Final

from smilero_core.registry.categories import Category
from smilero_core.registry.market_row import MarketRow
from smilero_tenants.markets.demo_words import GIVEN_NAMES, LONG_NAMES, MIXES, PREFIXES, SURNAMES, TRADES, WORDS

_WINGS = "가나다라마바사아자차카타파하"
_ONE_WING, _WING_SIZE = 80, 60
_BASEMENT_FROM, _BASEMENT_SHARE = 150, 10
_LONG_NAME_SHARE = 0.02
_SHORT_TRIES, _LONG_TRIES = 6, 34
_WORD_BREAK = re.compile(r"[\s.,()/]+")


@dataclass(frozen=True, slots=True)
class DemoShop:
    """A shop that does not exist.

    Attributes:
        stall: unique in its market, such as `12호`, `가동 7호` or `지하 3호`.
        goods: what it deals in, as its merchant would say.
        owner: a person's name.
        phone: none: a made-up number may be somebody's.
    """

    name: str
    category: Category
    stall: str
    goods: str
    owner: str
    phone: None = None


FIRST_MERCHANT_MARKET: Final = "경기 부천시 원미부흥시장"
FIRST_MERCHANT_SHOP: Final = DemoShop("누리빵집", Category.BAKERY, "12호", "천연발효빵", "한미경")
"""The bakery of demo merchant number one, in the market with the key above."""


def demo_shops(market: MarketRow) -> list[DemoShop]:
    """Return as many shops as the market counts, in the order of their stalls; none when the file does not know.

    No two of a market bear one name or stand at one stall.
    """
    seed = hashlib.sha256(market.key.encode()).digest()
    random = Random(seed)  # noqa: S311 - nothing here is secret, and the same shops are wanted again
    count = market.shops or 0
    mix = _mix(market.goods)
    categories = random.choices(list(mix), weights=list(mix.values()), k=count)
    taken = {FIRST_MERCHANT_SHOP.name}
    short_name, *_ = market.name.split("(")
    shops = [_shop(random, short_name, category, stall, taken) for category, stall in zip(categories, _stalls(count), strict=True)]
    if market.key == FIRST_MERCHANT_MARKET:
        return [FIRST_MERCHANT_SHOP if shop.stall == FIRST_MERCHANT_SHOP.stall else shop for shop in shops]
    return shops


def _mix(goods: tuple[str, ...]) -> Counter[Category]:
    words = [word for entry in goods for word in _WORD_BREAK.split(entry) if word] or ["농산물", "음식점"]
    total = Counter[Category]()
    for word in words:
        total.update(next(mix for part, mix in MIXES if part in word))
    return total


def _stalls(count: int) -> list[str]:
    basement = count // _BASEMENT_SHARE if count >= _BASEMENT_FROM else 0
    above = count - basement
    if above <= _ONE_WING:
        stalls = [f"{number}호" for number in range(1, above + 1)]
    else:
        size = ceil(above / min(ceil(above / _WING_SIZE), len(_WINGS)))
        stalls = [f"{_WINGS[at // size]}동 {at % size + 1}호" for at in range(above)]
    return stalls + [f"지하 {number}호" for number in range(1, basement + 1)]


def _shop(random: Random, market: str, category: Category, stall: str, taken: set[str]) -> DemoShop:
    long = category in LONG_NAMES and random.random() < _LONG_NAME_SHARE
    trade = random.choice(LONG_NAMES[category] if long else TRADES[category])
    names = (trade.pattern.format(market=market, word=word) for word in _words(random))
    name = next((name for name in names if name not in taken), f"{trade.pattern.format(market=market, word=WORDS[0])} {stall}")
    taken.add(name)
    (surname,) = random.choices(list(SURNAMES), weights=list(SURNAMES.values()))
    return DemoShop(name, category, stall, trade.goods, surname + random.choice(GIVEN_NAMES))


def _words(random: Random) -> Iterator[str]:
    """One word first, since most names are short; two when short ones are taken."""
    for _ in range(_SHORT_TRIES):
        yield random.choice(WORDS)
    for _ in range(_LONG_TRIES):
        yield f"{random.choice(PREFIXES)} {random.choice(WORDS)}"
