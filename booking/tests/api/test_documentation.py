"""The OpenAPI document tells who reads it enough; `test_schema` asks whether it is true."""

import re

import pytest
from drf_spectacular.generators import SchemaGenerator

pytestmark = pytest.mark.django_db

OPERATIONS = {
    (method.upper(), path): operation
    for path, methods in SchemaGenerator().get_schema(public=True)["paths"].items()
    for method, operation in methods.items()
}
every_operation = pytest.mark.parametrize(
    ("method", "path"), OPERATIONS, ids=lambda part: part.replace("/api/v1/", "")
)


@every_operation
def test_an_operation_has_a_summary_and_shows_what_is_sent_and_answered(method, path):
    operation = OPERATIONS[method, path]
    bodies = [operation.get("requestBody", {}), *operation["responses"].values()]

    assert operation["summary"]
    assert all(
        content["examples"]
        for body in bodies
        for content in body.get("content", {}).values()
    )


@every_operation
def test_every_part_of_a_path_is_explained(method, path):
    parameters = OPERATIONS[method, path].get("parameters", [])
    explained = {
        p["name"] for p in parameters if p["in"] == "path" and p["description"]
    }

    assert explained == set(re.findall(r"{(\w+)}", path))


@every_operation
def test_where_a_token_is_needed_is_told(api, method, path):
    told = OPERATIONS[method, path].get("security") or [{}]

    response = api().generic(method, re.sub(r"{\w+}", "1", path))

    assert (response.status_code == 401) == ({} not in told)
