"""Papers drawn for good and read back: size, words, codes, what a font lacks, and how many at once."""

import asyncio
import threading
from dataclasses import replace

import pytest

from smilero_sdk.errors import Problem
from smilero_sdk.papers import MOST_ROWS, MOST_SLIPS, Column, Paper, Roll, Slips, Stand
from smilero_tenants.papers.glyphs import GAP, letters
from smilero_tenants.papers.typesetting import Look, Typesetter
from smilero_web.static_files import PICTURE_FONTS
from tests.support.pdf import read_pdf
from tests.support.qr import codes_of

LONG = "부평깡통시장 원조 할머니 손두부와 순두부 그리고 수제 메밀묵을 파는 아주 오래된 가게 본점"
LOOK = Look(
    name="부산광역시 동래구 전통시장상권활성화재단",
    seal="동",
    colour="#0b6e4f",
    shop=LONG,
    place="부평깡통시장 2층 나-117호",
    made="2026년 11월 24일",
    gap="없는 글자가 있어요",
    code="네모 무늬",
    language="ko",
    origin="http://busan.localhost",
)
FONT = letters(PICTURE_FONTS / "Pretendard-Regular.otf")


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter(PICTURE_FONTS)


def numbers(count: int) -> tuple[str, ...]:
    return tuple(f"{number * 4919 % 1_000_000:06d}" for number in range(1, count + 1))


def roll(rows: int, columns: int = 3) -> Roll:
    heads = tuple(Column(f"칸 {number}", number=number == 2) for number in range(columns))
    return Roll("점포", heads, tuple(tuple(f"{row}-{number} 누리빵집" for number in range(columns)) for row in range(rows)), ("줄",))


def test_a_stand_is_one_a5_that_says_whose_it_is_and_where_it_leads(typesetter: Typesetter) -> None:
    made = typesetter.set(Stand("2,000원 깎아 드려요", ("한 사람 한 장", "찍어 보세요"), "/coupons/c/1"), LOOK)
    pdf = read_pdf(made)
    assert [page.size for page in pdf.pages] == [(148, 210)]
    assert all(words in pdf.text for words in (LOOK.name, "2,000원 깎아 드려요", "한 사람 한 장", "찍어 보세요", LONG, LOOK.place))
    assert codes_of(made) == ["http://busan.localhost/coupons/c/1"]
    # Whoever hears it is told the language and what it is.
    assert (pdf.language, pdf.title, pdf.tagged) == ("ko", "2,000원 깎아 드려요", True)


@pytest.mark.parametrize("title", [LONG, "가" * 119, "Знижка " * 15, "a" * 119, "", "나"])
def test_whatever_its_words_it_stays_on_one_page(typesetter: Typesetter, title: str) -> None:
    paper = Stand(title, (LONG,) * 9, "https://elsewhere.example/" + "x" * 300)
    assert len(read_pdf(typesetter.set(paper, LOOK)).pages) == 1


def test_without_a_code_or_a_shop_there_is_none(typesetter: Typesetter) -> None:
    made = typesetter.set(Stand("오늘은 쉽니다"), replace(LOOK, shop="", place=""))
    assert codes_of(made) == []
    assert "누리" not in read_pdf(made).text


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (8, 1), (9, 2), (200, 25)])
def test_slips_have_each_its_number(typesetter: Typesetter, count: int, pages: int) -> None:
    paper = Slips("2,000원 깎아 드려요", numbers(count), ("11월 30일까지",), "/coupons/r/{number}")
    made = typesetter.set(paper, LOOK)
    pdf = read_pdf(made)
    assert [page.size for page in pdf.pages] == [(210, 297)] * pages
    assert all(pdf.text.count(f"{one[:3]} {one[3:]}") == 1 for one in paper.numbers)
    assert codes_of(made) == [f"http://busan.localhost/coupons/r/{one}" for one in paper.numbers]


def test_long_words_push_no_slip_off_its_place(typesetter: Typesetter) -> None:
    paper = Slips(LONG, numbers(8), (LONG, LONG), None)
    made = typesetter.set(paper, replace(LOOK, place=LONG))
    assert len(read_pdf(made).pages) == 1
    assert codes_of(made) == list(paper.numbers)


def test_a_list_repeats_its_heads_and_counts_its_pages(typesetter: Typesetter) -> None:
    pdf = read_pdf(typesetter.set(roll(100), LOOK))
    last = len(pdf.pages)
    assert last > 2
    for number, page in enumerate(pdf.pages, 1):
        assert page.size == (210, 297)
        assert all(words in page.text for words in ("칸 0", "칸 2", LOOK.name, LOOK.made, f"{number} / {last}"))
    assert all(f"{row}-{number} 누리빵집" in pdf.text for row in range(100) for number in range(3))


def test_many_columns_lie_on_their_side(typesetter: Typesetter) -> None:
    assert {page.size for page in read_pdf(typesetter.set(roll(3, 6), LOOK)).pages} == {(297, 210)}


def test_no_words_are_read_as_markup(typesetter: Typesetter) -> None:
    strange = "#panic() $x$ *별* _줄_ \\ `code` [칸] <이름> @누구 // 말"
    papers: list[Paper] = [Stand(strange, (strange,)), Slips(strange, ("1",)), Roll(strange, (Column(strange),), ((strange,),), (strange,))]
    for paper in papers:
        text = read_pdf(typesetter.set(paper, replace(LOOK, name=strange, shop=strange))).text
        # A line may be set in several pieces.
        assert strange.replace(" ", "") in text.replace(" ", "")


class TestLetters:
    def test_korean_vietnamese_and_ukrainian_are_written_and_chinese_is_not(self) -> None:
        written = "가힣뷁0Az₩ ăâđêôơưẮẶỂỖỘỞỮỴ абвгґдеєжзиіїйклмнопрстуфхцчшщьюяҐЄІЇ …·"
        assert [sign for sign in written if ord(sign) not in FONT] == []
        assert not {ord(sign) for sign in "优惠券东來王"} & FONT
        assert ord(GAP) in FONT

    def test_what_a_font_lacks_is_left_out_of_a_sheet(self, typesetter: Typesetter) -> None:
        pdf = read_pdf(typesetter.set(Stand("東來 파전 🍞\u202e\x00나누기", ("优惠",)), LOOK))
        assert "파전 나누기" in pdf.text
        assert GAP not in pdf.text
        assert LOOK.gap not in pdf.text

    def test_a_list_shows_that_a_letter_is_missing_and_says_so(self, typesetter: Typesetter) -> None:
        paper = Roll("참가한 사람", (Column("이름"),), (("王芳",), ("김누리",)))
        text = read_pdf(typesetter.set(paper, LOOK)).text
        assert f"{GAP}{GAP} 김누리" in text
        assert LOOK.gap in text
        assert LOOK.gap not in read_pdf(typesetter.set(replace(paper, rows=(("김누리",),)), LOOK)).text

    def test_letters_written_apart_are_put_together(self, typesetter: Typesetter) -> None:
        assert "한글" in read_pdf(typesetter.set(Stand("\u1112\u1161\u11ab\u1100\u1173\u11af"), LOOK)).text


class TestBounds:
    async def test_what_is_too_long_is_refused_before_it_begins(self, typesetter: Typesetter) -> None:
        for paper, most in (
            (roll(MOST_ROWS + 1, 1), MOST_ROWS),
            (roll(1_251, 12), 1_250),
            (Slips("말", ("1",) * (MOST_SLIPS + 1)), MOST_SLIPS),
        ):
            with pytest.raises(Problem) as told:
                await typesetter.pdf(paper, LOOK)
            assert (told.value.code, told.value.status, told.value.params["most"]) == ("papers.too_long", 422, most)

    def test_a_row_that_does_not_fit_is_its_authors_error(self) -> None:
        with pytest.raises(ValueError, match="columns"):
            Roll("목록", (Column("하나"), Column("둘")), (("하나",),))

    async def test_two_at_once_and_the_third_waits_but_not_for_ever(self) -> None:
        held = _Held()
        first, second = (asyncio.create_task(held.pdf(Stand(name), LOOK)) for name in ("하나", "둘"))
        try:
            for _ in range(2):
                await asyncio.to_thread(held.begun.acquire)
            await busy(held)
            # Whoever asked goes away: the turn is taken until the work is done.
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)
            await busy(held)
        finally:
            held.go.set()
        assert (await second).startswith(b"%PDF")
        assert (await held.pdf(Stand("셋"), LOOK)).startswith(b"%PDF")


async def busy(typesetter: Typesetter) -> None:
    with pytest.raises(Problem) as told:
        await typesetter.pdf(Stand("셋"), LOOK)
    assert (told.value.code, told.value.status) == ("papers.busy", 503)


class _Held(Typesetter):
    """Begins, and goes on when it is told."""

    def __init__(self) -> None:
        super().__init__(PICTURE_FONTS, patience=0.05)
        self.begun = threading.Semaphore(0)
        self.go = threading.Event()

    def set(self, paper: Paper, look: Look) -> bytes:
        self.begun.release()
        self.go.wait()
        return super().set(paper, look)
