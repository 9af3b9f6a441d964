"""Series that race: whole or not at all."""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment, Series
from appointments.tests.races.http.requests import add, operate, refusals, statuses
from appointments.tests.races.http.servers import Request
from therapists.tests.factories import TherapistFactory

URL = "/api/v1/series"
WEEK = timedelta(weeks=1)
COUNT = 8


def weekly(user, therapist, start, **more):
    body = {
        "therapist_id": therapist.pk,
        "type": "one-off",
        "start": start.isoformat(),
        "duration": 60,
        "every_weeks": 1,
        "count": COUNT,
    }
    return Request(user, URL, body | more)


def change(series, operation, **body):
    return Request(series.client, f"{URL}/{series.pk}/{operation}", body)


@pytest.fixture
def booked(api, start):
    """Book a series, before the race."""

    def book():
        asked = weekly(UserFactory(), TherapistFactory(), start)
        response = api(asked.user).post(asked.path, asked.body)
        return Series.objects.get(pk=response.json()["id"])

    return book


def are_whole(answers):
    """Tell whether all dates of each series were booked, and no others."""
    booked = {answer.body["id"]: answer.body["count"] for answer in answers}
    return all(
        Appointment.objects.filter(series=id).count() == count
        for id, count in booked.items()
    )


@pytest.mark.parametrize("share", ["therapist", "client"])
def test_of_overlapping_series_one_is_booked_whole(race, start, share):
    def prepare(number):
        one, other = [(UserFactory(), TherapistFactory()) for _ in range(2)]
        other = (one[0], other[1]) if share == "client" else (other[0], one[1])
        return [
            weekly(*one, start),
            weekly(*other, start + 4 * WEEK),
            weekly(*other, start - 4 * WEEK + timedelta(minutes=30)),
        ]

    for answers in race(prepare):
        # It overlaps both others, which do not overlap each other.
        first, *others = answers
        done = [answer for answer in answers if answer.is_success]
        assert done in ([first], others)
        assert statuses(answers) in ([201, 409, 409], [201, 201, 409])
        assert refusals(answers) == {f"{share}_busy"}
        assert are_whole(done)


def test_series_that_skip_share_the_dates(race, start):
    def prepare(number):
        therapist = TherapistFactory()
        return [
            weekly(UserFactory(), therapist, start + n * WEEK, on_conflict="skip")
            for n in (0, 4)
        ]

    for answers in race(prepare):
        assert statuses(answers) == [201, 201]
        therapist = answers[0].body["therapist"]["id"]
        booked = Appointment.objects.filter(therapist=therapist)
        assert booked.count() == COUNT + 4


def test_a_series_or_the_single_bookings_in_its_way(race, start):
    def prepare(number):
        therapist = TherapistFactory()
        singles = [start + n * WEEK for n in (1, 4, 7)]
        return [
            weekly(UserFactory(), therapist, start),
            *(add(UserFactory(), therapist, single) for single in singles),
        ]

    for whole, *singles in race(prepare):
        assert statuses(singles) == [409 if whole.is_success else 201] * 3
        assert whole.is_success or whole.status == 409
        assert are_whole([whole] if whole.is_success else [])
        assert refusals([whole, *singles]) == {"therapist_busy"}


def test_changes_of_a_series_and_of_one_date_are_done_one_after_the_other(
    race, start, booked
):
    def prepare(number):
        series = booked()
        date = series.appointments.get(occurrence=4)
        moved = start + timedelta(days=1)
        return [
            change(series, "move", start=moved.isoformat()),
            operate(series.client, date, "cancel"),
            change(series, "move", start=(moved + timedelta(days=1)).isoformat()),
        ]

    for one, cancelled, other in race(prepare):
        assert statuses([one, cancelled, other]) == [200, 200, 200]
        rows = Appointment.objects.filter(series=one.body["id"])
        booked_rows = rows.exclude(occurrence=4)
        days = {
            (row.start - start - (row.occurrence - 1) * WEEK).days
            for row in booked_rows
        }
        assert len(days) == 1
        assert days <= {1, 2}
        assert rows.get(occurrence=4).status == "cancelled"
