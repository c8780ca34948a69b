"""Hold the embedded servers until the input ends: `holding.py FOLDER [UID]`. Prints their addresses, or the code of a refusal, as JSON."""

import codecs
import json
import os
import signal
import sys
from dataclasses import asdict
from pathlib import Path

from smilero_core.embedded import Embedded
from smilero_sdk.errors import Problem


def main() -> int:
    codecs.lookup("ascii")  # the new user may not be able to read Python's own library
    if len(sys.argv) > 2:
        os.setgroups([])
        os.setgid(int(sys.argv[2]))
        os.setuid(int(sys.argv[2]))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with Embedded(Path(sys.argv[1]), durable=False) as services:
            print(json.dumps(asdict(services)), flush=True)
            sys.stdin.read()
    except Problem as problem:
        print(json.dumps({"code": problem.code}), flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
