import re
from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest

from appointments.availability.slots import find_slots
from appointments.tests.factories import FIRST_SESSION
from appointments.tests.plans import IN_ONE_WORKER
from appointments.tests.plans.explain import count_rows_of_each, explain, list_nodes
from booking.tests.depth import choose

pytestmark = [pytest.mark.django_db, IN_ONE_WORKER]

WEEK = {"start": "2030-01-07", "end": "2030-01-13"}
APPOINTMENTS = "appointments_appointment"
SEARCHES = [
    {},
    {"therapist_id": 100007},
    {"specialisms": "Specialism 3,Specialism 8"},
    {"specialisms": "Specialism 3,Specialism 6", "specialisms_match": "all"},
]


def test_no_search_reads_more_than_its_days(api, slotted, statements):
    for narrowed in SEARCHES:
        asked = WEEK | {"type": "one-off", "page_size": 1} | narrowed
        page = api().get("/api/v1/slots", asked)
        assert page.status_code == 200, page.data
        page = api().get(page.data["next"])
        api().get(page.data["previous"])
    api().get("/api/v1/therapists/100007/next_slot", {"type": "one-off"})

    plans = [explain(sql, values) for sql, values in [*statements]]
    scans = [
        [node for node in list_nodes(plan) if node.get("Relation Name") == APPOINTMENTS]
        for plan in plans
    ]
    assert len(plans) > 3 * len(SEARCHES)
    for scan in chain(*scans):
        assert re.search(r"start >=? .*start < ", scan["Index Cond"]), scan


# Of the appointments: those of one day of a thousand therapists, and what slots look up.
MOST_OF_DAYS = 20_000


@pytest.mark.parametrize("per_day", ["first", "count"])
def test_a_page_of_days_reads_few_days(api, slotted, statements, per_day):
    for narrowed in SEARCHES:
        asked = (
            WEEK | {"type": "one-off", "per_day": per_day, "page_size": 10} | narrowed
        )
        page = api().get("/api/v1/slots", asked)
        assert page.status_code == 200, page.data
        if page.data["next"]:
            page = api().get(page.data["next"])
            api().get(page.data["previous"])

    read = [rows for _, rows in count_rows_of_each(statements, of=APPOINTMENTS)]
    assert len(read) >= 2 * len(SEARCHES)
    assert max(read) < MOST_OF_DAYS


def test_next_slots_of_many_therapists_read_few_days(api, clock, slotted, statements):
    clock.move_to(FIRST_SESSION)
    for narrowed in [{}, {"specialisms": "Specialism 3,Specialism 8"}]:
        page = api().get(
            "/api/v1/next_slots", {"type": "one-off", "page_size": 10} | narrowed
        )
        assert page.status_code == 200, page.data
        assert len(page.data["results"]) == 10
        api().get(page.data["next"])

    read = [rows for _, rows in count_rows_of_each(statements, of=APPOINTMENTS)]
    assert max(read) < 2 * MOST_OF_DAYS


@pytest.mark.depth
def test_pages_of_many_therapists_are_a_part_of_all(api, slotted):
    monday = {"start": "2030-01-07", "end": "2030-01-07", "type": "one-off"}
    day = datetime(2030, 1, 7, tzinfo=UTC)
    # For so many, a step looks at every stretch; for a page it looks at some.
    found = find_slots(
        {"type": "one-off", "start": day, "end": day + timedelta(days=1)}, limit=20_000
    )

    page = api().get("/api/v1/slots", monday | {"page_size": 200}).json()
    paged = page["results"]
    while page["next"] and len(paged) < choose(sample=1_000, thorough=20_000):
        page = api().get(page["next"]).json()
        paged += page["results"]

    expected = [
        (row.start.strftime("%Y-%m-%dT%H:%M:%SZ"), row.therapist_id) for row in found
    ]
    assert len(expected) > 5_000
    assert len(paged) == len(expected) or page["next"]
    assert [(slot["start"], slot["therapist"]["id"]) for slot in paged] == expected[
        : len(paged)
    ]


@pytest.mark.parametrize("page_size", [1, 200])
def test_free_stretches_read_one_diary_of_one_period(
    api, million, statements, page_size
):
    period = {"start": "2030-03-01", "end": "2030-03-31", "page_size": page_size}

    page = api().get("/api/v1/therapists/100007/free", period)
    assert page.status_code == 200, page.data
    assert page.data["results"]
    if page.data["next"]:
        page = api().get(page.data["next"])
        api().get(page.data["previous"])

    read = [rows for _, rows in count_rows_of_each(statements, of=APPOINTMENTS)]
    # One each three hours.
    assert len(read) >= 1
    assert max(read) < 1.1 * 31 * 8
