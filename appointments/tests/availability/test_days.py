"""Days with a slot, compared with the slots themselves."""

from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, note
from hypothesis import strategies as st

from appointments.availability.slots import find_slots
from appointments.tests.availability.openings import MONDAY, open_on
from appointments.tests.factories import HOUR, AppointmentFactory
from appointments.tests.reference.diaries import EARLIER, ZONES, diaries, store
from booking.tests import refusals
from booking.tests.depth import examples
from therapists.tests.factories import (
    AbsenceFactory,
    ClosureFactory,
    OfferingFactory,
    TherapistFactory,
)

pytestmark = pytest.mark.django_db

URL = "/api/v1/slots"
WEEK = {"start": "2030-01-07", "end": "2030-01-13", "type": "one-off"}
DAY = timedelta(days=1)


@pytest.fixture
def ada():
    """A therapist with three slots on Mondays and one on Tuesdays."""
    therapist = TherapistFactory(name="Ada", slotted=True, start_step_minutes=60)
    OfferingFactory(therapist=therapist)
    open_on(therapist, 1, "09:00-12:00")
    open_on(therapist, 2, "09:00-10:00")
    return therapist


def get_days(api, **changes):
    response = api().get(URL, WEEK | {"per_day": "count"} | changes)
    assert response.status_code == 200, response.content
    return [
        (row["day"], row["therapist"]["id"], row["start"][11:16], row["count"])
        for row in response.json()["results"]
    ]


def test_a_day_with_slots_is_one_row(api, ada):
    assert get_days(api) == [
        ("2030-01-07", ada.pk, "09:00", 3),
        ("2030-01-08", ada.pk, "09:00", 1),
    ]
    assert get_days(api, per_day="first") == [
        ("2030-01-07", ada.pk, "09:00", None),
        ("2030-01-08", ada.pk, "09:00", None),
    ]


def test_only_what_can_be_booked_counts(api, ada):
    AppointmentFactory(therapist=ada, start=MONDAY + 9 * HOUR)
    AbsenceFactory(therapist=ada, start=MONDAY + DAY, end=MONDAY + 2 * DAY)

    assert get_days(api) == [("2030-01-07", ada.pk, "10:00", 2)]


def test_published_times_count_once(api, ada):
    AppointmentFactory(therapist=ada, start=MONDAY + 9 * HOUR, available=True)
    other = AppointmentFactory(start=MONDAY + 4 * DAY, available=True).therapist

    assert get_days(api) == [
        ("2030-01-07", ada.pk, "09:00", 3),
        ("2030-01-08", ada.pk, "09:00", 1),
        ("2030-01-11", other.pk, "00:00", 1),
    ]


def test_a_closed_day_has_no_row(api, ada):
    ClosureFactory(start=date(2030, 1, 7), end=date(2030, 1, 7))

    assert get_days(api) == [("2030-01-08", ada.pk, "09:00", 1)]


def test_days_are_those_of_the_zone(api, ada):
    assert get_days(api, time_zone="Pacific/Auckland", start="2030-01-08") == [
        ("2030-01-08", ada.pk, "11:00", 2)
    ]


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"per_day": "all"}, [("per_day", "invalid_choice")]),
        ({"time_zone": "Mars/Base"}, [("time_zone", "unknown_time_zone")]),
        ({"per_day": "", "time_zone": "UTC"}, [("time_zone", "needs_per_day")]),
        ({"end": "2030-04-01"}, [("end", "too_long")]),
    ],
)
def test_an_unusable_request_is_refused(api, changes, refused):
    response = api().get(URL, WEEK | {"per_day": "count"} | changes)

    assert (response.status_code, refusals(response)) == (400, refused)


@pytest.mark.parametrize("per_day", ["first", "count"])
def test_pages_of_days_join_without_gaps_in_both_directions(api, per_day):
    # So many that a page looks at a few days only.
    for number in range(100):
        therapist = TherapistFactory(slotted=True, start_step_minutes=60)
        OfferingFactory(therapist=therapist)
        for weekday in range(1, 6):
            if (weekday + number) % 3:
                open_on(therapist, weekday, "09:00-12:00")
    query = WEEK | {"end": "2030-01-24", "per_day": per_day}
    whole = follow(api, query | {"page_size": 200}, "next")

    pages = follow(api, query | {"page_size": 40}, "next")
    back = follow(api, pages[-1]["url"], "previous")

    expected = [key(row) for page in whole for row in page["results"]]
    assert len(expected) == len({*expected}) > 900
    assert [key(row) for page in pages for row in page["results"]] == expected
    assert [key(row) for page in back[::-1] for row in page["results"]] == expected


def key(row):
    return (row["day"], row["therapist"]["id"], row["start"])


def follow(api, query, side):
    client, pages = api(), []
    url = query if isinstance(query, str) else None
    while True:
        page = (client.get(url) if url else client.get(URL, query)).json()
        pages.append(page | {"url": url})
        url = page[side]
        if url is None:
            return pages


@pytest.mark.parametrize("therapists", [1, 12])
def test_a_page_takes_a_fixed_number_of_statements(api, therapists):
    for _ in range(therapists):
        therapist = TherapistFactory(slotted=True)
        OfferingFactory(therapist=therapist)
        open_on(therapist, 1, "09:00-12:00")

    with CaptureQueriesContext(connection) as captured:
        get_days(api)

    assert len([q for q in captured if "throttle" not in q["sql"]]) == 2


@examples(sample=60, thorough=600)
@given(diaries(), st.sampled_from(ZONES), st.booleans())
def test_days_are_the_days_of_the_slots(api, clock, made_up, zone, is_first):
    clock.move_to(EARLIER)
    day, diary = made_up
    therapist = store(diary)
    first, last = day - 2 * DAY, day + 2 * DAY
    clock_of_zone = ZoneInfo(zone)

    per_day = "first" if is_first else "count"
    rows = get_rows(api, therapist, first, last, zone, per_day)

    since, until = (
        datetime.combine(edge, datetime.min.time(), clock_of_zone)
        for edge in (first, last + DAY)
    )
    filters = {"type": "one-off", "therapist_id": therapist.pk}
    slots = find_slots(filters | {"start": since, "end": until}, limit=10_000)
    counted = Counter(slot.start.astimezone(clock_of_zone).date() for slot in slots)
    note(repr((day, diary, zone)))
    assert [row["day"] for row in rows] == [f"{one}" for one in sorted(counted)]
    firsts = {}
    for slot in slots:
        firsts.setdefault(slot.start.astimezone(clock_of_zone).date(), slot.start)
    assert [row["start"] for row in rows] == [
        f"{firsts[one]:%Y-%m-%dT%H:%M:%SZ}" for one in sorted(firsts)
    ]
    assert [row["count"] for row in rows] == [
        None if is_first else counted[one] for one in sorted(counted)
    ]


def get_rows(api, therapist, first, last, zone, per_day):
    query = {"start": first, "end": last, "type": "one-off"}
    query |= {"therapist_id": therapist.pk}
    query |= {"per_day": per_day, "time_zone": zone}
    response = api().get(URL, query)
    assert response.status_code == 200, response.content
    assert response.json()["next"] is None
    return response.json()["results"]
