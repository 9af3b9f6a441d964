"""Operations that race on one appointment, or for the time of one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.factories import HOUR, AppointmentFactory
from appointments.tests.races.http.requests import (
    add,
    etag,
    operate,
    refusals,
    statuses,
)
from therapists.tests.factories import TherapistFactory

LATER = timedelta(days=1)


@pytest.fixture
def staff(transactional_db):
    return UserFactory(staff=True)


@pytest.mark.parametrize("was_published", [False, True])
def test_moving_and_cancelling_are_done_one_after_the_other(race, start, was_published):
    def prepare(number):
        booked = AppointmentFactory(start=start, was_published=was_published)
        return [
            operate(booked.client, booked, "move", start=(start + LATER).isoformat()),
            operate(booked.client, booked, "cancel"),
        ]

    for moved, cancelled in race(prepare):
        assert cancelled.status == 200
        assert moved.is_success or moved.codes == ["already_cancelled"]
        place = start + LATER if moved.is_success else start
        row = Appointment.objects.get(pk=cancelled.body["id"])
        assert (row.status, row.start) == ("cancelled", place)
        again = Appointment.objects.filter(status="available", start=place)
        assert again.filter(therapist=row.therapist).count() == was_published


@pytest.mark.parametrize("was_published", [False, True])
def test_of_moving_and_cancelling_one_version_one_is_done(
    race, start, staff, was_published
):
    def prepare(number):
        booked = AppointmentFactory(start=start, was_published=was_published)
        seen = etag(staff, booked)
        later = (start + LATER).isoformat()
        return [
            operate(booked.client, booked, "move", if_match=seen, start=later),
            operate(staff, booked, "cancel", if_match=seen),
        ]

    for answers in race(prepare):
        assert statuses(answers) == [200, 412]


def test_of_those_who_move_one_version_one_moves_it(race, start, staff):
    def prepare(number):
        therapist = TherapistFactory(signs_in=True)
        booked = AppointmentFactory(start=start, therapist=therapist)
        seen = etag(staff, booked)
        people = [booked.client, therapist.user, staff, booked.client]
        return [
            operate(
                user,
                booked,
                "move",
                if_match=seen,
                start=(start + days * LATER).isoformat(),
            )
            for days, user in enumerate(people, start=1)
        ]

    for answers in race(prepare):
        assert statuses(answers) == [200, 412, 412, 412]


def test_everybody_who_moves_without_a_version_does_so_in_turn(race, start):
    def prepare(number):
        booked = AppointmentFactory(start=start)
        return [
            operate(
                booked.client,
                booked,
                "move",
                start=(start + days * LATER).isoformat(),
            )
            for days in range(1, 9)
        ]

    for answers in race(prepare):
        assert statuses(answers) == [200] * 8


def test_of_those_who_move_or_book_to_one_time_one_gets_it(race, start):
    def prepare(number):
        therapist = TherapistFactory()
        wanted = start + 2 * LATER
        booked = [
            AppointmentFactory(therapist=therapist, start=start + n * HOUR)
            for n in range(3)
        ]
        return [
            operate(one.client, one, "move", start=wanted.isoformat()) for one in booked
        ] + [add(UserFactory(), therapist, wanted)]

    for answers in race(prepare):
        assert sum(answer.is_success for answer in answers) == 1
        assert refusals(answers) == {"therapist_busy"}


def test_therapists_whose_appointments_change_places_do_not_deadlock(
    race, start, staff
):
    def prepare(number):
        one, other = TherapistFactory.create_batch(2)
        pairs = [(one, other), (other, one)] * 2
        return [
            operate(
                staff,
                AppointmentFactory(therapist=here, start=start + n * HOUR),
                "move",
                start=(start + LATER + n * HOUR).isoformat(),
                therapist_id=there.pk,
            )
            for n, (here, there) in enumerate(pairs)
        ]

    for answers in race(prepare):
        assert statuses(answers) == [200] * 4


ALREADY = {
    "cancel": "already_cancelled",
    "complete": "already_completed",
    "no_show": "already_no_show",
}


@pytest.mark.parametrize(
    ("one", "other"),
    [("cancel", "cancel"), ("cancel", "complete"), ("complete", "no_show")],
)
def test_of_operations_that_end_its_life_one_is_done(race, staff, one, other):
    started = timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=5)

    def prepare(number):
        booked = AppointmentFactory(start=started)
        return [operate(staff, booked, name) for name in (one, other)]

    for first, second in race(prepare):
        assert statuses([first, second]) == [200, 409]
        done, refused = (one, second) if first.is_success else (other, first)
        assert refused.codes == [ALREADY[done]]


def test_of_those_who_reopen_it_one_does(race, start, staff):
    def prepare(number):
        done = AppointmentFactory(status="completed", concluded_at=timezone.now())
        return [operate(staff, done, "reopen") for _ in range(4)]

    for answers in race(prepare):
        assert statuses(answers) == [200, 409, 409, 409]
        assert refusals(answers) == {"not_completed"}
