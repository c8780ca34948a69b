"""`smilero token create`."""

import json
import re

import pytest

from tests.cli.conftest import Demo
from tests.support.commands import Done, Home, running, smilero

CAMPAIGNS = "/api/v1/coupons/campaigns"


def token(demo: Demo, *options: str, tenant: str = "seongnam") -> Done:
    return demo.smilero("token", "create", "--tenant", tenant, "--role", *options)


@pytest.mark.parametrize(
    ("role", "status"), [("owner", 200), ("staff", 200), ("merchant", 200), ("clerk", 200), ("officer", 403), ("customer", 403)]
)
def test_a_token_of_each_role_is_alone_on_the_output_and_opens_what_the_role_may(demo: Demo, role: str, status: int) -> None:
    made = token(demo, role)
    assert (made.code, made.err) == (0, "")
    assert re.fullmatch(r"smi_[\w-]{43}\n", made.out)
    assert demo.get(CAMPAIGNS, "seongnam.localhost", made.out.strip())[0] == status
    assert demo.get(CAMPAIGNS, "bucheon.localhost", made.out.strip())[0] == 401


def test_an_operator_belongs_to_no_foundation(demo: Demo) -> None:
    made = demo.smilero("token", "create", "--role", "operator")
    assert (made.code, made.err) == (0, "")
    assert re.fullmatch(r"smi_[\w-]{43}\n", made.out)


def test_in_the_demo_a_new_number_becomes_a_person_once(demo: Demo) -> None:
    before = people(demo)
    for phone in ("010-2345-6789", "+82 10 2345 6789"):
        made = token(demo, "staff", "--phone", phone)
        assert demo.get(CAMPAIGNS, "seongnam.localhost", made.out.strip())[0] == 200
    assert people(demo) == before + 1


def people(demo: Demo) -> int:
    (row,) = demo.query("select count(*) from core.person p join core.tenant t on t.id = p.tenant_id where t.slug = 'seongnam'")
    return int(row[0])


def test_nobody_becomes_what_others_must_entrust(demo: Demo) -> None:
    before = people(demo)
    assert token(demo, "owner", "--phone", "010-0000-2001").refused("identity.not_that_role", "owner")
    assert token(demo, "merchant", "--phone", "010-3456-7890").refused("identity.unknown_person")
    assert token(demo, "owner", "--phone", "12").refused("identity.phone", "010-1234-5678")
    assert token(demo, "owner", tenant="nowhere").refused("tenancy.unknown", "nowhere")
    assert token(demo, "owner", tenant="창원").refused("tenancy.unknown", "창원")
    assert people(demo) == before


def test_wrong_calls(demo: Demo) -> None:
    without = demo.smilero("token", "create", "--role", "owner")
    assert (without.code, without.out) == (2, "")
    assert "--tenant" in without.err
    unknown = token(demo, "mayor")
    assert (unknown.code, unknown.out) == (2, "")


def test_outside_a_demo_nobody_is_made(place_home: Home) -> None:
    options = ("--tenant", "changwon", "--role", "owner")
    with running("up", **place_home.variables) as command:
        command.until("준비되었습니다")
        assert place_home.smilero("tenant", "create", "changwon", "--name", "창원시상권활성화재단").code == 0
        for variables in ({}, {"SMILERO_ENV": "demo"}):
            assert place_home.smilero("token", "create", *options, **variables).refused("identity.phone_required")
            known = place_home.smilero("token", "create", *options, "--phone", "010-1234-5678", **variables)
            assert known.refused("identity.unknown_person")


def test_a_demo_beside_makes_nobody_in_the_database_that_the_environment_names(demo: Demo) -> None:
    addresses = json.loads((demo.folder / "services.json").read_text(encoding="utf-8"))
    named = {"SMILERO_DATABASE_URL": addresses["database_url"]}
    before = people(demo)
    asked = demo.smilero("token", "create", "--tenant", "seongnam", "--role", "owner", "--phone", "010-8765-4321", **named)
    assert asked.refused("identity.unknown_person")
    assert people(demo) == before


def test_without_a_running_service(place_home: Home) -> None:
    assert place_home.smilero("token", "create", "--tenant", "seongnam", "--role", "owner").refused("cli.not_running", "make run")
    english = smilero("tenant", "list", SMILERO_DATA_DIR=str(place_home.folder), LANG="en_US.UTF-8")
    assert english.refused("cli.not_running", f"Nothing runs in {place_home.folder}.")
