"""The examples of the OpenAPI document work on the demo data."""

import pytest
import time_machine

from accounts.models import User
from appointments.seeds import load_fixtures, publish_appointments
from booking.tests.api.test_documentation import OPERATIONS

pytestmark = pytest.mark.django_db

NOW = "2026-12-01T08:00:00Z"
# They need a token, a code or a second factor that works.
WITHOUT = {
    "refreshToken",
    "logout",
    "changePassword",
    "verifyAddress",
    "resetPassword",
    "sendSecondFactor",
    "makeRecoveryCodes",
}
# Operations under `auth/` of somebody who is signed in.
SIGNED_IN = {"updateMe", "changeAddress", "addSecondFactor"}
STAFF = {"addClient", "addClosure", "addWebhook"}


def list_examples():
    for (method, path), operation in OPERATIONS.items():
        name = operation["operationId"]
        body = operation.get("requestBody", {}).get("content", {})
        if "{" in path or name in WITHOUT or method not in ("POST", "PATCH"):
            continue
        for content in body.values():
            for title, example in content["examples"].items():
                sent = (method, path, example["value"], name)
                yield pytest.param(*sent, id=f"{name}: {title}")


@pytest.fixture
def clock():
    with time_machine.travel(NOW) as traveller:
        yield traveller


@pytest.fixture
def demo(clock, settings):
    # The passwords of the demo accounts are hashed as in production.
    settings.PASSWORD_HASHERS = ["accounts.hashers.BoundedArgon2PasswordHasher"]
    load_fixtures(demo=True)
    publish_appointments()


@pytest.mark.parametrize(("method", "path", "body", "name"), [*list_examples()])
def test_an_example_of_a_request_works(api, demo, method, path, body, name):
    address = "manager" if name in STAFF else "ana"
    user = User.objects.get(email=f"{address}@example.com")
    is_anonymous = "auth/" in path and name not in SIGNED_IN
    client = api() if is_anonymous else api(user)

    response = getattr(client, method.lower())(path, body)

    assert response.status_code in (200, 201, 202), response.content


def test_there_are_examples_of_the_operations_that_matter():
    tried = {parameters.values[3] for parameters in list_examples()}

    assert {"login", "register", "addAppointment", "bookSeries"} <= tried
