"""The keys of repeated requests: their form, their owner and their end."""

from datetime import timedelta

import pytest

from accounts.tests.factories import PASSWORD, UserFactory
from appointments.models import Appointment
from appointments.tests.factories import booking_request
from booking.models import IdempotentResponse
from booking.tests import is_replay, refusals

pytestmark = pytest.mark.django_db

RETENTION = timedelta(hours=24)
LATER = "2030-03-04T10:00:00Z"


def test_two_users_can_use_the_same_key(send, person, therapist):
    first = send(person, booking_request(therapist))

    other = send(UserFactory(), booking_request(therapist, start=LATER))

    assert (first.status_code, other.status_code) == (201, 201)
    assert Appointment.objects.count() == IdempotentResponse.objects.count() == 2


@pytest.mark.parametrize(
    "key",
    ["", '""', '"', "a b", "a\tb", "ключ", "é", "x" * 256, "\x7f"],
    ids=ascii,
)
def test_a_malformed_key_is_refused(send, person, therapist, nothing_changes, key):
    with nothing_changes():
        response = send(person, booking_request(therapist), key=key)

    assert response.status_code == 400
    assert refusals(response) == [("Idempotency-Key", "invalid")]


@pytest.mark.parametrize("key", ["x" * 255, "!", "~", "a:b/c=", f'"{"x" * 255}"'])
def test_a_key_can_be_any_visible_ascii(send, person, therapist, key):
    first = send(person, booking_request(therapist), key=key)

    assert first.status_code == 201, first.data
    assert is_replay(send(person, booking_request(therapist), key=key), of=first)


def test_after_a_day_a_key_works_for_another_request(send, person, clock, therapist):
    assert send(person, booking_request(therapist)).status_code == 201
    clock.shift(RETENTION)

    response = send(person, booking_request(therapist, start=LATER))

    assert response.status_code == 201, response.data
    assert IdempotentResponse.objects.get().body == response.content.decode()


def test_routes_without_a_user_ignore_the_key(api):
    headers = {"Idempotency-Key": "not a key at all"}
    person = {"email": "ada@example.com", "password": PASSWORD}

    def post(route):
        return api().post(f"/api/v1/auth/{route}", person, headers=headers)

    responses = [post(route) for route in ("register", "register", "login", "login")]

    assert [response.status_code for response in responses] == [201, 400, 200, 200]
    assert responses[2].content != responses[3].content
    assert not IdempotentResponse.objects.exists()


def test_a_key_without_a_token_changes_nothing(send, therapist, nothing_changes):
    with nothing_changes():
        response = send(None, booking_request(therapist))

    assert response.status_code == 401
