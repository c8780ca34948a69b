"""What gunicorn serves."""

from django.core.wsgi import get_wsgi_application  # type: ignore[import-not-found]  # only the peer's own environment has it

application = get_wsgi_application()
