"""A hold that is over at the moment at which its holder books it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.services import holds
from appointments.tests.factories import AppointmentFactory
from appointments.tests.races.http.requests import add, operate, refusals

MILLISECOND = timedelta(milliseconds=1)


def expires(hold, after):
    """Let it end so soon that it is open who comes first; nobody waits for that."""
    moment = timezone.now() + after
    Appointment.objects.filter(pk=hold.pk).update(hold_expires_at=moment)


@pytest.mark.parametrize("was_published", [False, True])
def test_a_hold_is_converted_by_its_holder_or_over_for_all(race, start, was_published):
    def prepare(number):
        hold = AppointmentFactory(
            status="held", start=start, was_published=was_published
        )
        requests = [
            operate(hold.client, hold, "book"),
            operate(hold.client, hold, "book"),
            *(add(UserFactory(), hold.therapist, start) for _ in range(2)),
        ]
        expires(hold, MILLISECOND * (number % 25))
        return requests

    for answers in race(prepare):
        assert sum(answer.is_success for answer in answers) <= 1
        assert refusals(answers) <= {
            "therapist_busy",
            "hold_expired",
            "already_booked",
            "not_found",
        }


def test_a_hold_that_is_swept_meanwhile_is_converted_or_gone(race, start):
    def prepare(number):
        hold = AppointmentFactory(status="held", start=start)
        requests = [operate(hold.client, hold, "book") for _ in range(2)]
        expires(hold, MILLISECOND * (number % 25))
        return [*requests, add(UserFactory(), hold.therapist, start)]

    for answers in race(prepare, meanwhile=holds.release_expired):
        assert sum(answer.is_success for answer in answers) <= 1
        assert refusals(answers) <= {
            "therapist_busy",
            "hold_expired",
            "already_booked",
            "not_found",
        }
