"""Requests to add that are malformed, by every role. None of them changes a row."""

import json

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.models.statuses import Role
from appointments.tests.factories import booking_request, get_diary_user
from booking.tests import codes, refusals
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"
FIELDS = ["start", "duration", "type", "therapist_id"]
BAD = [
    ("duration", "0", "min_value"),
    ("duration", "4", "min_value"),
    ("duration", "-5", "min_value"),
    ("duration", "481", "max_value"),
    ("duration", "1.5", "invalid"),
    ("duration", "60x", "invalid"),
    ("duration", "1e2", "invalid"),
    ("duration", "9" * 5000, "max_string_length"),
    ("duration", "9" * 20, "max_value"),
    ("duration", "", "invalid"),
    ("duration", "6\x000", "invalid"),
    ("duration", "🕐", "invalid"),
    ("type", "group", "invalid_choice"),
    ("type", "One-off", "invalid_choice"),
    ("type", "one-off\x00", "invalid_choice"),
    ("type", "", "invalid_choice"),
    ("type", "🦄", "invalid_choice"),
    ("type", "x" * 5000, "invalid_choice"),
    ("therapist_id", "0", "min_value"),
    ("therapist_id", "-1", "min_value"),
    ("therapist_id", "9" * 20, "max_value"),
    ("therapist_id", str(2**63), "max_value"),
    ("therapist_id", str(2**63 - 1), "does_not_exist"),
    ("therapist_id", "x", "invalid"),
    ("therapist_id", "", "invalid"),
    ("therapist_id", "1.5", "invalid"),
    ("therapist_id", "1\x00", "invalid"),
    ("client_id", "0", "min_value"),
    ("client_id", "9" * 20, "max_value"),
    ("client_id", "ada@example.com", "invalid"),
    ("start", "", "invalid"),
    ("start", "\x00", "invalid"),
    ("start", "🕐", "invalid"),
    ("start", "x" * 5000, "invalid"),
]


@pytest.fixture(params=Role)
def user(request, therapist):
    """A user of each role."""
    if request.param == Role.CLIENT:
        return UserFactory()
    return get_diary_user(therapist, request.param)


@pytest.mark.parametrize("field", FIELDS)
def test_a_missing_field_is_refused(add, user, therapist, nothing_changes, field):
    incomplete = booking_request(therapist)
    del incomplete[field]

    with nothing_changes():
        response = add(user, incomplete)

    assert response.status_code == 400
    assert refusals(response) == [(field, "required")]


def test_one_response_names_all_missing_fields(add, user, nothing_changes):
    with nothing_changes():
        response = add(user, {})

    assert response.status_code == 400
    assert refusals(response) == [(field, "required") for field in sorted(FIELDS)]


@pytest.mark.parametrize(
    ("field", "value", "refused"), BAD, ids=lambda v: ascii(v)[1:21]
)
def test_a_bad_value_is_refused(
    add, user, therapist, nothing_changes, field, value, refused
):
    with nothing_changes():
        response = add(user, booking_request(therapist, **{field: value}))

    assert response.status_code == 400
    assert refusals(response) == [(field, refused)]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", [None, [], {}, [1], {"a": 1}, True, 1.5, 10**30])
def test_a_value_of_the_wrong_type_is_refused(
    api, user, therapist, nothing_changes, field, value
):
    with nothing_changes():
        response = api(user).post(URL, booking_request(therapist, **{field: value}))

    assert response.status_code == 400
    assert {attr for attr, _ in refusals(response)} == {field}


def test_one_response_names_all_bad_values(add, user, nothing_changes):
    bad = {"start": "x", "duration": 4, "type": "group", "therapist_id": 0}

    with nothing_changes():
        response = add(user, bad)

    assert refusals(response) == [
        ("duration", "min_value"),
        ("start", "invalid"),
        ("therapist_id", "min_value"),
        ("type", "invalid_choice"),
    ]


def test_an_unknown_therapist_cannot_be_booked(add, user, therapist, nothing_changes):
    with nothing_changes():
        response = add(
            user, booking_request(therapist, therapist_id=therapist.pk + 10**9)
        )

    assert response.status_code == 400
    assert refusals(response) == [("therapist_id", "does_not_exist")]


def test_an_inactive_therapist_cannot_be_booked_by_clients(add, nothing_changes):
    client, therapist = UserFactory(), TherapistFactory(is_active=False)

    with nothing_changes():
        response = add(client, booking_request(therapist))

    assert response.status_code == 400
    assert refusals(response) == [("therapist_id", "does_not_exist")]


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        (b"", (400, "required")),
        (b"{", (400, "parse_error")),
        (b"{'start': 1}", (400, "parse_error")),
        (b"\xff\xfe", (400, "parse_error")),
        (b'{"type": "\\ud800"}', (400, "parse_error")),
        (b'{"duration": NaN}', (400, "parse_error")),
        (b"[" * 100_000, (413, "too_large")),
        (b"[" * 50_000, (400, "parse_error")),
        (b'{"a":' * 9_000 + b"1" + b"}" * 9_000, (400, "parse_error")),
        (b"[]", (400, "invalid")),
        (b"[{}]", (400, "invalid")),
        (b"null", (400, "null")),
        (b"5", (400, "invalid")),
        (b'"x"', (400, "invalid")),
        (b"true", (400, "invalid")),
        (b" " * 65_537, (413, "too_large")),
    ],
    ids=lambda v: ascii(v)[:20],
)
def test_a_bad_body_is_refused(api, user, nothing_changes, body, refused):
    with nothing_changes():
        response = api(user).post(URL, body, content_type="application/json")

    assert (response.status_code, codes(response)[0]) == refused


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "x",
    ],
)
def test_another_content_type_is_refused(
    api, user, therapist, nothing_changes, content_type
):
    body = json.dumps(booking_request(therapist))

    with nothing_changes():
        response = api(user).post(URL, body, content_type=content_type)

    assert response.status_code == 415
    assert codes(response) == ["unsupported_media_type"]


def test_unknown_fields_are_refused(add, user, therapist, nothing_changes):
    odd = {"busy_until": "x", "end": "x", "id": 10**12, "status": "completed"}

    with nothing_changes():
        response = add(user, booking_request(therapist) | odd)

    assert response.status_code == 400
    assert {code for _, code in refusals(response)} <= {
        "unknown_field",
        "unknown_parameter",
    }
    assert [name for name, _ in refusals(response)] == list(odd)


def test_a_misspelled_client_publishes_nothing(api, clerk, therapist):
    body = booking_request(therapist) | {"clientId": UserFactory().pk}

    response = api(clerk).post(URL, body)

    assert response.status_code == 400
    assert refusals(response) == [("clientId", "unknown_field")]
    assert not Appointment.objects.exists()
