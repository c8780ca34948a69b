"""Days, money, figures, telephone numbers and particles as people write them, in five languages."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from smilero_core.identity.phone import hyphened
from smilero_core.registry.calendar import kst_today
from smilero_coupons.periods import day_of, end_of
from smilero_sdk.i18n import LANGUAGES, Catalogue, in_language, with_particle
from smilero_web.templating import Templates, tel

SEOUL = "Asia/Seoul"
NARROW = "\u00a0"
DAYS = {
    date(2026, 11, 23): ("11월 23일 (월)", "Mon, Nov 23", "11月23日周一", "Th 2, 23 thg 11", "пн, 23 лист."),
    date(2027, 1, 1): ("1월 1일 (금)", "Fri, Jan 1", "1月1日周五", "Th 6, 1 thg 1", "пт, 1 січ."),
    date(2028, 2, 29): ("2월 29일 (화)", "Tue, Feb 29", "2月29日周二", "Th 3, 29 thg 2", "вт, 29 лют."),
    date(2026, 12, 31): ("12월 31일 (목)", "Thu, Dec 31", "12月31日周四", "Th 5, 31 thg 12", "чт, 31 груд."),
}
MONEY = {
    0: ("0원", "₩0", "0 韩元", "₩0", "0 вон"),
    500: ("500원", "₩500", "500 韩元", "₩500", "500 вон"),
    1_000: ("1,000원", "₩1,000", "1,000 韩元", "₩1.000", f"1{NARROW}000 вон"),
    12_000: ("12,000원", "₩12,000", "12,000 韩元", "₩12.000", f"12{NARROW}000 вон"),
    1_234_567: ("1,234,567원", "₩1,234,567", "1,234,567 韩元", "₩1.234.567", f"1{NARROW}234{NARROW}567 вон"),
}
FIGURES = {
    999: ("999",) * 5,
    26_638: ("26,638", "26,638", "26,638", "26.638", f"26{NARROW}638"),
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.of(["smilero_sdk", "smilero_web", "smilero_coupons", "smilero_storefront"])


@pytest.fixture(scope="module")
def templates(catalogue: Catalogue) -> Templates:
    return Templates(catalogue, {})


def written(templates: Templates, source: str) -> tuple[str, ...]:
    return tuple(str(templates.drawn(f"{{{{ {source} }}}}", language)) for language in LANGUAGES)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_day(templates: Templates, day: date) -> None:
    environment = [templates._environment(language) for language in LANGUAGES]  # noqa: SLF001 - a date is no literal of a template
    assert tuple(one.from_string("{{ date(day) }}").render(day=day) for one in environment) == DAYS[day]


@pytest.mark.parametrize("amount", MONEY)
def test_money(templates: Templates, catalogue: Catalogue, amount: int) -> None:
    assert written(templates, f"won({amount})") == MONEY[amount]
    figures = [catalogue.text(language, "coupons.benefit.won", value=amount) for language in LANGUAGES]
    digits = MONEY[amount][0].removesuffix("원")
    assert figures == [
        f"{digits}원 깎아 드려요",
        f"{digits} won off",
        f"减 {digits} 韩元",
        f"Giảm {digits.replace(',', '.')} won",
        f"Знижка {digits.replace(',', NARROW)} вон",
    ]


@pytest.mark.parametrize("figure", FIGURES)
def test_figures(templates: Templates, figure: int) -> None:
    assert written(templates, f"number({figure})") == FIGURES[figure]


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, ("0곳", "0 markets", "0 个", "0 chợ", "0 ринків")),
        (1, ("1곳", "1 market", "1 个", "1 chợ", "1 ринок")),
        (2, ("2곳", "2 markets", "2 个", "2 chợ", "2 ринки")),
        (5, ("5곳", "5 markets", "5 个", "5 chợ", "5 ринків")),
        (11, ("11곳", "11 markets", "11 个", "11 chợ", "11 ринків")),
        (21, ("21곳", "21 markets", "21 个", "21 chợ", "21 ринок")),
        (22, ("22곳", "22 markets", "22 个", "22 chợ", "22 ринки")),
        (112, ("112곳", "112 markets", "112 个", "112 chợ", "112 ринків")),
        (1_001, ("1,001곳", "1,001 markets", "1,001 个", "1.001 chợ", f"1{NARROW}001 ринок")),
    ],
)
def test_how_many(catalogue: Catalogue, count: int, said: tuple[str, ...]) -> None:
    told = [catalogue.text(language, "storefront.home.open", count=count) for language in LANGUAGES]
    assert [f"<b>{words}</b>" in text for words, text in zip(said, told, strict=True)] == [True] * 5, told


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-24T14:59:59Z", "2026-11-24"),
        ("2026-11-24T14:59:59.999999Z", "2026-11-24"),
        ("2026-11-24T15:00:00Z", "2026-11-25"),
        ("2026-11-24T00:00:00Z", "2026-11-24"),
        ("2026-12-31T15:00:00Z", "2027-01-01"),
        ("2028-02-28T15:00:00Z", "2028-02-29"),
        ("2026-11-24T23:59:59+09:00", "2026-11-24"),
        ("2026-11-25T00:00:00+09:00", "2026-11-25"),
    ],
)
def test_which_day_it_is_at_the_market(moment: str, day: str) -> None:
    at = datetime.fromisoformat(moment)
    today = date.fromisoformat(day)
    assert (day_of(at, SEOUL), kst_today(at)) == (today, today)
    assert end_of(today - timedelta(days=1), SEOUL) <= at < end_of(today, SEOUL)
    assert day_of(end_of(today, SEOUL), SEOUL) == today + timedelta(days=1), "midnight is the next day's"
    assert day_of(end_of(today, SEOUL).astimezone(UTC) - timedelta(microseconds=1), SEOUL) == today


@pytest.mark.parametrize(
    ("number", "shown", "dialled"),
    [
        ("021234567", "02-123-4567", "021234567"),
        ("02 1234 5678", "02-1234-5678", "0212345678"),
        ("0317554214", "031-755-4214", "0317554214"),
        ("051)243-1128", "051-243-1128", "0512431128"),
        ("01012345678", "010-1234-5678", "01012345678"),
        ("0111234567", "011-123-4567", "0111234567"),
        ("07012345678", "070-1234-5678", "07012345678"),
        ("0801234567", "080-123-4567", "0801234567"),
        ("050512345678", "0505-1234-5678", "050512345678"),
        ("05051234567", "0505-123-4567", "05051234567"),
        ("15881234", "1588-1234", "15881234"),
        ("1670-0000", "1670-0000", "16700000"),
        ("+82 10-1234-5678", "010-1234-5678", "+821012345678"),
        ("+82212345678", "02-1234-5678", "+82212345678"),
        ("+82 (0)2 1234 5678", "02-1234-5678", "+820212345678"),
        ("+82 70 1234 5678", "070-1234-5678", "+827012345678"),
        ("+82 1588 1234", "1588-1234", "+8215881234"),
        ("+1 415 555 0100", "+1 415 555 0100", "+14155550100"),
        ("1330", "1330", "1330"),
        ("", "", ""),
    ],
)
def test_a_telephone_number(number: str, shown: str, dialled: str) -> None:
    assert (hyphened(number), tel(number)) == (shown, f"tel:{dialled}")


@pytest.mark.parametrize(
    ("name", "particles"),
    [
        ("모란시장", "은 이 을 으로 과"),
        ("중앙로", "는 가 를 로 와"),
        ("서울", "은 이 을 로 과"),
        # Figures as they are spoken: 영, 일, 이, 삼 …
        ("동문 0", "은 이 을 으로 과"),
        ("가게 1", "은 이 을 로 과"),
        ("카페 24", "는 가 를 로 와"),
        ("B-612", "는 가 를 로 와"),
        ("GS25", "는 가 를 로 와"),
        ("10%", "는 가 를 로 와"),
        # Letters that are spelled: 엘, 엠, 엔, 에프 …
        ("KFC", "는 가 를 로 와"),
        ("ATM", "은 이 을 으로 과"),
        ("LH", "는 가 를 로 와"),
        ("A", "는 가 를 로 와"),
        ("L", "은 이 을 로 과"),
        # Words of Latin letters: 스마일, 카페, 마켓, 북, 브레드, 스타, 킹.
        ("Smile", "은 이 을 로 과"),
        ("Cafe", "는 가 를 로 와"),
        ("MARKET", "은 이 을 으로 과"),
        ("Old Book", "은 이 을 으로 과"),
        ("Bread", "는 가 를 로 와"),
        ("Star", "는 가 를 로 와"),
        ("King", "은 이 을 으로 과"),
        # A remark, marks and pictures are not spoken.
        ("누리빵집(2층)", "은 이 을 으로 과"),
        ("누리가게(본점)", "는 가 를 로 와"),
        ("누리카페 [휴무]", "는 가 를 로 와"),
        ("(주)한빛", "은 이 을 으로 과"),
        ("(본점)", "은 이 을 으로 과"),
        ("가게 “봄”", "은 이 을 으로 과"),
        ("봄!", "은 이 을 으로 과"),
        ("누리빵집🍞", "은 이 을 으로 과"),
        ("누리가게 🧑‍🍳", "는 가 를 로 와"),
        ("누리빵집 (본점) ❤️", "은 이 을 으로 과"),
        ("🍞", "는 가 를 로 와"),
        ("本家", "는 가 를 로 와"),
        ("", "는 가 를 로 와"),
    ],
)
def test_a_particle_follows_how_a_name_is_spoken(name: str, particles: str) -> None:
    said = [with_particle(name, pair) for pair in ("은/는", "이/가", "을/를", "으로/로", "과/와")]
    assert said == [name + particle for particle in particles.split()]


@pytest.mark.parametrize(
    ("language", "said"),
    [("ko", "쿠폰"), ("en", "Coupons"), ("uk", "Купони"), ("vi", "Coupons"), ("zh", "Coupons")],
)
def test_words_of_a_manifest_fall_back_as_a_sentence_does(language: str, said: str) -> None:
    assert in_language({"ko": "쿠폰", "en": "Coupons", "uk": "Купони"}, language) == said
    assert in_language({"ko": "쿠폰"}, language) == "쿠폰"


def test_a_sentence_of_its_own_writes_the_particle(tmp_path: Path) -> None:
    (tmp_path / "locale").mkdir()
    (tmp_path / "locale" / "ko.po").write_text('msgid "a.said"\nmsgstr "{name:이/가} {count}개"\n', encoding="utf-8")
    made = Catalogue()
    made.add_folder(tmp_path)
    assert made.text("ko", "a.said", name="누리빵집(2층)", count=12_000) == "누리빵집(2층)이 12,000개"
