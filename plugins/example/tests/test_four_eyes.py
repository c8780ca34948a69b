"""Hiding what a customer wrote, where a foundation wants two people for it: by the kit that any author has."""

from http import HTTPStatus
from uuid import UUID

from smilero_sdk.testing.client import Client
from smilero_sdk.testing.host import Foundation

HIDE = "example.hide"
LIST = "/api/v1/example/greetings"


def greeting(tenant: Foundation, text: str) -> UUID:
    """A customer's."""
    answer = tenant.client("customer").post(f"/api/v1/example/books/{tenant.shop_id}/greetings", {"text": text})
    assert answer.status == HTTPStatus.CREATED, answer.text
    return UUID(answer.json()["id"])


def shown(owner: Client, which: UUID) -> bool:
    """Whether it is to be seen."""
    return str(which) in owner.get(LIST).text


def test_one_hides_at_once_and_two_where_it_is_wanted(tenant: Foundation) -> None:
    owner, staff = tenant.client("owner"), tenant.client("staff", process=1)
    first, second = greeting(tenant, "안녕"), greeting(tenant, "또 올게요")
    assert owner.send(f"/console/example/greetings/{first}/hide").location == "/console/example/greetings"
    assert not shown(owner, first)
    tenant.want_two(HIDE)
    try:
        asked = owner.send(f"/console/example/greetings/{second}/hide")
        assert asked.location.startswith("/console/approvals/")
        assert shown(owner, second)
        page = staff.get(asked.location).text
        assert "방명록의 한마디를" in page
        # What somebody wrote is not in what is kept.
        assert "또 올게요" not in page
        assert owner.send(f"{asked.location}/approve").status == HTTPStatus.FORBIDDEN
        for _ in range(2):
            assert staff.send(f"{asked.location}/approve").location == asked.location
        assert not shown(owner, second)
    finally:
        tenant.want_two(HIDE, wanted=False)
    third = greeting(tenant, "잘 먹었습니다")
    owner.send(f"/console/example/greetings/{third}/hide")
    assert not shown(owner, third)
