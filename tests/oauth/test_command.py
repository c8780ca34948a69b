"""`smilero token create|list|revoke` with scopes, days and operators."""

from http import HTTPStatus

from tests.support.application import Site
from tests.support.commands import Done, smilero

CAMPAIGNS, PLUGINS = "/api/v1/coupons/campaigns", "/api/v1/plugins"
OWNER, STAFF, MERCHANT = "010-1111-0000", "010-1111-0001", "010-1111-0003"  # of the cast


def command(site: Site, *arguments: str) -> Done:
    secret = site.settings.secret_key.get_secret_value()
    return smilero("token", *arguments, SMILERO_DATABASE_URL=site.settings.database_url, SMILERO_SECRET_KEY=secret)


def made(site: Site, role: str, phone: str, *options: str) -> Done:
    return command(site, "create", "--tenant", "seongnam", "--role", role, "--phone", phone, *options)


async def answered(site: Site, path: str, token: str) -> int:
    return (await site.caller(site.seongnam).by(token).get(path)).status_code


async def test_a_token_with_scopes_may_no_more(site: Site) -> None:
    narrow = made(site, "owner", OWNER, "--scope", "plugins.read", "--scope", "measures.read", "--days", "1")
    plain = made(site, "owner", OWNER)
    assert (narrow.code, plain.code) == (0, 0), (narrow, plain)
    for path, status in ((CAMPAIGNS, HTTPStatus.FORBIDDEN), (PLUGINS, HTTPStatus.OK)):
        assert await answered(site, path, narrow.out.strip()) == status
        assert await answered(site, path, plain.out.strip()) == HTTPStatus.OK
    assert made(site, "merchant", MERCHANT, "--scope", "plugins.read").refused("tokens.scope", "plugins.read")
    assert made(site, "owner", OWNER, "--scope", "everything").refused("tokens.scope", "everything")
    assert {made(site, "owner", OWNER, "--days", days).code for days in ("0", "366")} == {2}
    assert command(site, "create", "--role", "operator", "--scope", "plugins.read").code == 2


async def test_tokens_are_listed_without_themselves_and_revoked_one_by_one(site: Site) -> None:
    token = made(site, "staff", STAFF, "--scope", "plugins.read", "--days", "7").out.strip()
    assert await answered(site, PLUGINS, token) == HTTPStatus.OK
    listed = command(site, "list", "--tenant", "seongnam", "--json")
    newest = listed.json[0]
    assert token not in listed.out
    assert (newest["role"], newest["scopes"]) == ("staff", ["plugins.read"])
    assert newest["last_used_on"] is not None
    assert newest["id"] in command(site, "list", "--tenant", "seongnam").out
    # Another foundation knows nothing of it.
    assert command(site, "revoke", newest["id"], "--tenant", "bucheon").refused("http.not_found")
    assert await answered(site, PLUGINS, token) == HTTPStatus.OK
    for _ in range(2):
        assert command(site, "revoke", newest["id"], "--tenant", "seongnam").code == 0
    assert await answered(site, PLUGINS, token) == HTTPStatus.UNAUTHORIZED
    assert newest["id"] not in command(site, "list", "--tenant", "seongnam").out


async def test_an_operators_token_is_none_of_a_foundations_and_is_revoked(site: Site) -> None:
    token = command(site, "create", "--role", "operator").out.strip()
    assert await answered(site, PLUGINS, token) == HTTPStatus.UNAUTHORIZED
    listed = command(site, "list", "--json")
    first, *others = listed.json
    assert token not in listed.out
    assert command(site, "revoke", first["id"]).code == 0
    assert command(site, "list", "--json").json == others
    assert command(site, "revoke", "00000000-0000-7000-8000-000000000000").refused("http.not_found")
