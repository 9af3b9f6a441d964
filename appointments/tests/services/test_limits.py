"""How much a client may have ahead."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as project
from django.db import connection

from accounts.tests.factories import UserFactory
from appointments.models import Appointment, Series
from appointments.tests.factories import (
    CANCELLATION,
    FIRST_SESSION,
    HOUR,
    NOW,
    AppointmentFactory,
    SeriesFactory,
    booking_request,
)
from appointments.tests.services.series import URL as SERIES
from appointments.tests.services.series import series_request
from booking.tests import codes, refusals

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"
CREATED = (200, 201)
FAR = FIRST_SESSION + timedelta(days=300)
FUNCTION = Path(project.BASE_DIR, "appointments/services/client_has_room.sql")


@pytest.fixture
def client(settings):
    """A client with two of the three upcoming appointments that they may have."""
    settings.MAX_UPCOMING = 3
    client = UserFactory()
    AppointmentFactory(client=client, start=FAR)
    AppointmentFactory(client=client, start=FAR + HOUR, held=True)
    return client


@pytest.fixture(params=["add", "hold", "add what is available", "book"])
def take(request, api, therapist):
    """Let a client take an hour, in each way there is."""

    def post(client, start=FIRST_SESSION):
        available = None
        if request.param in ("add what is available", "book"):
            available = AppointmentFactory(
                therapist=therapist, available=True, start=start
            )
        if request.param == "book":
            return api(client).post(f"{URL}/{available.pk}/book")
        changes = {"hold": True} if request.param == "hold" else {}
        body = booking_request(therapist, start=start.isoformat(), **changes)
        return api(client).post(URL, body)

    return post


def test_the_default_is_sixty_appointments_and_two_series(settings):
    limits = (settings.MAX_UPCOMING, settings.MAX_SERIES, settings.MAX_DAILY_HOLDS)

    assert limits == (60, 2, 10)


def test_a_client_takes_no_more_than_they_may_have(take, client):
    last, beyond = take(client), take(client, FIRST_SESSION + HOUR)

    assert last.status_code in CREATED, last.data
    assert beyond.status_code == 422
    assert refusals(beyond) == [(None, "too_many_appointments")]
    assert Appointment.objects.filter(client=client).count() == 3


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"start": NOW - HOUR}, id="one that has started"),
        pytest.param({"cancelled": True}, id="a cancelled one"),
        pytest.param({"held": True, "hold_expires_at": NOW}, id="an expired hold"),
        pytest.param({"client": None, "available": True}, id="one of nobody"),
    ],
)
def test_only_what_is_to_come_counts(take, client, columns):
    AppointmentFactory(**{"client": client} | columns)

    assert take(client).status_code in CREATED


def test_a_cancelled_appointment_makes_room(take, operate, client):
    assert take(client).status_code in CREATED
    other = Appointment.objects.filter(client=client, status="booked").first()
    assert operate(client, "cancel", other).status_code == 200

    assert take(client, FIRST_SESSION + HOUR).status_code in CREATED


def test_a_hold_counts_and_can_still_be_booked(take, operate, client):
    assert take(client).status_code in CREATED
    hold = Appointment.objects.filter(client=client, status="held").first()

    response = operate(client, "book", hold)

    assert response.status_code == 200, response.data


def test_an_expired_hold_of_an_available_one_can_only_be_booked_with_room(
    take, operate, clock, client, settings
):
    hold = AppointmentFactory(client=client, held=True, was_published=True)
    clock.shift(timedelta(minutes=11))
    settings.MAX_UPCOMING = 1

    response = operate(client, "book", hold)

    assert codes(response) == ["too_many_appointments"]


@pytest.mark.parametrize("role", ["therapist", "practice"])
def test_staff_and_therapists_are_not_bound(api, clerk, therapist, client, role):
    AppointmentFactory(client=client, therapist=therapist)
    user = {"therapist": therapist.user, "practice": clerk}[role]
    requests = [
        booking_request(therapist, client_id=client.pk),
        booking_request(therapist, start="2030-03-04T09:00Z"),
    ]
    booked, published = [api(user).post(URL, body) for body in requests]
    named = {"client_id": client.pk}
    taken = api(user).post(f"{URL}/{published.data['id']}/book", named)

    assert (booked.status_code, taken.status_code) == (201, 200)
    assert Appointment.objects.filter(client=client).count() == 5


def test_moving_needs_no_room(move, client):
    AppointmentFactory(client=client)
    first = Appointment.objects.filter(client=client, status="booked").first()

    response = move(client, first, FIRST_SESSION + timedelta(days=60))

    assert response.status_code == 200


def test_the_rules_refuse_first(api, client, therapist):
    AppointmentFactory(client=client)
    therapist.horizon_days = 1
    therapist.save()

    response = api(client).post(URL, booking_request(therapist))

    assert codes(response) == ["too_far"]


def test_a_series_counts_with_each_of_its_dates(api, client, therapist):
    plan = series_request(therapist, duration=60, count=2)

    previewed = api(client).post(f"{SERIES}/preview", plan)
    refused = api(client).post(SERIES, plan)
    Appointment.objects.filter(client=client, status="held").delete()
    booked = api(client).post(SERIES, plan)

    assert previewed.content == refused.content
    assert refused.status_code == 422
    assert refusals(refused) == [(None, "too_many_appointments")]
    assert booked.status_code == 201


def test_a_date_that_is_skipped_does_not_count(api, client, therapist):
    AppointmentFactory(therapist=therapist, start=FIRST_SESSION)
    plan = series_request(therapist, duration=60, count=2, on_conflict="skip")

    preview = {name: plan[name] for name in plan if name != "on_conflict"}
    assert api(client).post(f"{SERIES}/preview", preview).status_code == 200
    assert api(client).post(SERIES, plan).status_code == 201


def test_a_client_has_at_most_two_upcoming_series(api, therapist, settings):
    client = UserFactory()
    cancelled, past, _ = (
        SeriesFactory(client=client, start=FIRST_SESSION + timedelta(days=days))
        for days in (0, -70, 0.1)
    )
    Appointment.objects.filter(series=cancelled).update(**CANCELLATION)
    assert past.appointments.filter(start__lt=NOW).count() == 2
    plan = series_request(therapist, duration=60, count=2, start="2030-01-09T09:00Z")

    booked = api(client).post(SERIES, plan)
    refused = api(client).post(SERIES, plan | {"start": "2030-01-10T09:00Z"})
    settings.MAX_UPCOMING = 3
    both = api(client).post(SERIES, plan | {"start": "2030-01-10T09:00Z"})

    assert booked.status_code == 201, booked.json()
    assert refused.status_code == 422
    assert refusals(refused) == [(None, "too_many_series")]
    assert codes(both) == ["too_many_appointments", "too_many_series"]
    assert Series.objects.filter(client=client).count() == 4


@pytest.mark.parametrize("role", ["therapist", "practice"])
def test_staff_and_therapists_book_any_number_of_series(api, clerk, therapist, role):
    client = AppointmentFactory(therapist=therapist).client
    user = {"therapist": therapist.user, "practice": clerk}[role]
    plan = series_request(therapist, duration=60, count=2, client_id=client.pk)

    statuses = [
        api(user).post(SERIES, plan | {"start": f"2030-02-0{day}T09:00Z"}).status_code
        for day in (5, 6, 7)
    ]

    assert statuses == [201] * 3


def test_the_database_has_the_function_of_the_file():
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'client_has_room'")
        [(body,)] = cursor.fetchall()

    assert body in FUNCTION.read_text("utf-8")
