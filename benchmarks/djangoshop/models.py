"""The tables of sql/shop.sql."""

from django.db import models  # type: ignore[import-not-found]  # only the peer's own environment has it


class Tenant(models.Model):  # type: ignore[misc]  # as above
    """A market."""

    id = models.IntegerField(primary_key=True)
    slug = models.TextField(unique=True)
    name = models.TextField()

    class Meta:
        managed = False
        db_table = "tenants"

    def __str__(self) -> str:
        return str(self.slug)


class Coupon(models.Model):  # type: ignore[misc]  # as above
    """What a shop gives."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant = models.ForeignKey(Tenant, models.PROTECT)
    id = models.BigIntegerField()
    title = models.TextField()
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField()
    stock = models.IntegerField()
    redeemed = models.IntegerField(default=0)
    per_customer = models.IntegerField()

    class Meta:
        managed = False
        db_table = "coupons"

    def __str__(self) -> str:
        return str(self.title)


class Claim(models.Model):  # type: ignore[misc]  # as above
    """A coupon in somebody's hand."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant = models.ForeignKey(Tenant, models.PROTECT)
    id = models.BigIntegerField()
    coupon_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    code = models.TextField()
    status = models.SmallIntegerField(default=0)
    claimed_at = models.DateTimeField()
    redeemed_at = models.DateTimeField(null=True)
    redeemed_by = models.BigIntegerField(null=True)

    class Meta:
        managed = False
        db_table = "claims"

    def __str__(self) -> str:
        return str(self.code)


class Redemption(models.Model):  # type: ignore[misc]  # as above
    """A claim that was used."""

    pk = models.CompositePrimaryKey("tenant_id", "claim_id")
    tenant = models.ForeignKey(Tenant, models.PROTECT)
    claim_id = models.BigIntegerField()
    coupon_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    nth = models.IntegerField()
    merchant_id = models.BigIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        managed = False
        db_table = "redemptions"

    def __str__(self) -> str:
        return str(self.claim_id)


class Outbox(models.Model):  # type: ignore[misc]  # as above
    """An event."""

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(Tenant, models.PROTECT)
    kind = models.TextField()
    payload = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        managed = False
        db_table = "outbox"

    def __str__(self) -> str:
        return str(self.kind)
