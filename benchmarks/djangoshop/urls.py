"""The one address."""

from django.urls import path  # type: ignore[import-not-found]  # only the peer's own environment has it

from benchmarks.djangoshop.views import RedeemView

urlpatterns = [path("redeem", RedeemView.as_view())]
