"""How often a therapist may find out that a client is busy elsewhere."""

from datetime import timedelta

import pytest

from appointments.models import Appointment, ClientBusyRefusal
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    NOW,
    AppointmentFactory,
    SeriesFactory,
    booking_request,
)
from appointments.tests.services.series import series_request
from booking.tests import codes, is_replay
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"


@pytest.fixture
def client(therapist):
    """A client of the therapist who is with a colleague for the first two sessions."""
    client = AppointmentFactory(
        therapist=therapist, start=FIRST_SESSION + timedelta(days=9)
    ).client
    for number in range(2):
        AppointmentFactory(client=client, start=FIRST_SESSION + number * HOUR)
    return client


@pytest.fixture
def try_to_book(api, therapist, client):
    """Let the therapist book the client for a time when the client is busy."""

    def post(user=None, start=FIRST_SESSION, **headers):
        body = booking_request(therapist, client_id=client.pk, start=start.isoformat())
        return api(user or therapist.user).post(URL, body, headers=headers)

    return post


@pytest.fixture
def learn(therapist):
    """Let the therapist have been refused so often."""

    def create(times, at=NOW):
        ClientBusyRefusal.objects.bulk_create(
            ClientBusyRefusal(at=at, therapist=therapist, start=FIRST_SESSION)
            for _ in range(times)
        )

    return create


def test_a_refusal_is_kept_with_its_people_time_and_request(
    try_to_book, therapist, client
):
    response = try_to_book(**{"X-Request-ID": "trace-7"})

    assert response.status_code == 409
    assert codes(response) == ["client_busy"]
    kept = ClientBusyRefusal.objects.get()
    assert (kept.user, kept.therapist) == (therapist.user, therapist)
    assert kept.client == client
    assert kept.start == FIRST_SESSION
    assert len(kept.request_id) == 32
    assert NOW <= kept.at < NOW + HOUR


def test_the_eleventh_booking_of_an_hour_is_not_answered(try_to_book, learn):
    answered = [codes(try_to_book()) for _ in range(10)]

    busy, free = try_to_book(), try_to_book(start=FIRST_SESSION + 5 * HOUR)

    assert answered == [["client_busy"]] * 10
    assert (busy.status_code, free.status_code) == (429, 429)
    assert busy.content == free.content
    assert codes(busy) == ["throttled"]
    assert 3590 <= int(busy["Retry-After"]) <= 3600
    assert ClientBusyRefusal.objects.count() == 10


@pytest.mark.parametrize("operation", ["book", "move", "series", "move the series"])
def test_every_way_to_meet_a_busy_client_counts(
    api, therapist, client, learn, operation
):
    learn(8)
    own = Appointment.objects.get(therapist=therapist, client=client)
    series = SeriesFactory(therapist=therapist, client=client)
    available = AppointmentFactory(therapist=therapist, available=True)
    Appointment.objects.filter(client=client, start=FIRST_SESSION).update(
        start=available.start, end=available.end, busy_until=available.end
    )
    start = {"start": (available.start + HOUR / 2).isoformat()}
    named = {"client_id": client.pk, "duration": 60}
    path, body = {
        "book": (f"appointments/{available.pk}/book", {"client_id": client.pk}),
        "move": (f"appointments/{own.pk}/move", start),
        "series": ("series", series_request(therapist, **named, **start, count=2)),
        "move the series": (f"series/{series.pk}/move", start),
    }[operation]
    if operation != "book":
        available.delete()

    responses = [api(therapist.user).post(f"/api/v1/{path}", body) for _ in range(3)]

    assert [r.status_code for r in responses] == [409, 409, 429], responses[0].json()
    assert [codes(r) for r in responses] == [["client_busy"]] * 2 + [["throttled"]]
    assert ClientBusyRefusal.objects.count() == 10


def test_the_hour_slides(try_to_book, learn, clock, therapist):
    learn(1, at=NOW - timedelta(minutes=50))
    learn(9, at=NOW - timedelta(minutes=30))

    refused = try_to_book()
    clock.move_to(NOW + timedelta(seconds=int(refused["Retry-After"])))
    answered, again = try_to_book(), try_to_book()

    assert (refused.status_code, refused["Retry-After"]) == (429, "600")
    assert (answered.status_code, again.status_code) == (409, 429)


def test_refusals_of_one_therapist_do_not_count_for_another(api, learn, client):
    learn(10)
    colleague = TherapistFactory(signs_in=True)
    AppointmentFactory(therapist=colleague, client=client)

    body = booking_request(colleague, client_id=client.pk)
    response = api(colleague.user).post(URL, body)

    assert codes(response) == ["client_busy"]


@pytest.mark.parametrize("is_therapist", [False, True])
def test_staff_are_neither_counted_nor_limited(
    try_to_book, learn, therapist, clerk, is_therapist
):
    learn(10)
    if is_therapist:
        therapist.user = clerk
        therapist.save()

    response = try_to_book(clerk)

    assert codes(response) == ["client_busy"]
    assert ClientBusyRefusal.objects.count() == 10


def test_clients_are_neither_counted_nor_limited(api, therapist, client, learn):
    learn(10)

    response = api(client).post(URL, booking_request(therapist))

    assert codes(response) == ["client_busy"]
    assert ClientBusyRefusal.objects.count() == 10


def test_a_limited_therapist_still_publishes_and_cancels(api, therapist, learn):
    learn(10)
    booked = AppointmentFactory(therapist=therapist, start=FIRST_SESSION + 5 * HOUR)

    published = api(therapist.user).post(URL, booking_request(therapist))
    cancelled = api(therapist.user).post(f"{URL}/{booked.pk}/cancel")

    assert (published.status_code, cancelled.status_code) == (201, 200)


def test_a_refusal_of_ones_own_diary_does_not_count(try_to_book, therapist):
    AppointmentFactory(therapist=therapist, start=FIRST_SESSION + 5 * HOUR)

    response = try_to_book(start=FIRST_SESSION + 5 * HOUR)

    assert codes(response) == ["therapist_busy"]
    assert not ClientBusyRefusal.objects.exists()


def test_a_client_who_is_free_is_booked_with_the_last_answer(try_to_book, learn):
    learn(9)

    response = try_to_book(start=FIRST_SESSION + 5 * HOUR)

    assert response.status_code == 201
    assert ClientBusyRefusal.objects.count() == 9


def test_the_count_survives_with_an_idempotency_key(try_to_book):
    first = try_to_book(**{"Idempotency-Key": "one"})

    again = try_to_book(**{"Idempotency-Key": "one"})

    assert first.status_code == 409
    assert is_replay(again, of=first)
    assert ClientBusyRefusal.objects.count() == 1


def test_too_many_requests_leave_the_key_unused(try_to_book, learn, clock):
    learn(10)
    limited = try_to_book(**{"Idempotency-Key": "one"})
    clock.shift(HOUR)

    answered = try_to_book(**{"Idempotency-Key": "one"})

    assert (limited.status_code, answered.status_code) == (429, 409)


def test_an_expired_hold_elsewhere_makes_no_client_busy(
    try_to_book, client, therapist, clock
):
    Appointment.objects.filter(client=client).exclude(therapist=therapist).delete()
    AppointmentFactory(client=client, held=True, start=FIRST_SESSION)
    clock.shift(timedelta(minutes=11))

    assert try_to_book().status_code == 201
    assert not ClientBusyRefusal.objects.exists()
