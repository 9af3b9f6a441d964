"""ETags: one for each version of an appointment, the same for every user.

Within one transaction PostgreSQL gives all versions of a row the same xmin, so these
tests commit.
"""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.models.statuses import Status
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    AppointmentFactory,
    booking_request,
)
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db(transaction=True)

URL = "/api/v1/appointments"
LATER = {"start": "2030-03-04T10:00:00Z"}


def update_by_sql(appointment):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE appointments_appointment SET created_at = created_at WHERE id = %s",
            [appointment.pk],
        )


def save_by_orm(appointment):
    appointment.end += timedelta(minutes=5)
    appointment.busy_until = appointment.end
    appointment.save()


@pytest.mark.parametrize("way", ["booked", "booked available", "held"])
def test_every_response_with_one_appointment_has_its_etag(api, get_etag, way):
    client, therapist = UserFactory(), TherapistFactory()
    if way == "booked available":
        AppointmentFactory(therapist=therapist, available=True, start=FIRST_SESSION)
    hold = {"hold": True} if way == "held" else {}

    response = api(client).post(URL, booking_request(therapist, **hold))

    row = Appointment.objects.get()
    assert response.status_code == 201, response.data
    assert response["ETag"] == get_etag(row)
    assert api(client).get(f"{URL}/{row.pk}")["ETag"] == response["ETag"]
    assert "ETag" not in api(client).get(URL)


def test_the_etag_is_the_same_for_every_user(api, operate, get_etag):
    appointment = AppointmentFactory(therapist__signs_in=True)
    users = [appointment.client, appointment.therapist.user]

    etags = {api(user).get(f"{URL}/{appointment.pk}")["ETag"] for user in users}

    assert etags == {get_etag(appointment)}


@pytest.mark.parametrize("outcome", ["same start", "broken rule", "too early"])
def test_the_etag_stays_if_nothing_changes(operate, clerk, get_etag, outcome):
    appointment = AppointmentFactory(start=FIRST_SESSION, therapist__horizon_days=40)
    etag = get_etag(appointment)
    requests = {
        "same start": (clerk, "move", {"start": "2030-01-07T09:00Z"}, 200),
        "broken rule": (appointment.client, "move", LATER, 422),
        "too early": (clerk, "complete", {}, 409),
    }
    user, operation, body, status = requests[outcome]

    response = operate(user, operation, appointment, body)

    assert response.status_code == status
    assert get_etag(appointment) == etag
    if status == 200:
        assert response["ETag"] == etag


@pytest.mark.parametrize("change", [update_by_sql, save_by_orm], ids=["SQL", "the ORM"])
def test_every_write_changes_the_etag(get_etag, change):
    appointment = AppointmentFactory()
    etag = get_etag(appointment)

    change(appointment)

    assert get_etag(appointment) != etag


@pytest.mark.parametrize("end", ["expires", "is swept"])
def test_the_etag_of_an_available_appointment_does_not_tell_of_a_hold(
    api, operate, clock, get_etag, end
):
    available = AppointmentFactory(available=True, start=FIRST_SESSION)
    etag = get_etag(available)
    hold = booking_request(available.therapist, hold=True)
    held = api(UserFactory()).post(URL, hold)
    clock.shift(timedelta(minutes=11))
    if end == "is swept":
        call_command("sweep")

    after = get_etag(available)
    booked = operate(UserFactory(), "book", available, **{"If-Match": etag})

    assert (held.status_code, held.data["id"]) == (201, available.pk)
    assert held["ETag"] != etag == after
    assert booked.status_code == 200
    assert booked["ETag"] != etag


@pytest.mark.parametrize("column", ["start", "end", "type", "therapist"])
def test_the_etag_of_an_available_appointment_tells_of_a_change(get_etag, column):
    available = AppointmentFactory(available=True, start=FIRST_SESSION)
    etag = get_etag(available)
    values = {
        "start": FIRST_SESSION + HOUR / 2,
        "end": FIRST_SESSION + HOUR / 2,
        "type": "consultation",
        "therapist": TherapistFactory(),
    }

    Appointment.objects.update(**{column: values[column]})

    assert get_etag(available) != etag


def test_moving_there_and_back_changes_the_etag(operate, clerk, get_etag, appointment):
    etag = get_etag(appointment)
    for start in (LATER, {"start": "2030-01-07T09:00Z"}):
        assert operate(clerk, "move", appointment, start).status_code == 200

    response = operate(clerk, "cancel", appointment, **{"If-Match": etag})

    assert response.status_code == 412
    assert Appointment.objects.get().status == Status.BOOKED
