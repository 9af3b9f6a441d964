"""Requests generated from the OpenAPI document, for every operation and role."""

from datetime import timedelta

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from rest_framework_simplejwt.tokens import AccessToken
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.tests.factories import UserFactory
from appointments.models import Series
from appointments.tests.factories import AppointmentFactory, SeriesFactory
from booking.api.openapi.responses import read_codes
from booking.tests.depth import choose, examples
from therapists.tests.factories import (
    AbsenceFactory,
    ClosureFactory,
    OfferingFactory,
    TherapistFactory,
    WorkingHoursFactory,
)


def codes_are_documented(ctx, response, case):
    """The description of the response lists each code that it has."""
    operation = document["paths"][case.operation.path].get(case.method.lower())
    if operation is None:
        # A method of no operation, which the document says nothing about.
        return
    responses = operation["responses"]
    if response.status_code < 400:
        return
    # Of several dates of a series, each has its own reason.
    statuses = {409: (409, 422)}.get(response.status_code, (response.status_code,))
    documented = {
        code
        for status in statuses
        if str(status) in responses
        for code in read_codes(resolve(responses[str(status)])["description"])
    }
    found = {error["code"] for error in response.json()["errors"]}
    assert found <= documented, f"not documented: {found - documented}"


def resolve(response):
    name = response.get("$ref", "").rpartition("/")[2]
    return document["components"]["responses"][name] if name else response


CHECKS = [
    codes_are_documented,
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SIGNED_IN = ["client", "therapist", "staff"]
ALIASES = "^/api/v1/(register|login|get_appointments|add_appointments?)$"

document = SchemaGenerator().get_schema(public=True)
schema = schemathesis.openapi.from_dict(document)
schema.app = WSGIHandler()
# Some forty requests for each operation and role, at and beyond every limit.
schema.config.phases.coverage.enabled = choose(sample=False, thorough=True)


@pytest.fixture
def tokens(db):
    """The token of each role, with rows for each role to find."""
    therapist = TherapistFactory(signs_in=True, specialisms=["Addiction"])
    OfferingFactory(therapist=therapist)
    appointment = AppointmentFactory(therapist=therapist)
    AppointmentFactory(therapist=therapist, available=True)
    SeriesFactory(therapist=therapist, client=appointment.client)
    people = {
        "client": appointment.client,
        "therapist": therapist.user,
        "staff": UserFactory(staff=True),
        "auditor": UserFactory(staff=True, group="Auditor"),
    }
    return {role: str(AccessToken.for_user(one)) for role, one in people.items()}


@pytest.fixture
def rows(db):
    """The ids that a path can contain: rows of one therapist, and a closure."""
    therapist = TherapistFactory()
    return {
        "therapist_id": therapist.pk,
        "hours": WorkingHoursFactory(therapist=therapist).pk,
        "absences": AbsenceFactory(therapist=therapist).pk,
        "offerings": OfferingFactory(therapist=therapist).pk,
        "closures": ClosureFactory().pk,
        "appointments": AppointmentFactory(therapist=therapist).pk,
        "series": SeriesFactory(therapist=therapist).pk,
    }


@pytest.fixture(autouse=True)
def one_connection():
    """Keep the test's transaction open between requests, as Django's client does."""
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


def reads_tokens(context):
    return any(context.operation.definition.raw.get("security") or [])


def check(case, token=None):
    headers = {"X-Request-ID": "made-up"}
    if token:
        headers["Authorization"] = f"Bearer {token}"

    return case.call_and_validate(headers=headers, checks=CHECKS)


canonical_routes = schema.exclude(path_regex=ALIASES)


@pytest.mark.parametrize("role", SIGNED_IN)
@canonical_routes.include(reads_tokens).parametrize()
@examples(sample=5, thorough=25)
def test_responses_to_each_role_are_as_documented(case, tokens, role):
    check(case, tokens[role])


@canonical_routes.exclude(reads_tokens).parametrize()
@examples(sample=5, thorough=25)
def test_responses_to_anyone_are_as_documented(case, tokens):
    check(case)


@schema.include(reads_tokens).parametrize()
@examples(sample=2, thorough=5)
def test_responses_without_a_token_are_as_documented(case, tokens):
    check(case)


# Generated ids match no row.
@pytest.mark.parametrize("role", ["staff", "auditor"])
@schema.include(
    path_regex="/(hours|absences|offerings|closures|next_slot|free|appointments/|series/)"
).parametrize()
@examples(sample=4, thorough=15)
def test_responses_about_existing_rows_are_as_documented(case, tokens, rows, role):
    kind = case.path.split("/{id}")[0].rpartition("/")[2]
    ids = {"therapist_id": rows["therapist_id"], "id": rows.get(kind)}
    case.path_parameters = {name: str(ids[name]) for name in case.path_parameters}

    check(case, tokens[role])


# No generated request comes at the right time for this refusal.
def test_the_refusal_to_cancel_a_series_is_as_documented(tokens, clock):
    series = Series.objects.get()
    clock.move_to(series.start - timedelta(minutes=1))
    case = schema["/api/v1/series/{id}/cancel"]["POST"].Case(
        path_parameters={"id": str(series.pk)}, body={}, media_type="application/json"
    )

    response = check(case, str(AccessToken.for_user(series.client)))

    assert response.status_code == 422


# The same views under other names. Only the place of the parameters can differ.
@schema.include(path_regex=ALIASES).parametrize()
@examples(sample=3, thorough=10)
def test_responses_under_the_original_names_are_as_documented(case, tokens):
    check(case, tokens["client"])
