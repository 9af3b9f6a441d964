"""Who gets a time that several want at once."""

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


def test_of_those_who_take_an_available_appointment_one_gets_it(race, start):
    def prepare(number):
        published = AppointmentFactory(available=True, start=start)
        return [
            operate(client, published, "book") for client in UserFactory.create_batch(4)
        ]

    for answers in race(prepare):
        # Whoever comes so late that they never saw it gets 404.
        won, *lost = statuses(answers)
        assert (won, len(lost)) == (200, 3)
        assert set(lost) <= {404, 409}


def test_taking_and_adding_the_same_published_time_books_it_once(race, start):
    def prepare(number):
        published = AppointmentFactory(available=True, start=start)
        clients = UserFactory.create_batch(4)
        return [operate(client, published, "book") for client in clients[:2]] + [
            add(client, published.therapist, start) for client in clients[2:]
        ]

    for answers in race(prepare):
        assert sum(answer.is_success for answer in answers) == 1
        assert refusals(answers) <= {"not_found", "therapist_busy"}


@pytest.mark.parametrize("is_published", [False, True])
def test_of_a_hold_and_bookings_of_one_time_one_succeeds(race, start, is_published):
    def prepare(number):
        therapist = TherapistFactory()
        if is_published:
            AppointmentFactory(available=True, start=start, therapist=therapist)
        clients = UserFactory.create_batch(4)
        return [
            add(client, therapist, start, hold=n % 2 == 0)
            for n, client in enumerate(clients)
        ]

    for answers in race(prepare):
        assert statuses(answers) == [201, 409, 409, 409]
        assert refusals(answers) == {"therapist_busy"}


def test_overlapping_wishes_for_therapists_and_clients_do_not_deadlock(race, start):
    def prepare(number):
        one, other = UserFactory.create_batch(2)
        first, second = TherapistFactory.create_batch(2)
        pairs = [(one, first), (other, second), (other, first), (one, second)]
        return [add(client, therapist, start) for client, therapist in pairs]

    for answers in race(prepare):
        successes = [answer for answer in answers if answer.is_success]
        assert {answer.status for answer in answers} == {201, 409}
        assert 1 <= len(successes) <= 2
        assert refusals(answers) <= {"therapist_busy", "client_busy"}


def test_of_many_holds_of_one_client_three_are_kept(race, start):
    def prepare(number):
        client = UserFactory()
        return [
            add(client, therapist, start + n * HOUR, hold=True)
            for n, therapist in enumerate(TherapistFactory.create_batch(5))
        ]

    for answers in race(prepare):
        assert statuses(answers) == [201, 201, 201, 409, 409]
        assert refusals(answers) == {"too_many_holds"}


def test_hours_that_change_meanwhile_refuse_a_booking_or_are_told_of_it(race, start):
    def prepare(number):
        therapist = TherapistFactory(slotted=True)
        OfferingFactory(therapist=therapist)
        hours = WorkingHoursFactory(therapist=therapist, weekday=start.isoweekday())
        change = Request(
            UserFactory(staff=True),
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
