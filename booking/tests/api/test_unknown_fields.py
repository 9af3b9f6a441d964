"""Every route refuses fields and parameters that it does not read."""

import pytest
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from accounts.tests.factories import UserFactory
from booking.api.serializers import RequestSerializer
from booking.tests import refusals
from booking.tests.api.test_permissions import MATRIX, scene  # noqa: F401

pytestmark = pytest.mark.django_db

# Pages for browsers, and probes of an orchestrator.
PAGES = ("GET ", "link}", "favicon.ico", "livez", "readyz", "docs", "redoc", "schema")
WRITES = [
    route
    for route in MATRIX
    if not route.startswith("GET ") and not route.endswith(PAGES)
]
ROUTES = [route for route in MATRIX if not route.endswith(PAGES)]


@pytest.fixture
def send(api, scene):  # noqa: F811
    """Send a request as somebody who may do everything."""
    client = api(UserFactory(staff=True, is_superuser=True))

    def send_request(route, query="", body=None):
        method, _, path = route.partition(" ")
        url = f"/{path.format(**scene['ids'])}{query}"
        return client.generic(method, url, body or b"", "application/json")

    return send_request


@pytest.mark.parametrize("route", WRITES)
def test_an_unknown_field_is_refused(send, nothing_changes, route):
    with nothing_changes():
        response = send(route, body='{"colour": "blue", "From": null}')

    assert response.status_code == 400
    found = refusals(response)
    assert ("colour", "unknown_field") in found
    assert ("From", "unknown_field") in found


@pytest.mark.parametrize("route", WRITES)
def test_a_repeated_field_is_refused(send, nothing_changes, route):
    with nothing_changes():
        response = send(route, body='{"colour": 1, "size": 1, "colo\\u0075r": 2}')

    assert response.status_code == 400
    assert refusals(response) == [("colour", "repeated")]


@pytest.mark.parametrize("route", ROUTES)
def test_an_unknown_parameter_is_refused(send, nothing_changes, route):
    with nothing_changes():
        response = send(route, query="?colour=blue")

    assert response.status_code == 400
    assert ("colour", "unknown_parameter") in refusals(response)


@pytest.mark.parametrize("route", [route for route in ROUTES if "add_appoint" in route])
def test_a_repeated_parameter_of_an_original_name_is_refused(send, route):
    response = send(route, query="?type=one-off&type=consultation")

    assert response.status_code == 400
    assert refusals(response) == [("type", "repeated")]


@pytest.mark.parametrize("field", ["id", "email", "is_staff", "password"])
def test_a_field_that_only_responses_have_is_refused(send, field):
    response = send("PATCH api/v1/auth/me", body=f'{{"{field}": 1, "name": "Zoë"}}')

    assert response.status_code == 400
    assert refusals(response) == [(field, "unknown_field")]


def test_a_repeated_field_is_found_at_any_depth(send):
    body = '{"type": {"a": [{"b": 1, "b": 2}]}}'

    response = send("POST api/v1/appointments", body=body)

    assert refusals(response) == [("b", "repeated")]


@pytest.mark.parametrize(
    "body", ['{"a":' * 1020 + "1" + "}" * 1020, '{"a": ' + "1" * 5000 + "}"]
)
def test_an_excessive_body_does_not_crash(send, body):
    assert send("POST api/v1/appointments", body=body).status_code == 400


def test_a_response_names_a_limited_number_of_fields(send):
    body = "{" + ",".join(f'"{number}": 1' for number in range(5000)) + "}"

    response = send("POST api/v1/appointments", body=body)

    assert len([r for r in refusals(response) if r[1] == "unknown_field"]) == 20


class Inner(RequestSerializer):
    known = serializers.IntegerField()


class Outer(RequestSerializer):
    one = Inner()
    several = Inner(many=True)


def test_an_unknown_field_of_a_nested_object_is_refused():
    sent = {
        "one": {"known": 1, "x": 1},
        "several": [{"known": 1}, {"known": 1, "y": 1}],
    }

    with pytest.raises(ValidationError) as caught:
        Outer().run_validation(sent)

    assert caught.value.get_codes() == {
        "one": {"x": ["unknown_field"]},
        "several": {1: {"y": ["unknown_field"]}},
    }
