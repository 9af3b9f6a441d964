"""A series is booked, tried out and shown: every date at the same local time."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import UserFactory
from appointments.models import Appointment, Series
from appointments.tests.factories import FIRST_SESSION, HOUR, AppointmentFactory
from booking.tests import codes, refusals
from therapists.tests.factories import (
    AbsenceFactory,
    OfferingFactory,
    TherapistFactory,
    WorkingHoursFactory,
)

pytestmark = pytest.mark.django_db

URL = "/api/v1/series"
WEEK = timedelta(weeks=1)


@pytest.fixture
def therapist():
    """Mondays from 9 to 12 in London, an hour each, at full and half hours."""
    therapist = TherapistFactory(
        slotted=True, signs_in=True, time_zone="Europe/London", break_minutes=10
    )
    OfferingFactory(therapist=therapist, duration=60)
    WorkingHoursFactory(therapist=therapist, end=time(12))
    return therapist


@pytest.fixture
def client(api):
    return api(UserFactory())


def wish(therapist, **changes):
    return {
        "therapist_id": therapist.pk,
        "type": "one-off",
        "start": FIRST_SESSION.isoformat(),
        "every_weeks": 1,
        "count": 4,
    } | changes


def told(response):
    """The dates of an answer: each with its start and the codes that refuse it."""
    return [
        (date["start"], [error["code"] for error in date["errors"]])
        for date in response.json()["dates"]
    ]


def mondays(number):
    return [f"{FIRST_SESSION + n * WEEK:%Y-%m-%dT%H:%M:%SZ}" for n in range(number)]


def test_a_client_books_every_week(api, therapist):
    client = UserFactory()

    response = api(client).post(URL, wish(therapist))

    assert response.status_code == 201, response.json()
    assert told(response) == [(start, []) for start in mondays(4)]
    booked = Appointment.objects.order_by("start")
    series = Series.objects.get()
    assert [(a.client, a.series, a.occurrence) for a in booked] == [
        (client, series, n) for n in (1, 2, 3, 4)
    ]
    assert [a.busy_until - a.start for a in booked] == [timedelta(minutes=70)] * 4
    assert {a.status for a in booked} == {"booked"}
    assert response.json()["duration"] == 60


def test_local_time_stays_across_a_change_of_clocks(therapist, client):
    response = client.post(
        URL, wish(therapist, start="2030-03-18T09:00Z", every_weeks=2, count=3)
    )

    assert [start for start, _ in told(response)] == [
        "2030-03-18T09:00:00Z",
        "2030-04-01T08:00:00Z",
        "2030-04-15T08:00:00Z",
    ]


def test_a_date_whose_time_does_not_exist_is_refused_and_never_shifted(
    nothing_changes, client
):
    therapist = TherapistFactory(time_zone="Europe/London")
    skipped = {"start": "2030-03-24T01:30Z", "count": 2, "duration": 60}

    with nothing_changes():
        response = client.post(URL, wish(therapist, **skipped))

    assert response.status_code == 422
    assert told(response) == [("2030-03-31T01:30:00", ["nonexistent_time"])]


def test_all_or_none_and_every_date_that_fails_is_listed(
    therapist, nothing_changes, client
):
    AbsenceFactory(
        therapist=therapist,
        start=FIRST_SESSION + WEEK,
        end=FIRST_SESSION + WEEK + HOUR,
    )
    AppointmentFactory(therapist=therapist, start=FIRST_SESSION + 2 * WEEK)

    with nothing_changes():
        response = client.post(URL, wish(therapist))

    assert response.status_code == 409
    _, second, third, _ = mondays(4)
    assert told(response) == [
        (second, ["therapist_absent"]),
        (third, ["therapist_busy"]),
    ]
    errors = [(error["attr"], error["code"]) for error in response.json()["errors"]]
    assert errors == [(second, "therapist_absent"), (third, "therapist_busy")]


def test_rules_alone_are_422(therapist, nothing_changes, client):
    with nothing_changes():
        response = client.post(
            URL, wish(therapist, start="2030-01-07T11:15Z", duration=50)
        )

    assert response.status_code == 422
    every = ["wrong_duration", "outside_working_hours", "off_grid"]
    assert told(response) == [
        (start.replace("09:00", "11:15"), every) for start in mondays(4)
    ]


def test_the_rest_is_booked_where_what_fails_is_skipped(api, therapist):
    client = UserFactory()
    AppointmentFactory(client=client, start=FIRST_SESSION + WEEK)

    response = api(client).post(URL, wish(therapist, on_conflict="skip"))

    assert response.status_code == 201, response.json()
    assert [failed for _, failed in told(response)] == [[], ["client_busy"], [], []]
    places = Series.objects.get().appointments.values_list("occurrence", flat=True)
    assert sorted(places) == [1, 3, 4]


def test_nothing_to_book_is_refused_even_where_failures_are_skipped(
    therapist, nothing_changes, client
):
    with nothing_changes():
        response = client.post(
            URL, wish(therapist, start="2030-01-08T09:00Z", on_conflict="skip")
        )

    assert response.status_code == 422
    assert len(told(response)) == 4


def test_what_is_published_at_a_date_is_taken(therapist, client):
    published = AppointmentFactory(
        therapist=therapist, available=True, start=FIRST_SESSION + WEEK
    )

    response = client.post(URL, wish(therapist))

    assert response.status_code == 201, response.json()
    published.refresh_from_db()
    assert (published.status, published.occurrence) == ("booked", 2)
    assert Appointment.objects.count() == 4


def test_a_lapsed_hold_is_in_nobody_s_way(therapist, clock, client):
    AppointmentFactory(therapist=therapist, held=True, start=FIRST_SESSION + WEEK)
    clock.shift(timedelta(minutes=11))

    response = client.post(URL, wish(therapist))

    assert response.status_code == 201, response.json()
    assert Appointment.objects.count() == 4


def test_staff_book_outside_the_rules_for_a_client(api, clerk, therapist):
    client = UserFactory()

    response = api(clerk).post(
        URL, wish(therapist, start="2030-01-08T09:00Z", client_id=client.pk)
    )

    assert response.status_code == 201, response.json()
    assert response.json()["client"]["id"] == client.pk
    rows = Appointment.objects.values_list("overridden", "client")
    assert list(rows) == [(["outside_working_hours"], client.pk)] * 4


@pytest.mark.parametrize(
    ("who", "changes", "status", "refused"),
    [
        pytest.param("staff", {}, 400, ("client_id", "required"), id="names nobody"),
        pytest.param(
            "client", {"client_id": 1}, 403, (None, "permission_denied"), id="names one"
        ),
        pytest.param(
            "therapist",
            {"client_id": "stranger"},
            400,
            ("client_id", "does_not_exist"),
            id="names a stranger",
        ),
        pytest.param(
            "therapist",
            {"client_id": "therapist"},
            400,
            ("client_id", "own_therapist"),
            id="names themselves",
        ),
        pytest.param(
            "client",
            {"therapist_id": 10**9},
            400,
            ("therapist_id", "does_not_exist"),
            id="unknown therapist",
        ),
    ],
)
def test_people_are_refused_as_for_one_appointment(
    api, clerk, therapist, nothing_changes, who, changes, status, refused
):
    people = {"staff": clerk, "therapist": therapist.user, "client": UserFactory()}
    named = {"stranger": UserFactory().pk, "therapist": therapist.user.pk}
    changes = {field: named.get(value, value) for field, value in changes.items()}

    with nothing_changes():
        response = api(people[who]).post(URL, wish(therapist, **changes))

    assert response.status_code == status
    assert refusals(response) == [refused]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"every_weeks": 0}, "every_weeks"),
        ({"every_weeks": 9}, "every_weeks"),
        ({"count": 1}, "count"),
        ({"count": 53}, "count"),
        ({"count": "a few"}, "count"),
        ({"on_conflict": "ignore"}, "on_conflict"),
        ({"duration": 4}, "duration"),
        ({"type": "group"}, "type"),
        ({"start": "2029-12-01T08:00Z"}, "start"),
        ({"start": None}, "start"),
        ({"start": "2030-01-07"}, "start"),
    ],
)
def test_nonsense_is_refused_at_its_field(
    therapist, nothing_changes, changes, field, client
):
    with nothing_changes():
        response = client.post(URL, wish(therapist, **changes))

    assert response.status_code == 400
    assert [attr for attr, _ in refusals(response)] == [field]


def test_no_date_is_more_than_ten_years_away(api, clerk, therapist, nothing_changes):
    far = {"start": "2033-01-03T09:00Z", "every_weeks": 8, "count": 52}
    far["client_id"] = UserFactory().pk

    with nothing_changes():
        response = api(clerk).post(URL, wish(therapist, **far))

    assert response.status_code == 400
    assert refusals(response) == [("start", "out_of_range")]


def test_without_an_offering_the_duration_has_to_be_given(nothing_changes, client):
    anytime = TherapistFactory()

    with nothing_changes():
        response = client.post(URL, wish(anytime))

    assert response.status_code == 400
    assert refusals(response) == [("duration", "required")]


def test_a_type_that_is_not_offered_is_refused(therapist, nothing_changes, client):
    with nothing_changes():
        response = client.post(URL, wish(therapist, type="consultation"))

    assert response.status_code == 422
    assert codes(response) == ["type_not_offered"]


def test_a_preview_writes_nothing_and_names_the_nearest_slots(
    api, therapist, nothing_changes
):
    client = UserFactory()
    AppointmentFactory(therapist=therapist, start=FIRST_SESSION + WEEK)
    AppointmentFactory(client=client, start=FIRST_SESSION + WEEK + 2 * HOUR)

    with nothing_changes():
        response = api(client).post(f"{URL}/preview", wish(therapist, count=3))

    assert response.status_code == 200, response.json()
    first, second, third = response.json()["dates"]
    assert (first["errors"], first["nearest"]) == ([], None)
    assert [error["code"] for error in second["errors"]] == ["therapist_busy"]
    # 10:30 and 11:00 are free for the therapist; the client is busy from 11:00.
    assert second["nearest"] == {"day": None, "week": None}
    assert third["errors"] == []


def test_the_nearest_slot_of_the_week_may_be_on_another_day(therapist, client):
    WorkingHoursFactory(therapist=therapist, weekday=3, end=time(10))
    AbsenceFactory(
        therapist=therapist,
        start=FIRST_SESSION + WEEK,
        end=FIRST_SESSION + WEEK + 2 * HOUR,
    )

    response = client.post(f"{URL}/preview", wish(therapist, count=2))

    assert response.json()["dates"][1]["nearest"] == {
        "day": "2030-01-14T11:00:00Z",
        "week": "2030-01-14T11:00:00Z",
    }


def test_the_client_s_own_hold_that_is_over_hides_no_slot(api, therapist, clock):
    held = AppointmentFactory(therapist=therapist, held=True, start=FIRST_SESSION)
    clock.shift(timedelta(minutes=11))

    response = api(held.client).post(
        f"{URL}/preview", wish(therapist, start="2030-01-07T09:01Z", count=2)
    )

    assert response.json()["dates"][0]["nearest"] == {
        "day": "2030-01-07T09:00:00Z",
        "week": "2030-01-07T09:00:00Z",
    }


def test_the_nearest_slots_are_found_however_far_the_last_date_is(client):
    therapist = TherapistFactory(slotted=True, start_step_minutes=5, horizon_days=400)
    OfferingFactory(therapist=therapist, duration=60)
    for weekday in range(1, 8):
        WorkingHoursFactory(
            therapist=therapist, weekday=weekday, start=time(), end=time()
        )

    response = client.post(
        f"{URL}/preview",
        wish(therapist, start="2030-01-07T09:01Z", every_weeks=8, count=6),
    )

    assert response.json()["dates"][5]["nearest"] == {
        "day": "2030-10-14T09:00:00Z",
        "week": "2030-10-14T09:00:00Z",
    }


def test_the_last_of_many_dates_has_its_nearest_slot_too(therapist, client):
    therapist.start_step_minutes = 5
    therapist.horizon_days = 3650
    therapist.save()
    for weekday in (2, 3, 4, 5, 6, 7):
        WorkingHoursFactory(therapist=therapist, weekday=weekday, end=time(23))
    evenings = {"start": "2030-01-07T20:00Z", "every_weeks": 8, "count": 52}

    response = client.post(f"{URL}/preview", wish(therapist, **evenings))

    week = [date["nearest"]["week"] for date in response.json()["dates"]]
    assert None not in week


def test_a_long_series_takes_as_many_statements_as_a_short_one(api, therapist):
    counted = [_statements(api, therapist, count) for count in (2, 52)]

    assert counted[0] == counted[1] <= 20


def _statements(api, therapist, count):
    start = datetime(2030, 1, 7 if count == 2 else 21, 9, tzinfo=UTC)
    with CaptureQueriesContext(connection) as statements:
        response = api(UserFactory()).post(
            URL, wish(therapist, start=start.isoformat(), count=count)
        )
    assert response.status_code == 201, response.json()
    return len(statements)
