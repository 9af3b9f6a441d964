"""Holds that expire while their client books them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.services import holds
from appointments.tests.factories import AppointmentFactory
from appointments.tests.races.http.requests import add, operate, refusals

MILLISECOND = timedelta(milliseconds=1)


def set_expiry(hold, after):
    """Let the hold expire in a moment, so that either may come first."""
    moment = timezone.now() + after
    Appointment.objects.filter(pk=hold.pk).update(hold_expires_at=moment)


@pytest.mark.parametrize("was_published", [False, True])
def test_an_expiring_hold_is_booked_at_most_once(race, start, was_published):
    def prepare(number):
        hold = AppointmentFactory(
            status="held", start=start, was_published=was_published
        )
        requests = [
            operate(hold.client, hold, "book"),
            operate(hold.client, hold, "book"),
            *(add(UserFactory(), hold.therapist, start) for _ in range(2)),
        ]
        set_expiry(hold, MILLISECOND * (number % 25))
        return requests

    for responses in race(prepare):
        assert sum(response.is_success for response in responses) <= 1
        assert refusals(responses) <= {
            "therapist_busy",
            "hold_expired",
            "already_booked",
            "not_found",
        }


def test_a_hold_that_is_swept_meanwhile_is_booked_at_most_once(race, start):
    def prepare(number):
        hold = AppointmentFactory(status="held", start=start)
        requests = [operate(hold.client, hold, "book") for _ in range(2)]
        set_expiry(hold, MILLISECOND * (number % 25))
        return [*requests, add(UserFactory(), hold.therapist, start)]

    for responses in race(prepare, meanwhile=holds.release_expired):
        assert sum(response.is_success for response in responses) <= 1
        assert refusals(responses) <= {
            "therapist_busy",
            "hold_expired",
            "already_booked",
            "not_found",
        }
