"""Working hours, absences, offerings and closures through the API."""

from datetime import time

import pytest

from accounts.tests.factories import UserFactory
from appointments.tests.factories import FIRST_SESSION
from appointments.tests.views import AWAY, HOLIDAY, get_schedule_url
from booking.tests import codes, refusals
from therapists.models import WorkingHours
from therapists.tests.factories import (
    AbsenceFactory,
    ClosureFactory,
    OfferingFactory,
    TherapistFactory,
    WorkingHoursFactory,
)

pytestmark = pytest.mark.django_db

MONDAYS = {"weekday": 1, "start": "09:00", "end": "17:00"}
HOUR_LONG = {"type": "one-off", "duration": 60}
ROWS = {"hours": MONDAYS, "absences": AWAY, "offerings": HOUR_LONG}


@pytest.mark.parametrize("kind", ROWS)
@pytest.mark.parametrize("staff", [False, True])
def test_the_therapist_and_staff_edit_the_schedule(api, therapist, kind, staff):
    manager = UserFactory(staff=True, group="Practice manager")
    editor = api(manager if staff else therapist.user)

    added = editor.post(get_schedule_url(therapist, kind), ROWS[kind])
    listed = editor.get(get_schedule_url(therapist, kind)).json()["results"]
    one = f"{get_schedule_url(therapist, kind)}/{added.json()['id']}"
    retrieved = editor.get(one).json()
    deleted = editor.delete(one)

    assert added.status_code == 201
    row = added.json()
    assert row.pop("conflicts") == []
    assert row.items() >= ROWS[kind].items()
    assert listed == [row]
    assert retrieved == row
    assert deleted.status_code == 204
    assert editor.get(get_schedule_url(therapist, kind)).json()["results"] == []


@pytest.mark.parametrize("kind", [*ROWS, "closures"])
def test_an_unknown_parameter_is_refused(api, therapist, kind):
    route = (
        "/api/v1/closures" if kind == "closures" else get_schedule_url(therapist, kind)
    )

    response = api(therapist.user).get(route, {"weekday": 1})

    assert response.status_code == 400
    assert refusals(response) == [("weekday", "unknown_parameter")]


@pytest.mark.parametrize("kind", ROWS)
def test_a_colleague_s_schedule_does_not_exist(api, therapist, kind, nothing_changes):
    colleague = TherapistFactory(signs_in=True)
    row = {
        "hours": WorkingHoursFactory,
        "absences": AbsenceFactory,
        "offerings": OfferingFactory,
    }[kind](therapist=therapist)
    stranger = api(colleague.user)

    with nothing_changes():
        responses = [
            stranger.get(get_schedule_url(therapist, kind)),
            stranger.post(get_schedule_url(therapist, kind), ROWS[kind]),
            stranger.get(get_schedule_url(therapist, kind, row)),
            stranger.patch(get_schedule_url(therapist, kind, row), {}),
            stranger.delete(get_schedule_url(therapist, kind, row)),
            # Their own schedule does not lead to a row of a colleague's.
            stranger.patch(get_schedule_url(colleague, kind, row), {}),
            stranger.delete(get_schedule_url(colleague, kind, row)),
        ]

    assert {response.status_code for response in responses} == {404}


@pytest.mark.parametrize(
    ("end", "stored"),
    [("24:00", time(0)), ("00:00", time(0)), ("02:00", time(2))],
)
def test_working_hours_can_reach_midnight_and_beyond(api, therapist, end, stored):
    response = api(therapist.user).post(
        get_schedule_url(therapist, "hours"), MONDAYS | {"start": "20:00", "end": end}
    )

    assert response.status_code == 201
    assert WorkingHours.objects.get().end == stored


def test_working_hours_can_be_a_whole_day(api, therapist):
    day = MONDAYS | {"start": "00:00", "end": "24:00"}

    response = api(therapist.user).post(get_schedule_url(therapist, "hours"), day)

    assert response.status_code == 201


REFUSED = {
    "an empty window": ("hours", MONDAYS | {"end": "09:00"}, "empty_window"),
    "weekday 0": ("hours", MONDAYS | {"weekday": 0}, "invalid_choice"),
    "weekday 8": ("hours", MONDAYS | {"weekday": 8}, "invalid_choice"),
    "no weekday": ("hours", {"start": "09:00", "end": "17:00"}, "required"),
    "the midnight that ends the day as its start": (
        "hours",
        MONDAYS | {"start": "24:00"},
        "invalid",
    ),
    "25 o'clock": ("hours", MONDAYS | {"end": "25:00"}, "invalid"),
    "seconds": ("hours", MONDAYS | {"end": "17:00:30"}, "invalid"),
    "inverted validity": (
        "hours",
        MONDAYS | {"valid_from": "2030-02-01", "valid_until": "2030-01-01"},
        "inverted",
    ),
    "an absence that ends first": (
        "absences",
        {"start": AWAY["end"], "end": AWAY["start"]},
        "ends_before_start",
    ),
    "4 minutes": ("offerings", HOUR_LONG | {"duration": 4}, "min_value"),
    "481 minutes": ("offerings", HOUR_LONG | {"duration": 481}, "max_value"),
    "an unknown type": ("offerings", HOUR_LONG | {"type": "group"}, "invalid_choice"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_invalid_rows_are_refused(api, therapist, case, nothing_changes):
    kind, row, code = REFUSED[case]

    with nothing_changes():
        response = api(therapist.user).post(get_schedule_url(therapist, kind), row)

    assert response.status_code == 400
    assert codes(response) == [code]


def test_a_therapist_offers_each_type_once(api, therapist, nothing_changes):
    OfferingFactory(therapist=therapist)

    with nothing_changes():
        response = api(therapist.user).post(
            get_schedule_url(therapist, "offerings"), HOUR_LONG
        )

    assert response.status_code == 400
    assert codes(response) == ["unique_together"]


def test_a_change_is_validated_together_with_the_other_fields(
    api, therapist, nothing_changes
):
    row = WorkingHoursFactory(therapist=therapist)

    with nothing_changes():
        response = api(therapist.user).patch(
            get_schedule_url(therapist, "hours", row), {"end": "09:00"}
        )

    assert response.status_code == 400
    assert codes(response) == ["empty_window"]


def test_a_closure_cannot_be_added_twice(api, nothing_changes):
    ClosureFactory(start=FIRST_SESSION.date(), end=FIRST_SESSION.date(), name="Kings")

    staff = api(UserFactory(staff=True))

    with nothing_changes():
        response = staff.post("/api/v1/closures", HOLIDAY)

    assert response.status_code == 400
    assert codes(response) == ["unique"]
