"""Operations that race on one appointment, or for its period."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.factories import HOUR, AppointmentFactory
from appointments.tests.races.http.requests import (
    add,
    get_etag,
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
def test_a_move_and_a_cancellation_happen_one_after_the_other(
    race, start, was_published
):
    def prepare(number):
        appointment = AppointmentFactory(start=start, was_published=was_published)
        return [
            operate(
                appointment.client,
                appointment,
                "move",
                start=(start + LATER).isoformat(),
            ),
            operate(appointment.client, appointment, "cancel"),
        ]

    for moved, cancelled in race(prepare):
        assert cancelled.status == 200
        assert moved.is_success or moved.codes == ["already_cancelled"]
        last_start = start + LATER if moved.is_success else start
        row = Appointment.objects.get(pk=cancelled.body["id"])
        assert (row.status, row.start) == ("cancelled", last_start)
        republished = Appointment.objects.filter(status="available", start=last_start)
        assert republished.filter(therapist=row.therapist).count() == was_published


@pytest.mark.parametrize("was_published", [False, True])
def test_one_of_a_move_and_a_cancellation_of_one_version_succeeds(
    race, start, staff, was_published
):
    def prepare(number):
        appointment = AppointmentFactory(start=start, was_published=was_published)
        version = get_etag(staff, appointment)
        later = (start + LATER).isoformat()
        return [
            operate(
                appointment.client, appointment, "move", if_match=version, start=later
            ),
            operate(staff, appointment, "cancel", if_match=version),
        ]

    for responses in race(prepare):
        assert statuses(responses) == [200, 412]


def test_one_of_many_moves_of_one_version_succeeds(race, start, staff):
    def prepare(number):
        therapist = TherapistFactory(signs_in=True)
        appointment = AppointmentFactory(start=start, therapist=therapist)
        version = get_etag(staff, appointment)
        people = [appointment.client, therapist.user, staff, appointment.client]
        return [
            operate(
                user,
                appointment,
                "move",
                if_match=version,
                start=(start + days * LATER).isoformat(),
            )
            for days, user in enumerate(people, start=1)
        ]

    for responses in race(prepare):
        assert statuses(responses) == [200, 412, 412, 412]


def test_moves_without_a_version_all_succeed_in_turn(race, start):
    def prepare(number):
        appointment = AppointmentFactory(start=start)
        return [
            operate(
                appointment.client,
                appointment,
                "move",
                start=(start + days * LATER).isoformat(),
            )
            for days in range(1, 9)
        ]

    for responses in race(prepare):
        assert statuses(responses) == [200] * 8


def test_one_of_many_moves_and_bookings_of_one_period_succeeds(race, start):
    def prepare(number):
        therapist = TherapistFactory()
        target = start + 2 * LATER
        rows = [
            AppointmentFactory(therapist=therapist, start=start + n * HOUR)
            for n in range(3)
        ]
        return [
            operate(row.client, row, "move", start=target.isoformat()) for row in rows
        ] + [add(UserFactory(), therapist, target)]

    for responses in race(prepare):
        assert sum(response.is_success for response in responses) == 1
        assert refusals(responses) == {"therapist_busy"}


def test_moves_between_two_therapists_do_not_deadlock(race, start, staff):
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

    for responses in race(prepare):
        assert statuses(responses) == [200] * 4


ALREADY = {
    "cancel": "already_cancelled",
    "complete": "already_completed",
    "no_show": "already_no_show",
}


@pytest.mark.parametrize(
    ("one", "other"),
    [("cancel", "cancel"), ("cancel", "complete"), ("complete", "no_show")],
)
def test_one_of_two_operations_that_end_an_appointment_succeeds(
    race, staff, one, other
):
    started = timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=5)

    def prepare(number):
        appointment = AppointmentFactory(start=started)
        return [operate(staff, appointment, name) for name in (one, other)]

    for first, second in race(prepare):
        assert statuses([first, second]) == [200, 409]
        succeeded, refused = (one, second) if first.is_success else (other, first)
        assert refused.codes == [ALREADY[succeeded]]


def test_one_of_many_requests_to_reopen_succeeds(race, start, staff):
    def prepare(number):
        appointment = AppointmentFactory(
            status="completed", concluded_at=timezone.now()
        )
        return [operate(staff, appointment, "reopen") for _ in range(4)]

    for responses in race(prepare):
        assert statuses(responses) == [200, 409, 409, 409]
        assert refusals(responses) == {"not_completed"}
