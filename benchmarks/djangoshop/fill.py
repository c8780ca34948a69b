"""`python -m benchmarks.djangoshop.fill TOKEN SHOPS`: Django's own tables, and a merchant with a token for each shop."""

import sys

import django  # type: ignore[import-not-found]  # only the peer's own environment has it

if __name__ == "__main__":
    django.setup()

    from django.contrib.auth.models import User  # type: ignore[import-not-found]  # as above
    from django.core.management import call_command  # type: ignore[import-not-found]  # as above
    from rest_framework.authtoken.models import Token  # type: ignore[import-not-found]  # as above

    call_command("migrate", verbosity=0)
    for shop in range(int(sys.argv[2])):
        Token.objects.create(user=User.objects.create(username=f"merchant{shop}"), key=f"{sys.argv[1]}{shop}")
