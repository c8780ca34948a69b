"""The page "Using the API" as somebody types it."""

import asyncio
import os
import re
import shutil
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.house.tree import ROOT
from tests.support.oauth import BACK, Stage, went_back

PAGE = ROOT / "docs" / "operations" / "api.md"
# Where the person comes in.
_ALLOWED = "She allows it"


async def typed(commands: list[str], variables: dict[str, str]) -> str:
    """What a shell says to them, one after another."""
    shell = await asyncio.create_subprocess_exec(
        "bash", "-eu", "-o", "pipefail", "-c", "\n".join(commands), env=os.environ | variables, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await shell.communicate()
    assert shell.returncode == 0, (commands, out)
    return out.decode()


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("openssl")), reason="needs curl and openssl")
async def test_the_walk(stage: Stage) -> None:
    before, _, after = PAGE.read_text(encoding="utf-8").partition(_ALLOWED)
    asking, going_on = ([re.sub(r"\s*\Z", "", one) for one in re.findall(r"```sh\n(.*?)```", part, re.DOTALL)] for part in (before, after))
    assert (len(asking), len(going_on)) == (4, 2)
    foundation, url = stage.town.foundation, urlsplit(stage.town.site.servers[0].url)
    variables = {
        "HOST": f"http://{foundation.host}:{url.port}",
        "TOKEN": foundation.tokens["owner"],
        "CLIENT_ID": str(stage.server.id),
        "SECRET": str(stage.server.secret),
        "BACK": BACK,
    }
    said = await typed([*asking, "echo $VERIFIER"], variables)
    assert '"token_type":"Bearer"' in said
    *_, question, verifier = said.split()
    owner = await stage.town.signed_in("owner")
    wish = dict(parse_qsl(urlsplit(question).query))
    assert (await owner.get("/oauth/authorize", params=wish)).status_code == HTTPStatus.OK
    code = went_back(await owner.post("/oauth/authorize", {**wish, "decision": "allow"}))["code"]
    assert '"items"' in await typed(going_on, {**variables, "CODE": code, "VERIFIER": verifier})
    # The last step took everything back.
    ended = "select ended_at is not null from core.oauth_grant where tenant_id = $1 and person_id is not null"
    assert await stage.town.site.admin.fetchval(ended, foundation.id) is True
