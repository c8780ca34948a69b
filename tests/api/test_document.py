"""The API's document: valid, in accord with the router both ways, and silent about plugins that are off."""

import json
import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest

from smilero_core.db.session import Session
from smilero_core.plugins.gate import switch
from smilero_sdk.api import Idempotency
from tests.conftest import LookedAt
from tests.support.application import Site
from tests.support.operations import operations
from tests.support.schemas import Validator
from tests.support.waiting import until
from tests.support.web import DOCUMENT

METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


def documented(document: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:  # noqa: ANN401 - JSON
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def references(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        yield from (value for name, value in part.items() if name == "$ref")
        part = list(part.values())
    for inner in part if isinstance(part, list) else ():
        yield from references(inner)


@pytest.mark.suite("B1")
def test_router_and_document_agree(site: Site, looked_at: LookedAt) -> None:
    routed = {
        (one.operation.method, re.sub(r":\w+\}", "}", one.path), name, one.operation.permission is None)
        for name, one in operations().items()
    }
    told = {(method, path, one["operationId"], one["security"] == []) for method, path, one in documented(site.document)}
    looked_at("operations", list(told))
    assert told == routed


@pytest.mark.suite("B1")
def test_parameters_and_bodies_agree(site: Site) -> None:
    for _, path, told in documented(site.document):
        operation = operations()[told["operationId"]].operation
        places = {(one["in"], one["name"]): one for one in told["parameters"]}
        query = operation.query.model_fields if operation.query else {}
        key = [] if operation.idempotency is Idempotency.NONE else [("header", "Idempotency-Key")]
        assert places.keys() == {*(("path", name) for name in operation.parameters), *(("query", name) for name in query), *key}
        assert {name for place, name in places if place == "path"} == set(re.findall(r"\{(\w+)\}", path))
        assert all(one["required"] is True for (place, _), one in places.items() if place == "path")
        assert all(one["schema"].get("type") or one["schema"].get("anyOf") for one in places.values())
        assert [places[one]["required"] for one in key] == [operation.idempotency is Idempotency.REQUIRED for _ in key]
        assert ("requestBody" in told) == (operation.body is not None)
        if operation.body is not None:
            schema = told["requestBody"]["content"]["application/json"]["schema"]
            assert schema == {"$ref": f"#/components/schemas/{operation.body.__name__}"}
        assert str(operation.status) in told["responses"]


def test_it_is_openapi_3_1(site: Site, looked_at: LookedAt) -> None:
    document = site.document
    assert re.fullmatch(r"3\.1\.\d+", document["openapi"])
    assert {"title", "version"} <= document["info"].keys()
    assert all(path.startswith("/api/v1/") for path in document["paths"])
    assert all(methods.keys() <= METHODS for methods in document["paths"].values())
    names = [one["operationId"] for _, _, one in documented(document)]
    assert len(set(names)) == len(names)
    found = set(references(document))
    looked_at("references", found)
    for reference in found:
        assert Validator(document).resolve(reference)
    assert {f"#/components/schemas/{name}" for name in document["components"]["schemas"]} == found
    for _, _, one in documented(document):
        assert one["summary"]
        assert all(response["description"] and response["content"] for response in one["responses"].values())
        assert {scheme for requirement in one["security"] for scheme in requirement} <= document["components"]["securitySchemes"].keys()
        assert set(one["tags"]) <= {tag["name"] for tag in document["tags"]}


async def test_it_needs_no_sign_in_and_a_foundation(site: Site) -> None:
    answer = await site.caller(site.bucheon).get(DOCUMENT)
    assert (answer.status_code, answer.headers["content-type"]) == (HTTPStatus.OK, "application/json")
    assert answer.json() == site.document
    platform = await site.caller(site.bucheon).get(DOCUMENT, headers={"Host": "localhost"})
    assert (platform.status_code, platform.json()["code"]) == (HTTPStatus.NOT_FOUND, "http.not_found")


async def test_a_plugin_that_is_off_leaves_no_trace_in_it(site: Site) -> None:
    caller = site.caller(site.bucheon)

    async def has_coupons() -> bool:
        return "coupons" in (await caller.get(DOCUMENT)).text.lower()

    async def is_silent() -> bool:
        return not await has_coupons()

    async with site.database.unit(site.bucheon.id) as unit:
        await switch(Session(unit), "coupons", enabled=False)
    try:
        await until(is_silent)
        told = (await caller.get(DOCUMENT)).json()
        assert {one["operationId"] for _, _, one in documented(told)} == {name for name in operations() if not name.startswith("coupons.")}
        assert {f"#/components/schemas/{name}" for name in told["components"]["schemas"]} == set(references(told))
        assert not re.search("campaign|claim|redemption", json.dumps(told), re.IGNORECASE)
        assert (await site.caller(site.seongnam).get(DOCUMENT)).json() == site.document
    finally:
        async with site.database.unit(site.bucheon.id) as unit:
            await switch(Session(unit), "coupons", enabled=True)
        await until(has_coupons)
