"""The second factor of the demo's people, and `smilero person reset-factor`."""

from tests.cli.conftest import Demo

HELD = """
select m.role, count(f.id) as apps from core.membership m join core.tenant t on t.id = m.tenant_id
left join core.second_factor f on f.tenant_id = m.tenant_id and f.person_id = m.person_id and f.app_sealed is not null
where t.slug = $1 and m.role in ('owner', 'staff', 'merchant') group by 1
"""
STAFF = "010-0000-0002"


def held(demo: Demo, slug: str) -> dict[str, int]:
    """How many of each role have an app."""
    return {row["role"]: row["apps"] for row in demo.query(HELD, slug)}


def test_owner_and_staff_of_the_demo_have_an_app_and_lose_it_by_command_with_a_reason(demo: Demo) -> None:
    assert held(demo, "busan") == {"owner": 1, "staff": 1, "merchant": 0}
    nobody = demo.smilero("person", "reset-factor", "--tenant", "busan", "--phone", "010-0000-1001", "--reason", "x")
    assert (nobody.code, held(demo, "busan")["staff"]) == (1, 1)
    done = demo.smilero("person", "reset-factor", "--tenant", "busan", "--phone", STAFF, "--reason", "새 휴대전화")
    assert (done.code, done.out) == (0, "")
    assert "확인 방법을 모두 지웠습니다." in done.err
    assert held(demo, "busan") == {"owner": 1, "staff": 0, "merchant": 0}
    assert held(demo, "seongnam")["staff"] == 1
    [entry] = demo.query("select role, params from core.audit_entry where sentence = 'identity.audit.factor.reset.staff'")
    assert entry["role"] == "system"
    assert "새 휴대전화" in entry["params"]
