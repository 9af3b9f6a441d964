"""The admin warns of appointments that a change leaves outside the rules."""

from datetime import timedelta

import pytest

from appointments.models import Appointment
from appointments.models.statuses import Status
from appointments.tests.admin.warnings import get_link, get_warnings
from appointments.tests.factories import FIRST_SESSION, AppointmentFactory
from therapists.models import BookingMode, Therapist
from therapists.tests.factories import (
    AbsenceFactory,
    WorkingHoursFactory,
)

pytestmark = pytest.mark.django_db

AWAY = {
    "absences-TOTAL_FORMS": 1,
    "absences-0-start_0": "2030-01-07",
    "absences-0-start_1": "00:00",
    "absences-0-end_0": "2030-01-08",
    "absences-0-end_1": "00:00",
}


@pytest.fixture
def ada():
    """A therapist who works on Mondays from 9 to 17; the first session is on a Monday."""
    hours = WorkingHoursFactory(therapist__booking_mode=BookingMode.WORKING_HOURS)
    return hours.therapist


def change(browser, therapist, **changes):
    """Send the therapist's page with its working hours and the changes."""
    window = therapist.hours.get()
    fields = ["name", "time_zone", "booking_mode", "start_step_minutes"]
    fields += ["break_minutes", "notice_hours", "horizon_days"]
    fields += ["cancellation_notice_hours", "any_time_from", "any_time_until"]
    fields += ["longest_minutes"]
    data = {field: getattr(therapist, field) for field in fields} | {
        "is_active": "on",
        "offerings-TOTAL_FORMS": 0,
        "offerings-INITIAL_FORMS": 0,
        "hours-TOTAL_FORMS": 1,
        "hours-INITIAL_FORMS": 1,
        "hours-0-id": window.pk,
        "hours-0-therapist": therapist.pk,
        "hours-0-weekday": window.weekday,
        "hours-0-start": window.start,
        "hours-0-end": window.end,
        "absences-TOTAL_FORMS": 0,
        "absences-INITIAL_FORMS": 0,
    }
    url = f"/admin/therapists/therapist/{therapist.pk}/change/"
    return browser.post(url, data | changes)


@pytest.mark.parametrize("status", [Status.BOOKED, Status.HELD])
@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"hours-0-start": "09:01"}, id="shorter hours"),
        pytest.param({"hours-0-weekday": 2}, id="another day"),
        pytest.param({"hours-0-DELETE": "on"}, id="no hours"),
        pytest.param({"hours-0-valid_from": "2030-01-08"}, id="from later on"),
        pytest.param({"time_zone": "Asia/Tokyo"}, id="another zone"),
        pytest.param(AWAY, id="absence"),
    ],
)
def test_a_change_of_a_schedule_links_to_the_appointments_that_it_affects(
    manager, ada, changes, status
):
    booked = AppointmentFactory(therapist=ada, start=FIRST_SESSION, status=status)

    response = change(manager, ada, **changes)

    assert response.status_code == 302
    [warning] = get_warnings(response)
    assert get_link(booked) in warning
    assert booked.client.name not in warning
    assert Appointment.objects.get().status == status


def test_a_shorter_day_affects_what_was_booked_at_any_time(manager, ada):
    Therapist.objects.update(booking_mode=BookingMode.ANY_TIME)
    appointment = AppointmentFactory(therapist=ada, start=FIRST_SESSION)
    ada.refresh_from_db()

    response = change(manager, ada, any_time_from="10:00", any_time_until="20:00")

    assert response.status_code == 302
    [warning] = get_warnings(response)
    assert f"/appointment/{appointment.pk}/" in warning


def test_booking_in_working_hours_only_affects_what_was_booked_at_any_time(
    manager, ada
):
    Therapist.objects.update(booking_mode=BookingMode.ANY_TIME)
    night = FIRST_SESSION + timedelta(hours=12)
    booked = AppointmentFactory(therapist=ada, start=night)

    response = change(manager, ada, booking_mode="working_hours")

    [warning] = get_warnings(response)
    assert get_link(booked) in warning


def test_a_longer_break_that_reaches_into_an_absence_is_a_conflict(manager, ada):
    booked = AppointmentFactory(therapist=ada, start=FIRST_SESSION)
    AbsenceFactory(therapist=ada, start=booked.end)

    response = change(manager, ada, break_minutes=15)

    [warning] = get_warnings(response)
    assert get_link(booked) in warning


def test_an_appointment_that_stays_within_the_rules_is_not_mentioned(manager, ada):
    AppointmentFactory(therapist=ada, start=FIRST_SESSION)
    AppointmentFactory(start=FIRST_SESSION)

    response = change(manager, ada, **{"hours-0-end": "10:00"})

    assert response.status_code == 302
    assert get_warnings(response) == []


@pytest.mark.parametrize("trait", ["available", "cancelled"])
def test_an_appointment_without_a_booking_is_not_mentioned(manager, ada, trait):
    AppointmentFactory(therapist=ada, start=FIRST_SESSION, **{trait: True})

    response = change(manager, ada, **AWAY)

    assert get_warnings(response) == []


def test_an_appointment_that_was_outside_before_is_not_mentioned_again(manager, ada):
    AppointmentFactory(therapist=ada, start=FIRST_SESSION + timedelta(hours=12))

    response = change(manager, ada, **{"hours-0-end": "16:00"})

    assert get_warnings(response) == []


def test_an_appointment_that_breaks_two_rules_is_named_once(manager, ada):
    booked = AppointmentFactory(therapist=ada, start=FIRST_SESSION)

    response = change(manager, ada, **AWAY, **{"hours-0-DELETE": "on"})

    [warning] = get_warnings(response)
    assert warning.count(get_link(booked)) == 1


def test_a_refused_change_warns_of_nothing_and_changes_nothing(manager, ada):
    AppointmentFactory(therapist=ada, start=FIRST_SESSION)

    response = change(manager, ada, **AWAY, name="")

    assert response.status_code == 200
    assert get_warnings(response) == []
    assert not ada.absences.exists()


def test_an_absence_that_the_front_desk_enters_links_to_what_it_affects(staff, ada):
    booked = AppointmentFactory(therapist=ada, start=FIRST_SESSION)
    day = FIRST_SESSION.date().isoformat()
    away = {"start_0": day, "start_1": "00:00", "end_0": day, "end_1": "23:00"}

    url = "/admin/therapists/absence/add/"
    response = staff.post(url, {"therapist": ada.pk} | away)

    [warning] = get_warnings(response)
    assert get_link(booked) in warning
    assert ada.absences.count() == 1
