"""Series that race; each is booked as a whole or not at all."""

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


def book_weekly(user, therapist, start, **more):
    body = {
        "therapist_id": therapist.pk,
        "type": "one-off",
        "start": start.isoformat(),
        "duration": 60,
        "every_weeks": 1,
        "count": COUNT,
    }
    return Request(user, URL, body | more)


def operate_series(series, operation, **body):
    return Request(series.client, f"{URL}/{series.pk}/{operation}", body)


@pytest.fixture
def book_series(api, start):
    """Book a series before the race."""

    def post():
        request = book_weekly(UserFactory(), TherapistFactory(), start)
        response = api(request.user).post(request.path, request.body)
        return Series.objects.get(pk=response.json()["id"])

    return post


def are_whole(responses):
    """Tell whether all dates of each series were booked, and no others."""
    booked = {response.body["id"]: response.body["count"] for response in responses}
    return all(
        Appointment.objects.filter(series=id).count() == count
        for id, count in booked.items()
    )


@pytest.mark.parametrize("share", ["therapist", "client"])
def test_overlapping_series_are_booked_as_a_whole_or_not_at_all(race, start, share):
    def prepare(number):
        one, other = [(UserFactory(), TherapistFactory()) for _ in range(2)]
        other = (one[0], other[1]) if share == "client" else (other[0], one[1])
        return [
            book_weekly(*one, start),
            book_weekly(*other, start + 4 * WEEK),
            book_weekly(*other, start - 4 * WEEK + timedelta(minutes=30)),
        ]

    for responses in race(prepare):
        # The first overlaps both others, which do not overlap each other.
        first, *others = responses
        successes = [response for response in responses if response.is_success]
        assert successes in ([first], others)
        assert statuses(responses) in ([201, 409, 409], [201, 201, 409])
        assert refusals(responses) == {f"{share}_busy"}
        assert are_whole(successes)


def test_overlapping_series_that_skip_share_the_dates(race, start):
    def prepare(number):
        therapist = TherapistFactory()
        return [
            book_weekly(UserFactory(), therapist, start + n * WEEK, on_conflict="skip")
            for n in (0, 4)
        ]

    for responses in race(prepare):
        assert statuses(responses) == [201, 201]
        therapist = responses[0].body["therapist"]["id"]
        booked = Appointment.objects.filter(therapist=therapist)
        assert booked.count() == COUNT + 4


def test_a_series_or_the_bookings_that_overlap_it_succeed(race, start):
    def prepare(number):
        therapist = TherapistFactory()
        singles = [start + n * WEEK for n in (1, 4, 7)]
        return [
            book_weekly(UserFactory(), therapist, start),
            *(add(UserFactory(), therapist, single) for single in singles),
        ]

    for whole, *singles in race(prepare):
        assert statuses(singles) == [409 if whole.is_success else 201] * 3
        assert whole.is_success or whole.status == 409
        assert are_whole([whole] if whole.is_success else [])
        assert refusals([whole, *singles]) == {"therapist_busy"}


def test_changes_of_a_series_and_of_a_date_happen_one_after_the_other(
    race, start, book_series
):
    def prepare(number):
        series = book_series()
        date = series.appointments.get(occurrence=4)
        moved = start + timedelta(days=1)
        return [
            operate_series(series, "move", start=moved.isoformat()),
            operate(series.client, date, "cancel"),
            operate_series(
                series, "move", start=(moved + timedelta(days=1)).isoformat()
            ),
        ]

    for first_move, cancelled, last_move in race(prepare):
        assert statuses([first_move, cancelled, last_move]) == [200, 200, 200]
        rows = Appointment.objects.filter(series=first_move.body["id"])
        booked_rows = rows.exclude(occurrence=4)
        days = {
            (row.start - start - (row.occurrence - 1) * WEEK).days
            for row in booked_rows
        }
        assert len(days) == 1
        assert days <= {1, 2}
        assert rows.get(occurrence=4).status == "cancelled"
