"""The people who are told of a change of the diary."""

import pytest
from django.db import transaction

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    NOW,
    AppointmentFactory,
    SeriesFactory,
    booking_request,
)
from notifications.models import Change
from therapists.tests.factories import TherapistFactory

# Where a series is changed, each change needs a transaction of its own, as in production.
pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"


@pytest.fixture
def therapist():
    return TherapistFactory(signs_in=True, time_zone="UTC")


@pytest.fixture
def client():
    return UserFactory(name="Kit Moss", email="kit@example.com")


@pytest.fixture
def told(work):
    """Return who was told what: pairs of address and kind."""

    def run():
        return sorted((m.to[0], m.extra_headers["X-Booking-Kind"]) for m in work())

    return run


def list_both(kind, client, therapist):
    return sorted([(client.email, kind), (therapist.user.email, kind)])


def test_client_and_therapist_are_told_of_a_booking(api, told, client, therapist):
    api(client).post(URL, booking_request(therapist))

    assert told() == list_both("appointment.booked", client, therapist)
    assert told() == []


def test_a_therapist_without_an_account_is_not_told(api, told, client):
    api(client).post(URL, booking_request(TherapistFactory()))

    assert told() == [(client.email, "appointment.booked")]


def test_a_client_without_an_address_is_not_told(api, clerk, told, therapist):
    client = UserFactory(email=None)
    body = booking_request(therapist, client_id=client.pk)

    assert api(clerk).post(URL, body).status_code == 201

    assert told() == [(therapist.user.email, "appointment.booked")]


@pytest.mark.parametrize("operation", ["book", "move", "cancel"])
def test_a_therapist_is_not_told_of_their_own_change(
    api, told, client, therapist, operation
):
    row = AppointmentFactory(client=client, therapist=therapist, start=FIRST_SESSION)
    if operation == "book":
        told()
        body = booking_request(
            therapist, client_id=client.pk, start=str(FIRST_SESSION + 2 * HOUR)
        )
        response = api(therapist.user).post(URL, body)
    else:
        told()
        body = {"start": str(FIRST_SESSION + 24 * HOUR)} if operation == "move" else {}
        response = api(therapist.user).post(f"{URL}/{row.pk}/{operation}", body)

    assert response.status_code in (200, 201), response.data
    kind = {"book": "booked", "move": "moved", "cancel": "cancelled"}[operation]
    assert told() == [(client.email, f"appointment.{kind}")]


def test_what_is_rolled_back_is_told_to_nobody(api, told, client, therapist):
    with transaction.atomic():
        assert api(client).post(URL, booking_request(therapist)).status_code == 201
        transaction.set_rollback(True)

    assert not Change.objects.exists()
    assert told() == []


def test_a_refused_booking_is_told_to_nobody(api, told, client, therapist):
    AppointmentFactory(therapist=therapist, start=FIRST_SESSION, available=True)
    AppointmentFactory(client=client, start=FIRST_SESSION)
    told()

    assert api(client).post(URL, booking_request(therapist)).status_code == 409
    assert told() == []


@pytest.mark.parametrize(
    "row",
    [
        {"held": True},
        {"available": True},
        {"start": NOW - HOUR},
        {"start": NOW - HOUR, "status": "completed"},
    ],
    ids=["held", "available", "past", "completed"],
)
def test_nobody_is_told_of_what_is_no_booking_to_come(told, row):
    AppointmentFactory(therapist=TherapistFactory(signs_in=True), **row)

    assert told() == []


def test_a_hold_that_is_cancelled_or_expires_is_told_to_nobody(
    api, told, client, therapist
):
    row = AppointmentFactory(client=client, therapist=therapist, held=True)

    assert api(client).post(f"{URL}/{row.pk}/cancel").status_code == 200

    assert told() == []


def test_a_booking_that_is_moved_before_anyone_was_told_is_told_once(
    api, told, client, therapist, list_deliveries
):
    row = api(client).post(URL, booking_request(therapist)).json()
    for hours in (24, 48):
        body = {"start": str(FIRST_SESSION + hours * HOUR)}
        moved = api(client).post(f"{URL}/{row['id']}/move", body)
        assert moved.status_code == 200, moved.data

    assert told() == list_both("appointment.booked", client, therapist)
    assert [status for _, status in list_deliveries(client)] == [
        "superseded",
        "superseded",
        "sent",
    ]


def test_a_move_to_a_colleague_tells_all_three(api, clerk, told, client, therapist):
    colleague = TherapistFactory(signs_in=True)
    row = AppointmentFactory(client=client, therapist=therapist, start=FIRST_SESSION)
    told()

    body = {"start": str(FIRST_SESSION), "therapist_id": colleague.pk}
    assert api(clerk).post(f"{URL}/{row.pk}/move", body).status_code == 200

    assert told() == sorted(
        [
            (client.email, "appointment.moved"),
            (therapist.user.email, "appointment.cancelled"),
            (colleague.user.email, "appointment.booked"),
        ]
    )


@pytest.mark.django_db(transaction=True)
def test_a_series_is_told_once(api, told, client, therapist):
    body = booking_request(therapist) | {"every_weeks": 1, "count": 4}
    series = api(client).post("/api/v1/series", body)
    assert series.status_code == 201, series.data

    assert told() == list_both("series.booked", client, therapist)

    body = {"start": str(FIRST_SESSION + HOUR)}
    url = f"/api/v1/series/{series.data['id']}"
    moved = api(client).post(f"{url}/move", body)
    assert moved.status_code == 200, moved.data
    assert told() == list_both("series.moved", client, therapist)

    assert api(client).post(f"{url}/cancel").status_code == 200
    assert told() == list_both("series.cancelled", client, therapist)


@pytest.mark.django_db(transaction=True)
def test_one_date_of_a_series_is_told_as_an_appointment(api, told, client, therapist):
    series = SeriesFactory(client=client, therapist=therapist)
    told()
    date = series.appointments.first()

    assert api(client).post(f"{URL}/{date.pk}/cancel").status_code == 200

    assert told() == list_both("appointment.cancelled", client, therapist)


@pytest.mark.django_db(transaction=True)
def test_cancelling_all_tells_of_each_appointment_and_of_each_series_once(
    api, clerk, told, client, therapist
):
    AppointmentFactory(client=client, therapist=therapist, start=FIRST_SESSION)
    SeriesFactory(client=client, therapist=therapist)
    told()

    response = api(clerk).post(f"/api/v1/clients/{client.pk}/cancel_all")

    assert len(response.json()["appointments"]) == 3
    assert told() == sorted(
        [
            *list_both("appointment.cancelled", client, therapist),
            *list_both("series.cancelled", client, therapist),
        ]
    )


@pytest.mark.django_db(transaction=True)
def test_a_merge_of_clients_tells_nobody(api, clerk, told, client, therapist):
    former = UserFactory(email=None)
    AppointmentFactory(client=former, therapist=therapist)
    SeriesFactory(client=former, therapist=therapist, start=FIRST_SESSION + 9 * HOUR)
    told()

    merged = api(clerk).post(f"/api/v1/clients/{former.pk}/merge", {"into": client.pk})

    assert merged.json()["appointments"] == 3
    assert told() == []


def test_changes_are_relayed_in_portions(work, client, therapist):
    AppointmentFactory.create_batch(120, client=client, therapist=therapist)

    work()
    left = Change.objects.count()
    work()

    assert (left, Change.objects.count()) == (20, 0)
    assert Appointment.objects.count() == 120


def test_a_change_that_cannot_be_told_keeps_no_other_from_being_told(
    api, told, client, therapist, caplog
):
    Change.objects.create(event_id=2**40, is_of_series=False)
    api(client).post(URL, booking_request(therapist))

    assert told() == list_both("appointment.booked", client, therapist)
    assert not Change.objects.exists()
    assert "Nobody is told" in caplog.text
