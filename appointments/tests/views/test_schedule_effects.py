"""Effects of a schedule: conflicts with appointments, and refusals of new ones."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.factories import FIRST_SESSION, HOUR, AppointmentFactory
from appointments.tests.views import AWAY, HOLIDAY, get_schedule_url
from booking.tests import codes
from therapists.models import Absence, Closure, Offering, WorkingHours
from therapists.tests.factories import (
    AbsenceFactory,
    ClosureFactory,
    OfferingFactory,
    TherapistFactory,
    WorkingHoursFactory,
)

pytestmark = pytest.mark.django_db


def test_new_working_hours_list_the_appointments_they_leave_outside(api, therapist):
    row = WorkingHoursFactory(therapist=therapist)
    inside = AppointmentFactory(therapist=therapist, start=FIRST_SESSION)
    late = AppointmentFactory(therapist=therapist, start=FIRST_SESSION + 7 * HOUR)
    outside_before = AppointmentFactory(
        therapist=therapist, start=FIRST_SESSION + 10 * HOUR
    )
    AppointmentFactory(
        therapist=therapist, start=FIRST_SESSION + 6 * HOUR, cancelled=True
    )

    response = api(therapist.user).patch(
        get_schedule_url(therapist, "hours", row), {"end": "16:00"}
    )

    assert response.json()["conflicts"] == [late.pk]
    statuses = Appointment.objects.filter(
        pk__in=[inside.pk, late.pk, outside_before.pk]
    )
    assert set(statuses.values_list("status", flat=True)) == {"booked"}


def test_deleting_working_hours_lists_the_conflicts(api, therapist):
    row = WorkingHoursFactory(therapist=therapist)
    booked = AppointmentFactory(therapist=therapist, start=FIRST_SESSION)

    response = api(therapist.user).delete(get_schedule_url(therapist, "hours", row))

    assert response.status_code == 200
    assert response.json() == {"conflicts": [booked.pk]}
    assert not WorkingHours.objects.exists()


def test_an_absence_lists_the_appointments_whose_break_it_overlaps(api, therapist):
    therapist.break_minutes = 30
    therapist.save()
    before = AppointmentFactory(
        therapist=therapist, start=datetime(2030, 1, 6, 22, 45, tzinfo=UTC)
    )
    AppointmentFactory(therapist=therapist, start=datetime(2030, 1, 6, 12, tzinfo=UTC))
    AppointmentFactory(start=FIRST_SESSION)

    response = api(therapist.user).post(get_schedule_url(therapist, "absences"), AWAY)

    assert response.json()["conflicts"] == [before.pk]
    assert Absence.objects.count() == 1


def test_a_closure_lists_the_appointments_of_its_days(api, settings):
    settings.PRACTICE_TIME_ZONE = "Pacific/Auckland"
    monday_there = AppointmentFactory(start=datetime(2030, 1, 6, 12, tzinfo=UTC))
    AppointmentFactory(start=datetime(2030, 1, 7, 12, tzinfo=UTC))

    response = api(UserFactory(staff=True)).post("/api/v1/closures", HOLIDAY)

    assert response.status_code == 201
    assert response.json()["conflicts"] == [monday_there.pk]
    assert Closure.objects.count() == 1


def test_working_hours_refuse_clients_and_inform_the_therapist(api, therapist):
    OfferingFactory(therapist=therapist)
    WorkingHoursFactory(therapist=therapist)
    early = {
        "start": "2030-01-07T08:10Z",
        "duration": 50,
        "type": "one-off",
        "therapist_id": therapist.pk,
    }

    refused = api(UserFactory()).post("/api/v1/appointments", early)
    allowed = api(therapist.user).post("/api/v1/appointments", early)

    assert refused.status_code == 422
    assert codes(refused) == ["outside_working_hours", "wrong_duration"]
    assert allowed.status_code == 201
    assert allowed.json()["overridden"] == ["wrong_duration", "outside_working_hours"]
    assert Appointment.objects.get().overridden == allowed.json()["overridden"]


def test_a_refusal_lists_every_rule_at_once(api, therapist):
    therapist.notice_hours = 24 * 60
    therapist.save()
    Offering.objects.create(therapist=therapist, type="consultation", duration=30)
    WorkingHoursFactory(therapist=therapist)
    AbsenceFactory(
        therapist=therapist, start=FIRST_SESSION, end=FIRST_SESSION + timedelta(days=1)
    )
    ClosureFactory(start=FIRST_SESSION.date(), end=FIRST_SESSION.date())

    response = api(UserFactory()).post(
        "/api/v1/appointments",
        {
            "start": "2030-01-07T16:40Z",
            "duration": 60,
            "type": "one-off",
            "therapist_id": therapist.pk,
        },
    )

    assert response.status_code == 422
    assert codes(response) == [
        "off_grid",
        "outside_working_hours",
        "practice_closed",
        "therapist_absent",
        "too_soon",
        "type_not_offered",
    ]


def test_absences_and_closures_also_bind_therapists_without_working_hours(api):
    therapist = TherapistFactory()
    AbsenceFactory(
        therapist=therapist, start=FIRST_SESSION, end=FIRST_SESSION + HOUR / 2
    )
    ClosureFactory(start=FIRST_SESSION.date(), end=FIRST_SESSION.date())

    response = api(UserFactory()).post(
        "/api/v1/appointments",
        {
            "start": "2030-01-07T09:10Z",
            "duration": 25,
            "type": "one-off",
            "therapist_id": therapist.pk,
        },
    )

    assert response.status_code == 422
    assert codes(response) == ["practice_closed", "therapist_absent"]
