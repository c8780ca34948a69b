"""Redeeming a claim, as the documentation of Django and REST framework teaches it."""

from django.db import transaction  # type: ignore[import-not-found]  # only the peer's own environment has it
from django.db.models import F  # type: ignore[import-not-found]  # as above
from django.utils import timezone  # type: ignore[import-not-found]  # as above
from rest_framework import serializers  # type: ignore[import-not-found]  # as above
from rest_framework.request import Request  # type: ignore[import-not-found]  # as above
from rest_framework.response import Response  # type: ignore[import-not-found]  # as above
from rest_framework.views import APIView  # type: ignore[import-not-found]  # as above

from benchmarks.djangoshop.models import Claim, Coupon, Outbox, Redemption


class RedeemIn(serializers.Serializer):  # type: ignore[misc]  # as above
    """The body."""

    code = serializers.CharField(max_length=32)


class RedeemView(APIView):  # type: ignore[misc]  # as above
    """`POST /redeem`."""

    def post(self, request: Request) -> Response:
        """Lock the claim and its coupon, check, count, write."""
        body = RedeemIn(data=request.data)
        body.is_valid(raise_exception=True)
        tenant, merchant = request.tenant, request.user
        with transaction.atomic():
            claim = Claim.objects.select_for_update().filter(tenant_id=tenant.id, code=body.validated_data["code"], status=0).first()
            if claim is None:
                return Response({"error": "not redeemable"}, 409)
            now = timezone.now()
            coupon = Coupon.objects.select_for_update().get(tenant_id=tenant.id, id=claim.coupon_id)
            if not (coupon.valid_from <= now <= coupon.valid_to) or coupon.redeemed >= coupon.stock:
                return Response({"error": "not valid"}, 409)
            taken = Redemption.objects.filter(tenant_id=tenant.id, coupon_id=coupon.id, customer_id=claim.customer_id).count()
            if taken >= coupon.per_customer:
                return Response({"error": "limit"}, 409)
            coupon.redeemed = F("redeemed") + 1
            coupon.save(update_fields=["redeemed"])
            claim.status, claim.redeemed_at, claim.redeemed_by = 1, now, merchant.id
            claim.save(update_fields=["status", "redeemed_at", "redeemed_by"])
            whose = {"tenant_id": tenant.id, "coupon_id": coupon.id, "customer_id": claim.customer_id}
            Redemption.objects.create(**whose, claim_id=claim.id, nth=taken + 1, merchant_id=merchant.id)
            payload = {"claim": claim.id, "coupon": coupon.id, "customer": claim.customer_id, "merchant": merchant.id}
            event = Outbox.objects.create(tenant_id=tenant.id, kind="redeemed", payload=payload)
        return Response({"ok": True, "id": event.id})
