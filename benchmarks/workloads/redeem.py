"""A merchant redeems a coupon: signed in, through the whole stack, with a new idempotency key each time."""

from benchmarks.django_peer import DjangoPeer
from benchmarks.harness import Sample, Side
from benchmarks.load import drive
from benchmarks.pgbench import Limit
from benchmarks.plan import BenchmarkError
from benchmarks.sql import value
from benchmarks.stage import Stage
from benchmarks.usage import Usage


class RedeemAgainstPgbench:
    """The share that HTTP, Python and the rules of the product leave of what the database alone can do."""

    name = "redeem_vs_pgbench"
    unit = "redemptions/s"
    goal = "≥ 1.0"
    against = "pgbench, 8 connections, one call"
    note = (
        "The limit writes six rows: claim, coupon, redemption, event, stored answer, audit. The product writes five: it has no audit "
        "yet, so its figure is that much too good."
    )

    def open(self, stage: Stage) -> tuple[Side, Side]:
        """Fill both databases, and start the product."""
        return product_side(stage), Limit(stage).run


class RedeemAgainstDjango:
    """The same against what an ordinary team would write."""

    name = "redeem_vs_django"
    unit = "redemptions/s"
    goal = "≥ 25"
    against = "Django REST, 2 workers of 4 threads"
    note = "The peer writes neither stored answers nor audit, and has no row security to obey; that is to its advantage."

    def open(self, stage: Stage) -> tuple[Side, Side]:
        """Fill both databases, start the product, and install and start the peer."""
        return product_side(stage), DjangoPeer(stage).run


def product_side(stage: Stage) -> Side:
    """Redemptions at the product by 32 connections."""
    product = stage.product

    def run(seconds: float) -> Sample:
        before = _redeemed(product.database_url)
        usage = Usage({"web": product.pid, "postgres": stage.postmaster()})
        got = drive(product.target, seconds)
        shares = usage.shares()
        written = _redeemed(product.database_url) - before
        if written < got.done:
            msg = f"{got.done} answers said yes, but {written} claims were redeemed"
            raise BenchmarkError(msg)
        return Sample(got.done / got.seconds, got.p50_ms, got.p99_ms, shares)

    return run


def _redeemed(url: str) -> int:
    return int(value(url, "select sum(redeemed) from plugin_coupons.campaign"))
