"""Idempotency-Key: a repeated request gets the first response and changes nothing.

test_idempotency_routes.py tests it on every route.
"""

from datetime import timedelta

import pytest

from accounts.tests.factories import PASSWORD, UserFactory
from appointments.models import Appointment
from appointments.tests.factories import FIRST_SESSION, AppointmentFactory, wish
from booking.models import IdempotentResponse
from booking.tests import codes, is_replay, refusals
from therapists.tests.factories import OfferingFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"
RETENTION = timedelta(hours=24)
LATER = "2030-03-04T10:00:00Z"


def test_a_repeated_request_gets_the_first_response(
    send, person, therapist, nothing_changes
):
    first = send(person, wish(therapist))

    with nothing_changes():
        second = send(person, wish(therapist))

    assert first.status_code == 201, first.data
    assert is_replay(second, of=first)
    assert "ETag" in first
    assert Appointment.objects.get().pk == second.json()["id"]


def test_a_later_change_does_not_alter_the_stored_response(
    api, send, person, therapist
):
    first = send(person, wish(therapist))
    cancelled = api(person).post(f"{URL}/{first.json()['id']}/cancel")

    second = send(person, wish(therapist))

    assert cancelled.status_code == 200
    assert is_replay(second, of=first)
    assert Appointment.objects.get().status == "cancelled"


def test_the_same_request_with_another_key_is_a_new_request(send, person, therapist):
    assert send(person, wish(therapist)).status_code == 201

    response = send(person, wish(therapist), key="two")

    assert response.status_code == 409
    assert "Idempotent-Replayed" not in response


def test_equal_requests_match_in_any_spelling(send, person, therapist):
    first = send(person, wish(therapist))
    reordered = dict(reversed(wish(therapist).items()))

    assert is_replay(send(person, reordered), of=first)
    assert is_replay(send(person, wish(therapist), url=f"{URL}/"), of=first)
    assert is_replay(send(person, wish(therapist), key='"one"'), of=first)


@pytest.mark.parametrize(
    ("body", "url"),
    [
        pytest.param({"reason": "illness"}, "{first}/cancel", id="another body"),
        pytest.param({}, "{first}/cancel?again=1", id="another query"),
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


def test_two_users_can_use_the_same_key(send, person, therapist):
    first = send(person, wish(therapist))

    other = send(UserFactory(), wish(therapist, start=LATER))

    assert (first.status_code, other.status_code) == (201, 201)
    assert Appointment.objects.count() == IdempotentResponse.objects.count() == 2


def test_a_conflict_is_stored(send, person, therapist):
    taken = AppointmentFactory(therapist=therapist, start=FIRST_SESSION)
    first = send(person, wish(therapist))
    taken.delete()

    second = send(person, wish(therapist))

    assert codes(first) == ["therapist_busy"]
    assert (first.status_code, is_replay(second, of=first)) == (409, True)
    assert not Appointment.objects.exists()


def test_a_refusal_by_the_rules_is_stored(send, person, therapist):
    OfferingFactory(therapist=therapist, type="consultation")
    therapist.notice_hours = 24 * 60
    therapist.save()
    first = send(person, wish(therapist))
    therapist.offerings.all().delete()

    second = send(person, wish(therapist))

    assert codes(first) == ["too_soon", "type_not_offered"]
    assert (first.status_code, is_replay(second, of=first)) == (422, True)
    assert not Appointment.objects.exists()


def bad_bodies(therapist):
    return {
        "malformed": ({"start": "x"}, URL, 400),
        "no object": ([], URL, 400),
        "denied": (wish(therapist, client_id=1), URL, 403),
        "unknown": ({}, f"{URL}/{10**12}/cancel", 404),
    }


@pytest.mark.parametrize("case", ["malformed", "no object", "denied", "unknown"])
def test_any_other_refusal_leaves_the_key_unused(
    send, person, therapist, nothing_changes, case
):
    body, url, status = bad_bodies(therapist)[case]

    with nothing_changes():
        refused = send(person, body, url=url)
    granted = send(person, wish(therapist))

    assert refused.status_code == status
    assert granted.status_code == 201, granted.data
    assert IdempotentResponse.objects.get().status == 201


def test_a_failed_precondition_leaves_the_key_unused(send, person):
    booked = AppointmentFactory(client=person)
    url = f"{URL}/{booked.pk}/cancel"

    refused = send(person, {}, url=url, **{"If-Match": '"1"'})
    granted = send(person, {}, url=url)

    assert (refused.status_code, granted.status_code) == (412, 200)


@pytest.mark.parametrize(
    "key",
    ["", '""', '"', "a b", "a\tb", "ключ", "é", "x" * 256, "\x7f"],
    ids=ascii,
)
def test_a_malformed_key_is_refused(send, person, therapist, nothing_changes, key):
    with nothing_changes():
        response = send(person, wish(therapist), key=key)

    assert response.status_code == 400
    assert refusals(response) == [("Idempotency-Key", "invalid")]


@pytest.mark.parametrize("key", ["x" * 255, "!", "~", "a:b/c=", f'"{"x" * 255}"'])
def test_a_key_can_be_any_visible_ascii(send, person, therapist, key):
    first = send(person, wish(therapist), key=key)

    assert first.status_code == 201, first.data
    assert is_replay(send(person, wish(therapist), key=key), of=first)


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
    first = send(person, wish(therapist))
    clock.move_to(
        IdempotentResponse.objects.get().expires_at - RETENTION + age, tick=False
    )

    second = send(person, wish(therapist))

    assert second.status_code == status
    assert ("Idempotent-Replayed" in second) == (first.status_code == status)
    assert IdempotentResponse.objects.get().status == status


def test_after_a_day_a_key_works_for_another_request(send, person, clock, therapist):
    assert send(person, wish(therapist)).status_code == 201
    clock.shift(RETENTION)

    response = send(person, wish(therapist, start=LATER))

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
        response = send(None, wish(therapist))

    assert response.status_code == 401
