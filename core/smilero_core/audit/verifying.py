"""Proving that the log is what was sealed: every entry against its link, every link against the one before it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from smilero_core.audit.content import COLUMNS, FIRST, Link, entry_hash
from smilero_core.db.driver import Record
from smilero_core.db.session import Session

_PAGE = 2_000

_LINKS = f"""
    select s.tenant_id as tenant, s.id as entry, s.number, s.entry_hash, s.seal, s.sealed_at, {", ".join(f"e.{name}" for name in COLUMNS)}
    from core.audit_seal s left join core.audit_entry e on e.tenant_id = s.tenant_id and e.id = s.id
    where s.number > $1 order by s.number limit {_PAGE}
"""  # noqa: S608 - constants of this package

# Every entry is written with its place in the queue, and leaves it for a link: one with neither came in by another way.
_STRAY = """
    select e.id from core.audit_entry e
    where not exists (select from core.audit_seal s where s.tenant_id = e.tenant_id and s.id = e.id)
      and not exists (select from core.audit_unsealed u where u.tenant_id = e.tenant_id and u.id = e.id)
    order by e.id
"""

_TAIL = """
    select count(e.id) as entries, extract(epoch from clock_timestamp() - min(e.at))::float8 as seconds,
      coalesce(array_agg(u.id order by u.id) filter (where e.id is null), '{}') as lost
    from core.audit_unsealed u left join core.audit_entry e on e.tenant_id = u.tenant_id and e.id = u.id
"""


class Damage(StrEnum):
    """What is wrong with a row."""

    ALTERED = "altered"
    MISSING = "missing"
    INSERTED = "inserted"
    SEAL_ALTERED = "seal_altered"
    SEAL_MISSING = "seal_missing"
    # The chain is in itself whole, and is not the one whose head was noted.
    HEAD = "head"


@dataclass(frozen=True)
class Break:
    """One row that is not as it was.

    Attributes:
        entry: the id of the row; None where only the link's number is known.
        number: of its link; None for a row without one.
    """

    damage: Damage
    entry: UUID | None
    number: int | None


@dataclass(frozen=True)
class Head:
    """The last link: noted elsewhere, it proves later that nothing up to it was cut off or made anew.

    Attributes:
        seal: in hexadecimal.
    """

    number: int = 0
    seal: str = FIRST.hex()


@dataclass
class Verdict:
    """What was found.

    Attributes:
        sealed: how many links.
        unsealed: how many entries wait.
        unsealed_seconds: since when the oldest of them does.
        breaks: none when all is well.
    """

    sealed: int = 0
    head: Head = field(default_factory=Head)
    unsealed: int = 0
    unsealed_seconds: float = 0.0
    breaks: list[Break] = field(default_factory=list)


async def verify(session: Session, noted: Head | None = None, tell: Callable[[int, int], None] | None = None) -> Verdict:
    """Look at every row of the bound tenant's log.

    Args:
        session: of a transaction that sees one moment (`REPEATABLE READ`), or a sealer at work would look like damage.
        noted: a head of an earlier day.
        tell: is told how many links of how many were looked at.
    """
    verdict, chain = Verdict(), _Chain(noted or Head())
    total = await session.fetch_value("select count(*) from core.audit_seal")
    while rows := await session.fetch(_LINKS, chain.number):
        for row in rows:
            verdict.breaks += chain.follow(row)
        verdict.sealed += len(rows)
        if tell is not None and isinstance(total, int):
            tell(verdict.sealed, total)
    verdict.breaks += chain.end()
    verdict.head = chain.head
    verdict.breaks += [Break(Damage.INSERTED, row["id"], None) for row in await session.fetch(_STRAY)]
    tail = await session.fetch_row(_TAIL)
    if tail is not None:
        verdict.unsealed, verdict.unsealed_seconds = tail["entries"], max(0.0, tail["seconds"] or 0.0)
        verdict.breaks += [Break(Damage.MISSING, one, None) for one in tail["lost"]]
    return verdict


class _Chain:
    """Follows the links.

    A link is right when it fits the one before as it stands, or as it should stand: so the one that was altered is named, and not its
    neighbour. After a link that is missing nothing can be said of the next one's seal.
    """

    def __init__(self, noted: Head) -> None:
        self.number = 0
        self.head = Head()
        self._noted = noted
        self._met = noted.number == 0
        self._before: Sequence[bytes] = (FIRST,)

    def follow(self, row: Record) -> Iterator[Break]:
        """One link more; says what is wrong with it."""
        number, entry = row["number"], row["entry"]
        for lost in range(self.number + 1, number):
            yield Break(Damage.SEAL_MISSING, None, lost)
        whole = number == self.number + 1
        link = Link(row["tenant"], number, row["entry_hash"], row["sealed_at"])
        fitting = [link.seal(before) for before in self._before]
        fits = row["seal"] in fitting
        self.number, self.head = number, Head(number, row["seal"].hex())
        self._before = (row["seal"],) if fits else (row["seal"], fitting[-1])
        self._met = self._met or self.head == self._noted
        if whole and not fits:
            yield Break(Damage.SEAL_ALTERED, entry, number)
        elif row["id"] is None:
            yield Break(Damage.MISSING, entry, number)
        elif entry_hash(row) != row["entry_hash"]:
            yield Break(Damage.ALTERED, entry, number)

    def end(self) -> Iterator[Break]:
        """Says whether the noted head was met."""
        if not self._met:
            yield Break(Damage.HEAD, None, self._noted.number)
