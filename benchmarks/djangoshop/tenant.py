"""The tenant of a request, from its host."""

from collections.abc import Callable

from django.core.cache import cache  # type: ignore[import-not-found]  # only the peer's own environment has it
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound  # type: ignore[import-not-found]  # as above

from benchmarks.djangoshop.models import Tenant

_KEPT_SECONDS = 300


class TenantMiddleware:
    """Looks a host's first word up, in the cache first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Put the tenant into the request, or answer 404."""
        slug = request.get_host().split(".")[0]
        tenant = cache.get(f"tenant:{slug}")
        if tenant is None:
            tenant = Tenant.objects.filter(slug=slug).first()
            if tenant is None:
                return HttpResponseNotFound()
            cache.set(f"tenant:{slug}", tenant, _KEPT_SECONDS)
        request.tenant = tenant
        return self._get_response(request)
