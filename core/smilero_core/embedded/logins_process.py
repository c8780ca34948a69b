"""The program of the demo's provider of logins. One line of JSON on its input says where and for whom; the input's end is its own."""

import json
import os
import sys
import threading

import uvicorn


def main() -> None:
    """Serve until the input ends or a signal comes."""
    told = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_input, daemon=True).start()
    # It speaks without TLS, on this machine alone.
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    from oidc_provider_mock import User, app  # noqa: PLC0415 - of the extra `embedded`: nothing but this process needs it

    users = [User(sub=subject, claims={"name": subject}) for subject in told["subjects"]]
    uvicorn.run(app(user_claims=users), interface="wsgi", host=told["host"], port=told["port"], log_level="error")


def _end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
