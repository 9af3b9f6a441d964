"""Slots of the working hours; `test_reference` compares them with an obvious model."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from appointments.tests.availability.searching import MONDAY, URL, list_starts
from appointments.tests.factories import FIRST_SESSION, AppointmentFactory
from therapists.tests.factories import (
    AbsenceFactory,
    ClosureFactory,
    OfferingFactory,
    TherapistFactory,
    WorkingHoursFactory,
)

pytestmark = pytest.mark.django_db


def test_a_slot_has_what_a_booking_request_needs(api, therapist):
    response = api().get(URL, MONDAY)

    assert response.json()["results"][0] == {
        "start": "2030-01-07T09:00:00Z",
        "end": "2030-01-07T10:00:00Z",
        "type": "one-off",
        "duration": 60,
        "therapist": {
            "id": therapist.pk,
            "name": "Ada",
            "specialisms": ["Anxiety"],
            "time_zone": "UTC",
        },
        "appointment_id": None,
    }
    assert list_starts(response) == ["09:00", "09:30", "10:00", "10:30", "11:00"]


def test_an_appointment_and_its_break_leave_no_slots(api, therapist):
    therapist.break_minutes = 15
    therapist.save()
    AppointmentFactory(therapist=therapist, start=FIRST_SESSION)

    response = api().get(URL, MONDAY)

    # At 10:00 the break of the appointment has not ended.
    assert list_starts(response) == ["10:30", "11:00"]


def test_a_cancelled_appointment_leaves_its_slots(api, therapist):
    AppointmentFactory(therapist=therapist, start=FIRST_SESSION, cancelled=True)

    response = api().get(URL, MONDAY)

    assert len(list_starts(response)) == 5


def test_absences_and_closures_leave_no_slots(api, therapist):
    AbsenceFactory(
        therapist=therapist,
        start=FIRST_SESSION.replace(hour=10, minute=30),
        end=FIRST_SESSION.replace(hour=11),
    )
    ClosureFactory(start=date(2030, 1, 14), end=date(2030, 1, 14))

    response = api().get(URL, MONDAY | {"end": "2030-01-14"})

    assert list_starts(response) == ["09:00", "09:30", "11:00"]


def test_hours_of_the_evening_before_have_slots_after_midnight(api):
    therapist = TherapistFactory(slotted=True)
    OfferingFactory(therapist=therapist, duration=60)
    WorkingHoursFactory(therapist=therapist, weekday=7, start=time(22), end=time(2))

    response = api().get(URL, MONDAY)

    assert list_starts(response) == ["00:00", "00:30", "01:00"]


def test_touching_windows_have_one_grid(api):
    therapist = TherapistFactory(slotted=True, start_step_minutes=50)
    OfferingFactory(therapist=therapist, duration=50)
    WorkingHoursFactory(therapist=therapist, start=time(9), end=time(10))
    WorkingHoursFactory(therapist=therapist, start=time(10), end=time(12))

    response = api().get(URL, MONDAY)

    assert list_starts(response) == ["09:00", "09:50", "10:40"]


@pytest.mark.parametrize(
    ("day", "window", "expected"),
    [
        # At 01:00 UTC, clocks go back from 02:00 to 01:00: that hour occurs twice.
        pytest.param(
            "2027-10-31", ("01:30", "02:30"), "00:30 - 02:30", id="fold, start"
        ),
        pytest.param("2027-10-31", ("00:30", "01:30"), "23:30 - 01:30", id="fold, end"),
        # At 01:00 UTC, clocks go from 01:00 to 02:00: that hour does not occur.
        pytest.param(
            "2027-03-28", ("01:30", "03:00"), "01:00 - 02:00", id="gap, start"
        ),
        pytest.param("2027-03-28", ("00:00", "01:30"), "00:00 - 01:00", id="gap, end"),
    ],
)
def test_slots_begin_and_end_with_the_hours_when_clocks_change(
    api, clock, day, window, expected
):
    clock.move_to(datetime(2027, 1, 1, tzinfo=UTC))
    therapist = TherapistFactory(
        slotted=True, time_zone="Europe/London", start_step_minutes=30
    )
    OfferingFactory(therapist=therapist, duration=30)
    start, end = (time.fromisoformat(edge) for edge in window)
    WorkingHoursFactory(therapist=therapist, weekday=7, start=start, end=end)
    before = (date.fromisoformat(day) - timedelta(days=1)).isoformat()

    slots = api().get(URL, MONDAY | {"start": before, "end": day}).json()["results"]

    assert f"{slots[0]['start'][11:16]} - {slots[-1]['end'][11:16]}" == expected


@pytest.mark.parametrize("change", [{"is_active": False}, {"booking_mode": "any_time"}])
def test_only_active_therapists_with_hours_have_slots(api, therapist, change):
    for name, value in change.items():
        setattr(therapist, name, value)
    therapist.save()

    assert list_starts(api().get(URL, MONDAY)) == []


def test_slots_are_within_notice_and_horizon(api, therapist, clock):
    therapist.notice_hours, therapist.horizon_days = 2, 7
    therapist.save()
    clock.move_to(datetime(2030, 1, 7, 8, 15, tzinfo=UTC))

    response = api().get(URL, MONDAY | {"end": "2030-01-21"})

    starts = [slot["start"] for slot in response.json()["results"]]
    assert starts == ["2030-01-07T10:30:00Z", "2030-01-07T11:00:00Z"]


def test_a_slot_is_later_than_now(api, therapist):
    with time_machine.travel(FIRST_SESSION, tick=False):
        response = api().get(URL, MONDAY)

    assert list_starts(response)[0] == "09:30"
