"""The words of which demo shops are made: what a market's goods bring, how such shops are called, and who keeps them."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from smilero_core.registry.categories import Category


class Trade(NamedTuple):
    """A way to run a shop: the pattern of its name, with `{word}` and `{market}`, and what it deals in."""

    pattern: str
    goods: str


def _trades(*lines: str) -> tuple[Trade, ...]:
    return tuple(Trade(f"{{word}}{ending}", goods) for line in lines for endings, goods in [line.split(": ")] for ending in endings.split())


def _words(*lines: str) -> tuple[str, ...]:
    return tuple(word for line in lines for word in line.split())


TRADES: Final[Mapping[Category, tuple[Trade, ...]]] = {
    Category.VEGETABLE: _trades("채소 야채 농산 상회: 채소", "나물집: 나물·버섯", "고추상회: 고추·마늘"),
    Category.FRUIT: _trades("과일 청과 농원: 과일", "과수원: 사과·배"),
    Category.GRAIN: _trades("쌀상회 곡물 잡곡: 쌀·잡곡", "방앗간 기름집: 참기름·고춧가루", "제분소: 고춧가루·미숫가루"),
    Category.MEAT: _trades("정육점 축산 한우 식육점: 소고기·돼지고기", "닭집: 닭·오리", "순대족발: 족발·머리고기"),
    Category.FISH: _trades("생선 수산: 생선", "활어 횟집: 활어회", "조개집: 조개·굴", "젓갈: 젓갈"),
    Category.DRIED: _trades("건어물 건어: 멸치·오징어", "김집: 김·미역", "굴비: 굴비·황태"),
    Category.SIDEDISH: _trades("반찬 찬방 찬가게: 반찬", "김치: 김치", "두부집 손두부: 두부", "전집: 전·튀김"),
    Category.RICECAKE: _trades("떡집 떡방앗간 떡방: 떡", "한과: 한과·강정"),
    Category.BAKERY: _trades("빵집 베이커리 제과 과자점: 빵", "도넛 꽈배기: 꽈배기·도넛"),
    Category.GROCERY: _trades("마트 슈퍼 식품 유통: 식료품", "어묵: 어묵", "식자재: 식자재"),
    Category.HERB: _trades("약초 건재 약업사: 약재", "인삼 홍삼: 인삼·홍삼", "건강원: 즙·건강식품"),
    Category.RESTAURANT: _trades(
        "국밥 돼지국밥: 국밥",
        "식당 밥집: 백반",
        "칼국수 손칼국수: 칼국수·수제비",
        "해장국: 해장국",
        "냉면 밀면: 냉면",
        "보리밥: 보리밥·비빔밥",
        "곱창: 곱창",
    ),
    Category.SNACK: _trades(
        "분식 떡볶이: 떡볶이·순대", "김밥: 김밥", "만두: 만두", "호떡 씨앗호떡: 호떡", "통닭 닭강정: 닭강정", "핫바: 핫바·튀김"
    ),
    Category.CAFE: _trades("커피 카페 다방: 커피", "찻집: 전통차", "식혜: 식혜·수정과"),
    Category.CLOTHES: _trades("의류 패션 옷집 양품: 옷", "속옷 내의: 속옷", "아동복: 아동복", "부띠끄 양장점: 여성복"),
    Category.HANBOK: _trades("한복 주단 우리옷: 한복"),
    Category.FABRIC: _trades("이불 침구 홈패션: 이불·침구", "원단 직물: 원단", "커튼: 커튼", "단추: 부자재"),
    Category.SHOES: _trades("신발 구두 제화 슈즈: 신발", "운동화: 운동화", "고무신: 고무신·장화"),
    Category.ACCESSORY: _trades(
        "잡화: 잡화", "가방: 가방", "모자: 모자", "금은방 귀금속: 귀금속", "시계: 시계", "화장품: 화장품", "공예: 공예품"
    ),
    Category.HOUSEHOLD: _trades(
        "그릇 주방: 그릇", "생활 만물상 잡화점: 생활용품", "가구: 가구", "조명: 조명", "전자: 가전제품", "문구: 문구·완구"
    ),
    Category.HARDWARE: _trades("철물: 철물", "공구 종합공구: 공구", "기계 기공: 기계", "전기: 전기재료", "건재상: 페인트·건자재"),
    Category.FLOWER: _trades("꽃집 꽃방 플라워: 꽃", "화원 농원: 화분·모종"),
    Category.BEAUTY: _trades("미용실 헤어 머리방: 머리 손질", "네일: 손톱 손질", "이발관: 이발"),
    Category.REPAIR: _trades("수선 옷수선: 옷 수선", "구두수선: 구두·열쇠", "세탁소: 세탁", "전파사: 가전 수리"),
    Category.SERVICE: _trades(
        "부동산: 부동산 중개", "학원: 학원", "약국: 약", "의원: 진료", "사진관: 사진", "안경: 안경", "인쇄: 인쇄", "휴대폰: 휴대폰"
    ),
    Category.OTHER: _trades("상사 상점 종합상사: 여러 가지", "도매: 도매", "창고: 보관"),
}

# What a word in 취급품목 brings, by weight; the first part that the word contains decides. The first eight are the standard's own.
MIXES: Final[tuple[tuple[str, Mapping[Category, int]], ...]] = (
    ("농산물", {Category.VEGETABLE: 8, Category.FRUIT: 5, Category.GRAIN: 4, Category.HERB: 1}),
    ("축산물", {Category.MEAT: 7}),
    ("수산물", {Category.FISH: 7, Category.DRIED: 4}),
    ("가공식품", {Category.SIDEDISH: 5, Category.RICECAKE: 3, Category.GROCERY: 4, Category.BAKERY: 2, Category.SNACK: 1}),
    ("의류", {Category.CLOTHES: 11, Category.HANBOK: 2, Category.FABRIC: 2}),
    ("신발", {Category.SHOES: 4}),
    ("가정용품", {Category.HOUSEHOLD: 6, Category.HARDWARE: 1, Category.FABRIC: 1}),
    ("음식점", {Category.RESTAURANT: 8, Category.SNACK: 5, Category.CAFE: 2}),
    ("생활서비스", {Category.BEAUTY: 2, Category.REPAIR: 2, Category.SERVICE: 2}),
    ("건어물", {Category.DRIED: 3}),
    ("수산", {Category.FISH: 3}),
    ("약초", {Category.HERB: 2}),
    ("약재", {Category.HERB: 2}),
    ("떡", {Category.RICECAKE: 2}),
    ("방앗간", {Category.GRAIN: 2}),
    ("제분", {Category.GRAIN: 2}),
    ("반찬", {Category.SIDEDISH: 2}),
    ("과자", {Category.GROCERY: 2}),
    ("슈퍼", {Category.GROCERY: 2}),
    ("마트", {Category.GROCERY: 2}),
    ("카페", {Category.CAFE: 2}),
    ("까페", {Category.CAFE: 2}),
    ("커피", {Category.CAFE: 2}),
    ("주점", {Category.RESTAURANT: 1}),
    ("한복", {Category.HANBOK: 3}),
    ("전통의상", {Category.HANBOK: 3}),
    ("부자재", {Category.FABRIC: 2}),
    ("원단", {Category.FABRIC: 3}),
    ("이불", {Category.FABRIC: 2}),
    ("침구", {Category.FABRIC: 2}),
    ("커튼", {Category.FABRIC: 1}),
    ("커텐", {Category.FABRIC: 1}),
    ("수선", {Category.REPAIR: 2}),
    ("세탁", {Category.REPAIR: 1}),
    ("미용", {Category.BEAUTY: 2}),
    ("네일", {Category.BEAUTY: 1}),
    ("피부", {Category.BEAUTY: 1}),
    ("꽃", {Category.FLOWER: 2}),
    ("화훼", {Category.FLOWER: 2}),
    ("화분", {Category.FLOWER: 1}),
    ("묘목", {Category.FLOWER: 1}),
    ("모종", {Category.FLOWER: 1}),
    ("철물", {Category.HARDWARE: 2}),
    ("공구", {Category.HARDWARE: 5}),
    ("기계", {Category.HARDWARE: 3}),
    ("산업용", {Category.HARDWARE: 3}),
    ("철강", {Category.HARDWARE: 2}),
    ("전기", {Category.HARDWARE: 2}),
    ("페인트", {Category.HARDWARE: 1}),
    ("자동차부품", {Category.HARDWARE: 1}),
    ("잡화", {Category.ACCESSORY: 4}),
    ("금은", {Category.ACCESSORY: 3}),
    ("귀금속", {Category.ACCESSORY: 3}),
    ("악세서리", {Category.ACCESSORY: 2}),
    ("장식품", {Category.ACCESSORY: 1}),
    ("핸드백", {Category.ACCESSORY: 2}),
    ("스카프", {Category.ACCESSORY: 1}),
    ("모자", {Category.ACCESSORY: 1}),
    ("화장품", {Category.ACCESSORY: 1}),
    ("공예", {Category.ACCESSORY: 1}),
    ("공방", {Category.ACCESSORY: 1}),
    ("민예품", {Category.ACCESSORY: 2}),
    ("기념품", {Category.ACCESSORY: 1}),
    ("특산품", {Category.GROCERY: 1}),
    ("골동품", {Category.HOUSEHOLD: 2}),
    ("그릇", {Category.HOUSEHOLD: 3}),
    ("주방", {Category.HOUSEHOLD: 2}),
    ("생활용품", {Category.HOUSEHOLD: 2}),
    ("가구", {Category.HOUSEHOLD: 2}),
    ("가전", {Category.HOUSEHOLD: 2}),
    ("전자", {Category.HOUSEHOLD: 3}),
    ("조명", {Category.HOUSEHOLD: 1}),
    ("문구", {Category.HOUSEHOLD: 1}),
    ("학원", {Category.SERVICE: 1}),
    ("병원", {Category.SERVICE: 1}),
    ("약국", {Category.SERVICE: 1}),
    ("부동산", {Category.SERVICE: 1}),
    ("사무", {Category.SERVICE: 1}),
    ("안경", {Category.SERVICE: 1}),
    ("휴대폰", {Category.SERVICE: 1}),
    ("", {Category.OTHER: 1}),
)

WORDS: Final = _words(
    "할매 할머니 원조 형제 자매 새벽 중앙 우리 고향 대박 행복 미소 정다운 명가 제일 으뜸 한아름 한마음 다정",
    "다복 풍년 풍성 대풍 만선 청춘 추억 엄마손 손맛 옛날 옛맛 시골 텃밭 들녘 산골 바다 포구 동백 진달래",
    "목련 소나무 은행나무 느티나무 옹달샘 샘터 참좋은 알뜰 착한 싱싱 햇살 푸른 초록 순이네 영이네 철이네",
    "민이네 은주네 수진이네 준호네 현수네 영자네 복순이네 이모네 삼촌네 고모네 외갓집 김씨네 박가네 이가네",
    "최가네 정가네 강씨네 장터 장날 골목 모퉁이 사거리 큰길 별빛 달님 은하 무지개 나들이 오복 만복 황금",
    "복돌이 복조리 두꺼비 까치 제비 청솔 한솔 늘봄 새봄 봄날 전주 남도 목포 통영 강릉 속초 순천 진주 안동",
    "충주 공주 논산 여수 삼천포 기장 제주 해남 완도 금산 강화 이천 영주 의성 나주 보성 담양 포항 영광 대성",
    "대일 신흥 한양 평화 부흥 신일 동광 태양 성일 덕성 영신 삼화 동양 대동 협동 성실 정직 광명 신신 화성",
    "동신 남일 서광 경일 창신",
)
PREFIXES: Final = (
    "원조",
    "소문난",
    "진짜",
    "옛날",
    "30년 전통",
    "2대째",
    "큰",
    "작은",
    "동문",
    "서문",
    "남문",
    "북문",
    "안쪽",
    "건너편",
    "첫집",
    "끝집",
    "새로운",
)
LONG_NAMES: Final[Mapping[Category, tuple[Trade, ...]]] = {
    Category.SIDEDISH: (
        Trade("{market} 원조 할머니 손두부와 순두부집", "두부"),
        Trade("{market} {word} 아침마다 무치는 나물과 반찬", "나물·반찬"),
    ),
    Category.RESTAURANT: (
        Trade("{market} {word} 가마솥 소머리국밥과 수육", "국밥·수육"),
        Trade("{word} 3대째 이어 온 손칼국수와 보리밥집", "칼국수·보리밥"),
    ),
    Category.RICECAKE: (Trade("{market} {word} 당일 찧은 쌀로 빚는 떡방앗간", "떡"),),
    Category.GRAIN: (Trade("{market} {word} 직접 짠 참기름 들기름 방앗간", "참기름·들기름"),),
    Category.CLOTHES: (Trade("{word} 큰옷 작은옷 여성복 전문 할인매장", "여성복"),),
    Category.FISH: (Trade("{market} {word} 새벽 경매 활어와 제철 조개", "활어·조개"),),
}

# The twenty most frequent surnames with their shares in per mille (2015 census, rounded), and names of those born from 1950 to 1985.
SURNAMES: Final[Mapping[str, int]] = {
    "김": 215, "이": 147, "박": 84, "최": 47, "정": 43, "강": 24, "조": 21, "윤": 21, "장": 20, "임": 17,
    "한": 15, "오": 15, "서": 15, "신": 15, "권": 14, "황": 14, "안": 14, "송": 14, "전": 11, "홍": 11,
}  # fmt: skip
GIVEN_NAMES: Final = _words(
    "영숙 정숙 영희 순자 경숙 미숙 영자 정희 순옥 말순 복순 춘자 옥자 명숙 현숙 은숙 혜숙 성숙 미경 은경",
    "혜경 미영 은영 선영 지영 은주 미란 경희 명희 은희 선희 금자 옥순 점순 정자 영애 정애 미애 순애 경자",
    "연희 수진 지연 은정 현정 미정 수정 혜진 영수 영호 영철 정호 성호 상철 종수 병철 성수 정수 광수 동수",
    "인수 철수 상호 진호 재호 경호 성진 영진 상진 용호 용수 기철 만수 덕수 종철 병호 재철 춘식 창호 동현",
    "성민 정훈 상훈 지훈 태호 승호 민호",
)

OFFICE: Final = {"owner": "박한결", "staff": "김나래", "officer": "최으뜸"}
CLERK: Final = "{surname}도움"
CUSTOMER: Final = "손님{number}"
"""How demo people are called who have no shop of their own."""
