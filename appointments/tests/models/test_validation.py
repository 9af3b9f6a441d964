"""What `full_clean` reports of an appointment that was not written by a service."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.factories import FIRST_SESSION, HOUR, AppointmentFactory
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def test_a_valid_appointment_passes_validation():
    AppointmentFactory(start=FIRST_SESSION).full_clean()


def test_validation_reports_every_violation():
    busy = AppointmentFactory(start=FIRST_SESSION, end=FIRST_SESSION + 6 * HOUR)
    appointment = Appointment(
        therapist=busy.therapist,
        client=busy.client,
        type="group",
        status="available",
        start=FIRST_SESSION + MINUTE / 2,
        end=FIRST_SESSION + 9 * HOUR,
    )

    assert list_violations(appointment) == {
        ("type", "invalid_choice"),
        ("__all__", "wrong_duration"),
        ("__all__", "not_whole_minutes"),
        ("__all__", "client_and_status"),
        ("__all__", "therapist_busy"),
        ("__all__", "client_busy"),
    }


def test_validation_reports_an_end_before_the_start():
    appointment = AppointmentFactory.build(
        therapist=TherapistFactory(),
        client=UserFactory(),
        start=FIRST_SESSION,
        end=FIRST_SESSION - HOUR,
    )

    assert ("__all__", "ends_before_start") in list_violations(appointment)


def test_an_appointment_does_not_overlap_itself_in_validation():
    appointment = AppointmentFactory(start=FIRST_SESSION)
    appointment.start += 10 * MINUTE

    appointment.full_clean()


def list_violations(appointment):
    with pytest.raises(ValidationError) as error_info:
        appointment.full_clean()
    return {
        (field, error.code)
        for field, errors in error_info.value.error_dict.items()
        for error in errors
    }
