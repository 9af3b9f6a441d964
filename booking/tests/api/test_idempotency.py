"""Idempotency-Key: the same request again is the same answer again, and no change.

test_idempotency_routes.py has every route that honours it.
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
KEPT = timedelta(hours=24)
LATER = "2030-03-04T10:00:00Z"


def test_the_same_request_again_is_the_first_answer_again(
    send, person, therapist, nothing_changes
):
    first = send(person, wish(therapist))

    with nothing_changes():
        second = send(person, wish(therapist))

    assert first.status_code == 201, first.data
    assert is_replay(second, of=first)
    assert "ETag" in first
    assert Appointment.objects.get().pk == second.json()["id"]


def test_what_happened_meanwhile_does_not_change_the_answer(
    api, send, person, therapist
):
    first = send(person, wish(therapist))
    cancelled = api(person).post(f"{URL}/{first.json()['id']}/cancel")

    second = send(person, wish(therapist))

    assert cancelled.status_code == 200
    assert is_replay(second, of=first)
    assert Appointment.objects.get().status == "cancelled"


def test_another_key_is_another_request(send, person, therapist):
    assert send(person, wish(therapist)).status_code == 201

    response = send(person, wish(therapist), key="two")

    assert response.status_code == 409
    assert "Idempotent-Replayed" not in response


def test_the_same_is_the_same_however_it_is_written(send, person, therapist):
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
def test_a_key_is_for_one_request(send, person, nothing_changes, body, url):
    rows = AppointmentFactory.create_batch(2, client=person)
    first, second = (f"{URL}/{row.pk}" for row in rows)
    assert send(person, {}, url=f"{first}/cancel").status_code == 200

    with nothing_changes():
        response = send(person, body, url=url.format(first=first, second=second))

    assert response.status_code == 422
    assert refusals(response) == [(None, "idempotency_key_reused")]


def test_everyone_has_keys_of_their_own(send, person, therapist):
    first = send(person, wish(therapist))

    other = send(UserFactory(), wish(therapist, start=LATER))

    assert (first.status_code, other.status_code) == (201, 201)
    assert Appointment.objects.count() == IdempotentResponse.objects.count() == 2


def test_a_conflict_is_kept(send, person, therapist):
    taken = AppointmentFactory(therapist=therapist, start=FIRST_SESSION)
    first = send(person, wish(therapist))
    taken.delete()

    second = send(person, wish(therapist))

    assert codes(first) == ["therapist_busy"]
    assert (first.status_code, is_replay(second, of=first)) == (409, True)
    assert not Appointment.objects.exists()


def test_a_refusal_by_the_rules_is_kept(send, person, therapist):
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
def test_any_other_refusal_leaves_the_key_free(
    send, person, therapist, nothing_changes, case
):
    body, url, status = bad_bodies(therapist)[case]

    with nothing_changes():
        refused = send(person, body, url=url)
    granted = send(person, wish(therapist))

    assert refused.status_code == status
    assert granted.status_code == 201, granted.data
    assert IdempotentResponse.objects.get().status == 201


def test_a_precondition_that_failed_leaves_the_key_free(send, person):
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
def test_a_key_is_any_visible_ascii(send, person, therapist, key):
    first = send(person, wish(therapist), key=key)

    assert first.status_code == 201, first.data
    assert is_replay(send(person, wish(therapist), key=key), of=first)


DEEP = "[" * 300 + "]" * 300


@pytest.mark.parametrize(
    "body", ["", "{", "null", "1e400", "9" * 40, DEEP, f'{{"start": {DEEP}}}']
)
def test_no_body_breaks_it(api, person, nothing_changes, body):
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
        pytest.param(KEPT - timedelta(seconds=1), 201, id="just before a day"),
        pytest.param(KEPT, 409, id="after a day"),
    ],
)
def test_an_answer_is_kept_for_a_day(send, person, clock, therapist, age, status):
    clock.shift(0)
    first = send(person, wish(therapist))
    clock.move_to(IdempotentResponse.objects.get().expires_at - KEPT + age, tick=False)

    second = send(person, wish(therapist))

    assert second.status_code == status
    assert ("Idempotent-Replayed" in second) == (first.status_code == status)
    assert IdempotentResponse.objects.get().status == status


def test_after_a_day_a_key_is_good_for_anything(send, person, clock, therapist):
    assert send(person, wish(therapist)).status_code == 201
    clock.shift(KEPT)

    response = send(person, wish(therapist, start=LATER))

    assert response.status_code == 201, response.data
    assert IdempotentResponse.objects.get().body == response.content.decode()


def test_routes_without_a_user_ignore_it(api):
    headers = {"Idempotency-Key": "not a key at all"}
    person = {"email": "ada@example.com", "password": PASSWORD}

    def post(route):
        return api().post(f"/api/v1/auth/{route}", person, headers=headers)

    answers = [post(route) for route in ("register", "register", "login", "login")]

    assert [answer.status_code for answer in answers] == [201, 400, 200, 200]
    assert answers[2].content != answers[3].content
    assert not IdempotentResponse.objects.exists()


def test_without_a_token_it_changes_nothing(send, therapist, nothing_changes):
    with nothing_changes():
        response = send(None, wish(therapist))

    assert response.status_code == 401
