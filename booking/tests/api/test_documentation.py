"""The OpenAPI document is complete. `test_openapi` compares it with responses."""

import re

import pytest
from drf_spectacular.generators import SchemaGenerator

from booking.api.openapi.responses import read_codes

pytestmark = pytest.mark.django_db

DOCUMENT = SchemaGenerator().get_schema(public=True)
OPERATIONS = {
    (method.upper(), path): operation
    for path, methods in DOCUMENT["paths"].items()
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
def test_a_body_of_an_operation_takes_no_other_fields(method, path):
    content = OPERATIONS[method, path].get("requestBody", {}).get("content", {})

    for body in content.values():
        name = body["schema"]["$ref"].rpartition("/")[2]
        assert DOCUMENT["components"]["schemas"][name]["additionalProperties"] is False


@every_operation
def test_a_refusal_has_the_one_shape_and_lists_its_codes(method, path):
    for status, response in OPERATIONS[method, path]["responses"].items():
        if status < "400":
            continue
        _, _, kind, name = response.get("$ref", "///").split("/")
        full = DOCUMENT["components"][kind][name] if name else response
        schema = full["content"]["application/json"]["schema"]["$ref"]

        assert schema.rpartition("/")[2] in (
            "ErrorResponse",
            "RefusedDates",
            "RefusedTime",
        )
        assert list(read_codes(full["description"]))


# Names that drf-spectacular derives from a path have underscores.
METHOD_NAME = re.compile(r"[a-z]+([A-Z][a-z]+)*")


@every_operation
def test_an_operation_is_named_as_a_method_of_a_client(method, path):
    name = OPERATIONS[method, path]["operationId"]

    assert METHOD_NAME.fullmatch(name), f"declare operation_id, not {name}"


def test_operations_have_names_of_their_own():
    names = [operation["operationId"] for operation in OPERATIONS.values()]

    assert {"login", "moveAppointment", "listAppointments", "updateMe"} <= {*names}
    assert {"originalLogin", "originalGetAppointments"} <= {*names}
    assert len(names) == len(set(names))


def test_tags_are_described_in_the_order_in_which_operations_come():
    tags = [tag for operation in OPERATIONS.values() for tag in operation["tags"]]

    assert [tag["name"] for tag in DOCUMENT["tags"]] == [*dict.fromkeys(tags)]
    assert all(tag["description"] for tag in DOCUMENT["tags"])


def test_the_document_names_its_licence_and_its_server():
    assert DOCUMENT["info"]["license"]["name"] == "MIT"
    assert [server["url"] for server in DOCUMENT["servers"]] == ["/"]


def test_schemas_have_names_that_people_gave():
    names = [*DOCUMENT["components"]["schemas"]]

    assert {"AppointmentStatus", "BookingMode", "DayOfSlots", "Weekday"} <= {*names}
    # The ending of names that drf-spectacular makes up.
    assert not [name for name in names if name.endswith("Enum")]


def test_a_response_that_refuses_repeats_all_fields():
    """Generators of clients do not read `allOf` alike."""
    schemas = DOCUMENT["components"]["schemas"]

    for name in ("ErrorResponse", "RefusedDates", "RefusedTime"):
        assert {"type", "errors"} <= schemas[name]["properties"].keys()
        assert "allOf" not in schemas[name]


def test_the_original_names_are_described_last():
    paths = [path.removeprefix("/api/v1/") for path in DOCUMENT["paths"]]

    assert paths[-5:] == [
        "add_appointment",
        "add_appointments",
        "get_appointments",
        "login",
        "register",
    ]


@every_operation
def test_the_document_says_which_operations_need_a_token(api, method, path):
    security = OPERATIONS[method, path].get("security") or [{}]

    response = api().generic(method, re.sub(r"{\w+}", "1", path))

    assert (response.status_code == 401) == ({} not in security)
