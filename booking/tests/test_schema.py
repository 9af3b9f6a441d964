"""Requests made up from the OpenAPI document, for every operation and every role."""

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, settings
from rest_framework_simplejwt.tokens import AccessToken
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.tests.factories import UserFactory
from appointments.tests.factories import AppointmentFactory
from therapists.tests.factories import OfferingFactory, TherapistFactory

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ROLES = ["anonymous", "client", "therapist", "staff"]

document = SchemaGenerator().get_schema(public=True)
schema = schemathesis.openapi.from_dict(document)
schema.app = WSGIHandler()


@pytest.fixture
def tokens(db):
    """People of every role, and something to find for each."""
    therapist = TherapistFactory(signs_in=True, specialisms=["Addiction"])
    OfferingFactory(therapist=therapist)
    appointment = AppointmentFactory(therapist=therapist)
    AppointmentFactory(therapist=therapist, available=True)
    people = {
        "client": appointment.client,
        "therapist": therapist.user,
        "staff": UserFactory(staff=True),
    }
    return {role: str(AccessToken.for_user(one)) for role, one in people.items()}


@pytest.fixture(autouse=True)
def one_connection():
    """Keep the test's transaction open across requests, as Django's test client does."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture(autouse=True)
def no_throttling(settings):
    rates = {"login": "1000000/s", "register": "1000000/s"}
    settings.REST_FRAMEWORK = django_settings.REST_FRAMEWORK | {
        "DEFAULT_THROTTLE_RATES": rates
    }


@pytest.mark.parametrize("role", ROLES)
@schema.parametrize()
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    # The same requests every time: a build must not fail by chance.
    derandomize=True,
)
def test_answers_are_as_documented(case, tokens, role):
    headers = {"X-Request-ID": "made-up"}
    if role in tokens:
        headers["Authorization"] = f"Bearer {tokens[role]}"

    case.call_and_validate(headers=headers, checks=CHECKS)
