"""A form of the admin applies only to the version that it was loaded with."""

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.models.statuses import Status
from appointments.tests.admin import change, get_url, load
from appointments.tests.factories import (
    CANCELLATION,
    FIRST_SESSION,
    NOW,
    AppointmentFactory,
    booking_request,
)
from appointments.tests.races.locks import block
from booking.tests.admin import form_codes

pytestmark = pytest.mark.django_db

CHANGED = {"__all__": ["changed_meanwhile"]}


@pytest.mark.parametrize(
    "second", [{"status": "completed"}, {"start_1": "11:00"}, {"duration": 4}, {}]
)
def test_the_second_of_two_browsers_is_told_that_the_first_changed_it(
    staff, boss, nothing_changes, second
):
    appointment = AppointmentFactory(start=FIRST_SESSION)
    forms = [load(browser, appointment) for browser in (boss, staff)]
    first = boss.post(get_url(appointment), forms[0] | {"status": "cancelled"})
    assert first.status_code == 302

    with nothing_changes():
        response = staff.post(get_url(appointment), forms[1] | second)

    assert response.status_code == 200
    assert form_codes(response) == CHANGED


def test_the_second_browser_goes_on_after_loading_the_page_again(staff, boss):
    appointment = AppointmentFactory(start=FIRST_SESSION)
    form = load(staff, appointment)
    change(boss, appointment, start_1="11:00")
    assert form_codes(staff.post(get_url(appointment), form)) == CHANGED

    response = change(staff, appointment, status="cancelled")

    assert response.status_code == 302, form_codes(response)
    appointment.refresh_from_db()
    assert appointment.status == Status.CANCELLED


@pytest.mark.django_db(transaction=True)
def test_a_change_in_the_same_microsecond_is_noticed(boss):
    appointment = AppointmentFactory(start=FIRST_SESSION)
    form = load(boss, appointment)
    Appointment.objects.update(type="consultation")

    response = boss.post(get_url(appointment), form | {"status": "cancelled"})

    assert form_codes(response) == CHANGED


def test_a_form_loaded_before_a_booking_does_not_undo_it(staff, api):
    appointment = AppointmentFactory(start=FIRST_SESSION, available=True)
    form, client = load(staff, appointment), UserFactory()
    request = booking_request(appointment.therapist)
    assert api(client).post("/api/v1/appointments", request).status_code == 201

    response = staff.post(get_url(appointment), form | {"status": "cancelled"})

    assert response.status_code == 200
    assert form_codes(response) == CHANGED
    appointment.refresh_from_db()
    assert (appointment.client, appointment.status) == (client, Status.BOOKED)


@pytest.mark.parametrize("seen", ["", "x", '"x"', "0001-01-01"])
def test_a_form_without_the_version_is_refused(staff, nothing_changes, seen):
    appointment = AppointmentFactory(start=FIRST_SESSION)

    with nothing_changes():
        response = change(staff, appointment, status="cancelled", seen=seen)

    assert form_codes(response) == CHANGED


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "changes",
    [
        {"type": "consultation"},
        {"start_1": "11:00"},
        {"status": "cancelled"},
        {"start_1": "11:00", "type": "consultation"},
    ],
)
def test_a_change_while_the_form_is_saved_is_not_undone(boss, overtaken, changes):
    booked = AppointmentFactory(start=FIRST_SESSION)
    form = load(boss, booked)

    def cancel():
        Appointment.objects.update(**CANCELLATION)

    with overtaken(cancel, before="UPDATE appointments_appointment"):
        response = boss.post(get_url(booked), form | changes)

    assert form_codes(response) == CHANGED
    booked.refresh_from_db()
    assert (booked.status, booked.cancelled_at) == (Status.CANCELLED, NOW)
    assert (booked.start, booked.type) == (FIRST_SESSION, "one-off")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("party", ["therapist", "client"])
def test_a_correction_waits_for_a_lock_of_the_diary(boss, party):
    booked, client = AppointmentFactory(start=FIRST_SESSION), UserFactory()
    form = load(boss, booked) | {"client": client.pk}
    locked = {"therapist": booked.therapist, "client": client}[party]

    with block(lambda: boss.post(get_url(booked), form), locked, status=302):
        assert Appointment.objects.get().client == booked.client

    assert Appointment.objects.get().client == client
