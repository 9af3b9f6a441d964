"""A series, or one date of it, is cancelled or moved; who sees which."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import UserFactory
from appointments.models import Appointment, Series
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    AppointmentFactory,
    SeriesFactory,
)
from booking.tests import codes
from therapists.tests.factories import (
    OfferingFactory,
    TherapistFactory,
    WorkingHoursFactory,
)

pytestmark = pytest.mark.django_db

URL = "/api/v1/series"
WEEK = timedelta(weeks=1)


@pytest.fixture
def therapist():
    """Mondays and Thursdays from 9 to 12 in London, an hour each, at half hours."""
    therapist = TherapistFactory(slotted=True, signs_in=True, time_zone="Europe/London")
    OfferingFactory(therapist=therapist, duration=60)
    for weekday in (1, 4):
        WorkingHoursFactory(therapist=therapist, weekday=weekday, end=time(12))
    return therapist


@pytest.fixture
def series(api, therapist):
    """Four Mondays at nine."""
    wish = {
        "therapist_id": therapist.pk,
        "type": "one-off",
        "start": FIRST_SESSION.isoformat(),
        "every_weeks": 1,
        "count": 4,
    }
    assert api(UserFactory()).post(URL, wish).status_code == 201
    return Series.objects.get()


@pytest.fixture
def client(api, series):
    return api(series.client)


def of(series):
    return f"{URL}/{series.pk}"


def rows(*fields):
    ordered = Appointment.objects.exclude(series=None).order_by("occurrence")
    return list(ordered.values_list(*fields))


def starts():
    return [f"{start:%m-%d %H:%M}" for (start,) in rows("start")]


def test_all_that_is_to_come_is_cancelled(client, clock, series):
    clock.move_to(FIRST_SESSION + HOUR)

    response = client.post(f"{of(series)}/cancel", {"reason": "travel"})

    assert response.status_code == 200, response.json()
    assert [date["status"] for date in response.json()["dates"]] == [
        "booked",
        *["cancelled"] * 3,
    ]
    fields = ("cancelled_by", "cancellation_reason", "cancelled_late", "is_exception")
    assert rows(*fields)[1:] == [("client", "travel", False, False)] * 3


def test_one_date_and_those_that_follow_are_cancelled(client, series):
    third = FIRST_SESSION + 2 * WEEK

    response = client.post(f"{of(series)}/cancel", {"from": third.isoformat()})

    assert response.status_code == 200
    assert rows("status") == [("booked",)] * 2 + [("cancelled",)] * 2


def test_a_date_within_the_notice_refuses_a_client_all(
    client, clock, series, nothing_changes
):
    clock.move_to(FIRST_SESSION - HOUR)

    with nothing_changes():
        response = client.post(f"{of(series)}/cancel")

    assert response.status_code == 422
    assert codes_of_dates(response) == [
        ("2030-01-07T09:00:00Z", ["too_late_to_cancel"])
    ]


def codes_of_dates(response):
    return [
        (date["start"], [error["code"] for error in date["errors"]])
        for date in response.json()["dates"]
    ]


def test_the_therapist_cancels_within_the_notice_and_it_is_late(api, clock, series):
    clock.move_to(FIRST_SESSION - HOUR)

    response = api(series.therapist.user).post(f"{of(series)}/cancel")

    assert response.status_code == 200
    assert rows("cancelled_by", "cancelled_late") == [
        ("therapist", True),
        *[("therapist", False)] * 3,
    ]


def test_what_is_published_is_in_the_way_of_a_move(
    client, therapist, series, nothing_changes
):
    thursday = FIRST_SESSION + timedelta(days=3)
    for start in (thursday, thursday + 2 * WEEK):
        AppointmentFactory(therapist=therapist, available=True, start=start)

    with nothing_changes():
        response = client.post(f"{of(series)}/move", {"start": thursday.isoformat()})

    assert response.status_code == 409
    assert codes_of_dates(response) == [
        ("2030-01-10T09:00:00Z", ["therapist_busy"]),
        ("2030-01-24T09:00:00Z", ["therapist_busy"]),
    ]


@pytest.mark.parametrize("who", ["client", "therapist", "staff"])
def test_a_date_moved_to_a_colleague_is_by_the_colleague_s_rules(
    api, clerk, series, who
):
    colleague = TherapistFactory(cancellation_notice_hours=24 * 365)
    moved = series.appointments.get(occurrence=4)
    body = {"start": "2030-01-29T09:00Z", "therapist_id": colleague.pk}
    api(clerk).post(f"/api/v1/appointments/{moved.pk}/move", body)
    user = {"client": series.client, "therapist": series.therapist.user}.get(who, clerk)

    response = api(user).post(f"{of(series)}/cancel")

    assert response.status_code == (422 if who == "client" else 200)
    assert (
        rows("status", "cancelled_late")
        == {
            "client": [("booked", False)] * 4,
            "therapist": [("cancelled", False)] * 3 + [("booked", False)],
            "staff": [("cancelled", False)] * 3 + [("cancelled", True)],
        }[who]
    )


def test_what_was_published_is_published_again(api, therapist, clerk):
    published = AppointmentFactory(
        therapist=therapist, available=True, start=FIRST_SESSION + WEEK
    )
    client = api(UserFactory())
    wish = {"therapist_id": therapist.pk, "type": "one-off", "every_weeks": 1}
    wish |= {"start": FIRST_SESSION.isoformat(), "count": 2}
    id = client.post(URL, wish).json()["id"]

    response = client.post(f"{URL}/{id}/cancel")

    assert response.status_code == 200
    [again] = Appointment.objects.filter(status="available")
    assert (again.start, again.end) == (published.start, published.end)
    assert again.series is None


def test_cancelling_twice_is_refused(client, series, nothing_changes):
    client.post(f"{of(series)}/cancel")

    with nothing_changes():
        response = client.post(f"{of(series)}/cancel")

    assert response.status_code == 409
    assert codes(response) == ["nothing_to_come"]


def test_this_and_following_move_to_another_weekday(client, series):
    response = client.post(
        f"{of(series)}/move",
        {"from": "2030-01-14T09:00Z", "start": "2030-01-17T10:30Z"},
    )

    assert response.status_code == 200, response.json()
    assert starts() == ["01-07 09:00", "01-17 10:30", "01-24 10:30", "01-31 10:30"]
    assert {exception for (exception,) in rows("is_exception")} == {False}
    series.refresh_from_db()
    assert series.start == FIRST_SESSION


def test_a_series_moves_to_where_it_is_itself(client, series):
    response = client.post(f"{of(series)}/move", {"start": "2030-01-14T09:00Z"})

    assert response.status_code == 200, response.json()
    assert starts() == ["01-14 09:00", "01-21 09:00", "01-28 09:00", "02-04 09:00"]
    series.refresh_from_db()
    assert series.start == FIRST_SESSION + WEEK


def test_a_moved_series_keeps_its_local_time(client, series):
    response = client.post(f"{of(series)}/move", {"start": "2030-03-18T09:00Z"})

    assert response.status_code == 200, response.json()
    assert starts() == ["03-18 09:00", "03-25 09:00", "04-01 08:00", "04-08 08:00"]


def test_all_move_or_none(client, series, nothing_changes):
    taken = FIRST_SESSION + WEEK + timedelta(days=3)
    AppointmentFactory(therapist=series.therapist, start=taken)

    with nothing_changes():
        response = client.post(f"{of(series)}/move", {"start": "2030-01-10T09:00Z"})

    assert response.status_code == 409
    assert codes_of_dates(response) == [("2030-01-17T09:00:00Z", ["therapist_busy"])]


def test_to_where_it_is_it_moves_without_a_change(client, series, nothing_changes):
    with nothing_changes():
        response = client.post(
            f"{of(series)}/move", {"start": FIRST_SESSION.isoformat()}
        )

    assert response.status_code == 200


def test_a_date_moved_by_itself_stays_where_it_was_put(client, series):
    second = series.appointments.get(occurrence=2)
    client.post(
        f"/api/v1/appointments/{second.pk}/move", {"start": "2030-01-17T09:00Z"}
    )

    response = client.post(f"{of(series)}/move", {"start": "2030-01-07T10:00Z"})

    assert response.status_code == 200, response.json()
    assert starts() == ["01-07 10:00", "01-17 09:00", "01-21 10:00", "01-28 10:00"]
    assert rows("occurrence", "is_exception") == [
        (1, False),
        (2, True),
        (3, False),
        (4, False),
    ]


def test_a_date_cancelled_by_itself_keeps_its_place(client, series):
    second = series.appointments.get(occurrence=2)

    response = client.post(f"/api/v1/appointments/{second.pk}/cancel")

    place = {"id": series.pk, "occurrence": 2, "is_exception": True}
    assert response.json()["series"] == place
    assert rows("status") == [("booked",), ("cancelled",), ("booked",), ("booked",)]


def test_staff_move_outside_the_rules(api, clerk, series):
    response = api(clerk).post(f"{of(series)}/move", {"start": "2030-01-08T09:00Z"})

    assert response.status_code == 200
    assert rows("overridden") == [(["outside_working_hours"],)] * 4


@pytest.mark.parametrize("operation", ["", "/move", "/cancel"])
def test_what_somebody_may_not_see_does_not_exist(api, series, operation):
    stranger = api(UserFactory())
    body = {"start": "2030-01-08T09:00Z"}

    url = of(series) + operation
    response = stranger.post(url, body) if operation else stranger.get(url)

    assert response.status_code == 404
    assert stranger.get(URL).json()["results"] == []


def test_its_client_its_therapist_and_staff_see_it(api, clerk, series):
    for person in (series.client, series.therapist.user, clerk):
        [listed] = api(person).get(URL).json()["results"]
        assert listed == api(person).get(of(series)).json()
        assert listed["client"]["id"] == series.client.pk
        assert listed["created_at"] == f"{series.created_at:%Y-%m-%dT%H:%M:%S.%fZ}"
        assert len(listed["dates"]) == 4


def test_the_list_takes_as_many_statements_for_many(api, clerk):
    counted = []
    for number in (1, 4):
        for n in range(number):
            SeriesFactory(start=datetime(2031, number, 6 + n, 9, tzinfo=UTC))
        with CaptureQueriesContext(connection) as statements:
            assert api(clerk).get(URL).status_code == 200
        counted.append(len(statements))

    assert counted[0] == counted[1]


def test_the_version_changes_with_each_of_its_dates(client, series):
    before = client.get(of(series))["ETag"]
    first = series.appointments.get(occurrence=1)
    client.post(f"/api/v1/appointments/{first.pk}/cancel")

    stale = client.post(f"{of(series)}/cancel", headers={"If-Match": before})
    fresh = client.post(
        f"{of(series)}/cancel", headers={"If-Match": client.get(of(series))["ETag"]}
    )

    assert (stale.status_code, codes(stale)) == (412, ["precondition_failed"])
    assert fresh.status_code == 200
    assert fresh["ETag"] == client.get(of(series))["ETag"] != before


def test_a_repeated_request_books_one_series(api, therapist):
    client = api(UserFactory())
    wish = {"therapist_id": therapist.pk, "type": "one-off", "every_weeks": 1}
    wish |= {"start": FIRST_SESSION.isoformat(), "count": 2}

    answers = [
        client.post(URL, wish, headers={"Idempotency-Key": "one"}) for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert answers[1]["Idempotent-Replayed"] == "true"
    assert Series.objects.count() == 1
