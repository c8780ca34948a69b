"""A browser in the words of its owner: which kind of device, and which program."""

# The first mark that is found decides, so what others also claim to be stands behind them: every Android browser says Linux,
# nearly every browser says Safari.
_KINDS = (
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("android", "Android"),
    ("windows", "Windows"),
    ("chromebook", "CrOS"),
    ("mac", "Macintosh"),
    ("linux", "Linux"),
)
_PROGRAMS = (
    ("kakaotalk", "KAKAOTALK"),
    ("naver", "NAVER("),
    ("samsung", "SamsungBrowser"),
    ("whale", "Whale/"),
    ("edge", "Edg"),
    ("firefox", "Firefox/"),
    ("chrome", "CriOS/"),
    ("chrome", "Chrome/"),
    ("safari", "Safari/"),
)
OTHER = "other"
KINDS = frozenset({name for name, _ in _KINDS} | {OTHER})
PROGRAMS = frozenset({name for name, _ in _PROGRAMS} | {OTHER})


def device_of(user_agent: str) -> str:
    """`<kind>.<program>` of a User-Agent header, as `android.samsung`: enough to know one's own phone, and no more is kept."""
    return f"{_first(_KINDS, user_agent)}.{_first(_PROGRAMS, user_agent)}"


def told_device(stored: str) -> tuple[str, str]:
    """The kind and the program of what `device_of` made; `other` for what it does not know."""
    kind, _, program = stored.partition(".")
    return kind if kind in KINDS else OTHER, program if program in PROGRAMS else OTHER


def _first(marks: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for name, mark in marks if mark in text), OTHER)
