"""Idempotency-Key: a repeated request gets the first response and changes nothing.

test_idempotency_routes.py tests it on every route.
"""

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from appointments.models import Appointment
from appointments.tests.factories import (
    FIRST_SESSION,
    AppointmentFactory,
    booking_request,
)
from booking.models import IdempotentResponse
from booking.tests import codes, is_replay, refusals
from therapists.tests.factories import OfferingFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"
RETENTION = timedelta(hours=24)


def test_a_repeated_request_gets_the_first_response(
    send, person, therapist, nothing_changes
):
    first = send(person, booking_request(therapist))

    with nothing_changes():
        second = send(person, booking_request(therapist))

    assert first.status_code == 201, first.data
    assert is_replay(second, of=first)
    assert "ETag" in first
    assert Appointment.objects.get().pk == second.json()["id"]


def test_a_later_change_does_not_alter_the_stored_response(
    api, send, person, therapist
):
    first = send(person, booking_request(therapist))
    cancelled = api(person).post(f"{URL}/{first.json()['id']}/cancel")

    second = send(person, booking_request(therapist))

    assert cancelled.status_code == 200
    assert is_replay(second, of=first)
    assert Appointment.objects.get().status == "cancelled"


def test_the_same_request_with_another_key_is_a_new_request(send, person, therapist):
    assert send(person, booking_request(therapist)).status_code == 201

    response = send(person, booking_request(therapist), key="two")

    assert response.status_code == 409
    assert "Idempotent-Replayed" not in response


def test_equal_requests_match_in_any_spelling(send, person, therapist):
    first = send(person, booking_request(therapist))
    reordered = dict(reversed(booking_request(therapist).items()))

    assert is_replay(send(person, reordered), of=first)
    assert is_replay(send(person, booking_request(therapist), url=f"{URL}/"), of=first)
    assert is_replay(send(person, booking_request(therapist), key='"one"'), of=first)


@pytest.mark.parametrize(
    ("body", "url"),
    [
        pytest.param({"reason": "illness"}, "{first}/cancel", id="another body"),
        pytest.param({}, "{first}/book", id="another operation"),
        pytest.param({}, "{second}/cancel", id="another appointment"),
    ],
)
def test_a_key_used_for_another_request_is_refused(
    send, person, nothing_changes, body, url
):
    rows = AppointmentFactory.create_batch(2, client=person)
    first, second = (f"{URL}/{row.pk}" for row in rows)
    assert send(person, {}, url=f"{first}/cancel").status_code == 200

    with nothing_changes():
        response = send(person, body, url=url.format(first=first, second=second))

    assert response.status_code == 422
    assert refusals(response) == [(None, "idempotency_key_reused")]


def test_a_key_used_with_another_query_is_refused(
    send, person, therapist, nothing_changes
):
    url = f"/add_appointment?{urlencode(booking_request(therapist))}"
    assert send(person, {}, url=url).status_code == 201

    with nothing_changes():
        response = send(person, {}, url=url.replace("one-off", "consultation"))

    assert response.status_code == 422
    assert refusals(response) == [(None, "idempotency_key_reused")]


def test_a_conflict_is_stored(send, person, therapist):
    taken = AppointmentFactory(therapist=therapist, start=FIRST_SESSION)
    first = send(person, booking_request(therapist))
    taken.delete()

    second = send(person, booking_request(therapist))

    assert codes(first) == ["therapist_busy"]
    assert (first.status_code, is_replay(second, of=first)) == (409, True)
    assert not Appointment.objects.exists()


def test_a_refusal_by_the_rules_is_stored(send, person, therapist):
    OfferingFactory(therapist=therapist, type="consultation")
    therapist.notice_hours = 24 * 60
    therapist.save()
    first = send(person, booking_request(therapist))
    therapist.offerings.all().delete()

    second = send(person, booking_request(therapist))

    assert codes(first) == ["too_soon", "type_not_offered"]
    assert (first.status_code, is_replay(second, of=first)) == (422, True)
    assert not Appointment.objects.exists()


def bad_bodies(therapist):
    return {
        "malformed": ({"start": "x"}, URL, 400),
        "no object": ([], URL, 400),
        "denied": (booking_request(therapist, client_id=1), URL, 403),
        "unknown": ({}, f"{URL}/{10**12}/cancel", 404),
    }


@pytest.mark.parametrize("case", ["malformed", "no object", "denied", "unknown"])
def test_any_other_refusal_leaves_the_key_unused(
    send, person, therapist, nothing_changes, case
):
    body, url, status = bad_bodies(therapist)[case]

    with nothing_changes():
        refused = send(person, body, url=url)
    granted = send(person, booking_request(therapist))

    assert refused.status_code == status
    assert granted.status_code == 201, granted.data
    assert IdempotentResponse.objects.get().status == 201


def test_a_failed_precondition_leaves_the_key_unused(send, person):
    booked = AppointmentFactory(client=person)
    url = f"{URL}/{booked.pk}/cancel"

    refused = send(person, {}, url=url, **{"If-Match": '"1"'})
    granted = send(person, {}, url=url)

    assert (refused.status_code, granted.status_code) == (412, 200)


DEEP = "[" * 300 + "]" * 300


@pytest.mark.parametrize(
    "body", ["", "{", "null", "1e400", "9" * 40, DEEP, f'{{"start": {DEEP}}}']
)
def test_no_malformed_body_causes_a_crash(api, person, nothing_changes, body):
    with nothing_changes():
        response = api(person).post(
            URL,
            body,
            content_type="application/json",
            headers={"Idempotency-Key": "one"},
        )

    assert response.status_code == 400
    assert codes(response)


@pytest.mark.parametrize(
    ("age", "status"),
    [
        pytest.param(RETENTION - timedelta(seconds=1), 201, id="just before a day"),
        pytest.param(RETENTION, 409, id="after a day"),
    ],
)
def test_a_response_is_stored_for_a_day(send, person, clock, therapist, age, status):
    clock.shift(0)
    first = send(person, booking_request(therapist))
    clock.move_to(
        IdempotentResponse.objects.get().expires_at - RETENTION + age, tick=False
    )

    second = send(person, booking_request(therapist))

    assert second.status_code == status
    assert ("Idempotent-Replayed" in second) == (first.status_code == status)
    assert IdempotentResponse.objects.get().status == status
