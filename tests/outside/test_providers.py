"""What an owner may write for a provider, where it can lead, and how Naver is spoken to."""

import re
from dataclasses import replace
from http import HTTPStatus
from uuid import uuid4

import pytest

from smilero_core.identity.outside import client
from smilero_core.identity.outside.client import OutsideClient, Provider, Returned, Secrets
from smilero_core.identity.outside.kinds import Kind, Metadata
from smilero_core.identity.outside.network import Addresses
from smilero_core.identity.outside.refusals import OutsideError, Why
from tests.conftest import LookedAt
from tests.support.faces import Town, sentence
from tests.support.rogue import CLIENT, SECRET, Behaviour, Rogue

# Addresses of our own network, of this machine and of a cloud's inside, in all the dresses that they come in.
INSIDE = (
    *("https://127.0.0.1/", "https://localhost/", "https://10.0.0.1/", "https://172.16.0.1/", "https://192.168.0.1/"),
    *("https://169.254.169.254/latest/meta-data", "https://0.0.0.0/", "https://100.64.0.1/", "https://224.0.0.1/", "https://[::1]/"),
    *("https://[::ffff:127.0.0.1]/", "https://[fd00::1]/", "https://[fe80::1]/", "https://[2002:7f00:1::]/", "https://[64:ff9b::a00:1]/"),
    *("https://2130706433/", "https://0x7f000001/", "https://127.1/", "https://[ff02::1]/"),
)
ILL_FORMED = ("http://example.com", "ftp://example.com", "https://", "", "example.com", "https://a:b@example.com", "https://example.com/#a")


@pytest.mark.parametrize("address", INSIDE)
async def test_no_provider_is_inside(address: str) -> None:
    addresses = Addresses()
    with pytest.raises(OutsideError, match=r"inside|unknown_host|address"):
        await addresses.resolve(addresses.require(address))


@pytest.mark.parametrize("address", ["https://1.1.1.1/", "https://[2606:4700::1111]/"])
async def test_a_public_address_is_allowed(address: str) -> None:
    addresses = Addresses()
    assert await addresses.resolve(addresses.require(address)) == address.removeprefix("https://").strip("/[]")


@pytest.mark.parametrize("address", ILL_FORMED)
def test_an_address_has_a_form(address: str) -> None:
    with pytest.raises(OutsideError, match="address"):
        Addresses().require(address)
    assert Addresses().require("https://example.com/realm").host == "example.com"


async def test_production_does_not_speak_to_this_machine(rogue: Rogue) -> None:
    with pytest.raises(OutsideError, match="address"):
        await OutsideClient(Addresses()).discover(Kind.OIDC, rogue.url)
    with pytest.raises(OutsideError, match="inside"):
        await OutsideClient(Addresses()).discover(Kind.OIDC, rogue.url.replace("http:", "https:"))
    assert (await OutsideClient(Addresses(loopback=True)).discover(Kind.OIDC, rogue.url)).token == f"{rogue.url}/token"


@pytest.mark.parametrize(
    ("behaviour", "detail"),
    [
        (Behaviour(discovery={"issuer": "https://another.example"}), "issuer"),
        (Behaviour(discovery={"issuer": None}), "issuer"),
        (Behaviour(discovery={"id_token_signing_alg_values_supported": ["HS256", "none"]}), "algorithms"),
        (Behaviour(discovery={"jwks_uri": None}), "address"),
        (Behaviour(discovery={"token_endpoint": "file:///etc/passwd"}), "address"),
        (Behaviour(huge="/.well-known/openid-configuration"), "too_large"),
    ],
)
async def test_a_document_that_does_not_fit_is_refused(rogue: Rogue, behaviour: Behaviour, detail: str) -> None:
    rogue.behaviour = behaviour
    with pytest.raises(OutsideError, match=detail):
        await OutsideClient(Addresses(loopback=True)).discover(Kind.OIDC, rogue.url)
    rogue.behaviour = Behaviour()
    assert (await OutsideClient(Addresses(loopback=True)).discover(Kind.OIDC, rogue.url)).algorithms == ("RS256", "ES256", "EdDSA")


async def test_naver_has_no_id_token_and_tells_the_time_as_a_text(rogue: Rogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its addresses are fixed in the code: for this test they lead to the tests' own provider."""
    told = Metadata(authorize=f"{rogue.url}/authorize", token=f"{rogue.url}/token", userinfo=f"{rogue.url}/v1/nid/me")
    monkeypatch.setattr(client, "NAVER", told)
    rogue.behaviour = Behaviour(answer={"id_token": None, "expires_in": "3600"})
    provider = Provider(uuid4(), Kind.NAVER, "Naver", "https://nid.naver.com", CLIENT, SECRET)
    speaks, bound, callback = OutsideClient(Addresses(loopback=True)), Secrets.new(), "https://market.example/sign-in/callback"
    address = await speaks.address(provider, callback, "state", bound)
    assert "nonce" not in address
    query = dict(re.findall(r"[?&](\w+)=([^&]+)", address))
    code = rogue.approve({**query, "redirect_uri": callback}, "naver subject")
    proven = await speaks.prove(provider, callback, bound, Returned(code, "", ""))
    assert (proven.subject, proven.name) == ("naver subject", "Hong")
    with pytest.raises(OutsideError) as refused:
        await speaks.prove(provider, callback, replace(bound, verifier="another"), Returned(rogue.approve(query, "naver subject"), "", ""))
    assert refused.value.why is Why.FORGED


FORM = {"kind": "oidc", "label": "Rogue", "client": CLIENT, "secret": SECRET}


async def test_the_owner_adds_one_and_its_secret_is_never_seen_again(town: Town, rogue: Rogue) -> None:
    owner = await town.signed_in("owner")
    added = await owner.post("/console/logins", {**FORM, "issuer": rogue.url})
    assert added.headers["location"] == "/console/logins?done=added"
    page = await owner.get("/console/logins")
    found = re.search(r'href="(/console/logins/[0-9a-f-]{36})"', page.text)
    assert found
    assert "/sign-in/with/" in (await town.guest().get("/sign-in")).text
    form = await owner.get(found[1])
    assert SECRET not in page.text + form.text
    # A secret that is left empty stays; issuer and client are not to be changed, whatever is posted.
    changed = await owner.post(
        found[1], {"label": "Again", "secret": "", "enabled": "false", "issuer": "https://evil.example", "client": "evil"}
    )
    assert changed.status_code == HTTPStatus.SEE_OTHER
    row = await town.site.admin.fetchrow("select * from core.outside_provider where tenant_id = $1", town.foundation.id)
    assert row
    assert (row["label"], row["enabled"], row["issuer"], row["client_id"]) == ("Again", False, rogue.url, CLIENT)
    assert town.vault.open(town.foundation.id, "outside client secret", row["secret_sealed"]) == SECRET
    assert "/sign-in/with/" not in (await town.guest().get("/sign-in")).text
    told = await town.site.admin.fetch(
        """select sentence, before::text || after::text as facts from core.audit_entry
           where tenant_id = $1 and sentence like '%outside%' order by id""",
        town.foundation.id,
    )
    assert [one["sentence"] for one in told] == ["identity.audit.outside_added", "identity.audit.outside_changed"]
    assert SECRET not in str(told)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"issuer": "ftp://example.com"}, "https로 시작해야"),
        ({"issuer": "https://169.254.169.254"}, "안쪽 망"),
        ({"issuer": "https://no-such-host.invalid"}, "찾을 수 없습니다"),
        ({"client": ""}, "꼭 적어 주세요"),
        ({"kind": "another"}, "꼭 적어 주세요"),
        ({"label": "x" * 21}, "20자"),
    ],
)
async def test_what_cannot_be_is_refused_with_a_reason(town: Town, rogue: Rogue, changed: dict[str, str], said: str) -> None:
    owner = await town.signed_in("owner")
    answer = await owner.post("/console/logins", {**FORM, "issuer": rogue.url, **changed})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert said in sentence(answer)
    assert SECRET not in answer.text
    assert (await owner.post("/console/logins", {**FORM, "issuer": rogue.url})).status_code == HTTPStatus.SEE_OTHER
    twice = await owner.post("/console/logins", {**FORM, "issuer": rogue.url})
    assert twice.status_code == HTTPStatus.CONFLICT


def test_how_many_addresses_were_tried(looked_at: LookedAt) -> None:
    looked_at("addresses inside", list(INSIDE))
    assert len(INSIDE) >= 19
