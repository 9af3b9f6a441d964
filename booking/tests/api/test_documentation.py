"""The OpenAPI document is complete. `test_openapi` compares it with responses."""

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
def test_an_operation_has_a_summary_and_examples_of_its_bodies(method, path):
    operation = OPERATIONS[method, path]
    bodies = [operation.get("requestBody", {}), *operation["responses"].values()]

    assert operation["summary"]
    assert all(
        content["examples"]
        for body in bodies
        for content in body.get("content", {}).values()
    )


@every_operation
def test_every_parameter_of_a_path_is_described(method, path):
    parameters = OPERATIONS[method, path].get("parameters", [])
    described = {
        p["name"] for p in parameters if p["in"] == "path" and p["description"]
    }

    assert described == set(re.findall(r"{(\w+)}", path))


@every_operation
def test_the_document_says_which_operations_need_a_token(api, method, path):
    security = OPERATIONS[method, path].get("security") or [{}]

    response = api().generic(method, re.sub(r"{\w+}", "1", path))

    assert (response.status_code == 401) == ({} not in security)
