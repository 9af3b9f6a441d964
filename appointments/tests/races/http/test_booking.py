"""Requests for one period at the same moment."""

import pytest

from accounts.tests.factories import UserFactory
from appointments.tests.factories import HOUR, AppointmentFactory
from appointments.tests.races.http.requests import add, operate, refusals, statuses
from appointments.tests.races.http.servers import Request
from therapists.models import WorkingHours
from therapists.tests.factories import (
    OfferingFactory,
    TherapistFactory,
    WorkingHoursFactory,
)


def test_one_of_many_clients_books_an_available_appointment(race, start):
    def prepare(number):
        appointment = AppointmentFactory(available=True, start=start)
        return [
            operate(client, appointment, "book")
            for client in UserFactory.create_batch(4)
        ]

    for responses in race(prepare):
        # A client who looks after the booking gets 404.
        first, *others = statuses(responses)
        assert (first, len(others)) == (200, 3)
        assert set(others) <= {404, 409}


def test_an_available_appointment_is_booked_once_by_both_routes(race, start):
    def prepare(number):
        appointment = AppointmentFactory(available=True, start=start)
        clients = UserFactory.create_batch(4)
        return [operate(client, appointment, "book") for client in clients[:2]] + [
            add(client, appointment.therapist, start) for client in clients[2:]
        ]

    for responses in race(prepare):
        assert sum(response.is_success for response in responses) == 1
        assert refusals(responses) <= {"not_found", "therapist_busy"}


@pytest.mark.parametrize("is_published", [False, True])
def test_one_of_many_holds_and_bookings_of_one_period_succeeds(
    race, start, is_published
):
    def prepare(number):
        therapist = TherapistFactory()
        if is_published:
            AppointmentFactory(available=True, start=start, therapist=therapist)
        clients = UserFactory.create_batch(4)
        return [
            add(client, therapist, start, hold=n % 2 == 0)
            for n, client in enumerate(clients)
        ]

    for responses in race(prepare):
        assert statuses(responses) == [201, 409, 409, 409]
        assert refusals(responses) == {"therapist_busy"}


def test_overlapping_requests_of_two_clients_and_therapists_do_not_deadlock(
    race, start
):
    def prepare(number):
        one, other = UserFactory.create_batch(2)
        first, second = TherapistFactory.create_batch(2)
        pairs = [(one, first), (other, second), (other, first), (one, second)]
        return [add(client, therapist, start) for client, therapist in pairs]

    for responses in race(prepare):
        successes = [response for response in responses if response.is_success]
        assert {response.status for response in responses} == {201, 409}
        assert 1 <= len(successes) <= 2
        assert refusals(responses) <= {"therapist_busy", "client_busy"}


def test_three_of_five_holds_of_one_client_succeed(race, start):
    def prepare(number):
        client = UserFactory()
        return [
            add(client, therapist, start + n * HOUR, hold=True)
            for n, therapist in enumerate(TherapistFactory.create_batch(5))
        ]

    for responses in race(prepare):
        assert statuses(responses) == [201, 201, 201, 409, 409]
        assert refusals(responses) == {"too_many_holds"}


def test_a_change_of_hours_refuses_a_booking_or_lists_it_as_a_conflict(race, start):
    def prepare(number):
        therapist = TherapistFactory(slotted=True, signs_in=True)
        OfferingFactory(therapist=therapist)
        hours = WorkingHoursFactory(therapist=therapist, weekday=start.isoweekday())
        change = Request(
            therapist.user,
            f"/api/v1/therapists/{therapist.pk}/hours/{hours.pk}",
            {"start": "13:00"},
            method="PATCH",
        )
        return [change, add(UserFactory(), therapist, start)]

    for changed, added in race(prepare):
        assert changed.status == 200
        assert WorkingHours.objects.latest("pk").start.hour == 13
        if changed.body["conflicts"]:
            assert added.status == 201
        if added.status != 201:
            assert (added.status, added.codes) == (422, ["outside_working_hours"])
