"""Working hours, absences, offerings and closures through the API."""

from datetime import UTC, datetime, time, timedelta

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.factories import FIRST_SESSION, HOUR, AppointmentFactory
from booking.tests import codes, refusals
from therapists.models import Absence, Closure, Offering, WorkingHours
from therapists.tests.factories import (
    AbsenceFactory,
    ClosureFactory,
    OfferingFactory,
    TherapistFactory,
    WorkingHoursFactory,
)

pytestmark = pytest.mark.django_db

MONDAYS = {"weekday": 1, "start": "09:00", "end": "17:00"}
AWAY = {"start": "2030-01-07T00:00:00Z", "end": "2030-01-08T00:00:00Z"}
HOUR_LONG = {"type": "one-off", "duration": 60}
HOLIDAY = {"start": "2030-01-07", "end": "2030-01-07", "name": "Kings"}
ROWS = {"hours": MONDAYS, "absences": AWAY, "offerings": HOUR_LONG}


@pytest.fixture
def therapist():
    return TherapistFactory(slotted=True, signs_in=True)


def url(therapist, kind, row=None):
    base = f"/api/v1/therapists/{therapist.pk}/{kind}"
    return f"{base}/{row.pk}" if row else base


@pytest.mark.parametrize("kind", ROWS)
@pytest.mark.parametrize("staff", [False, True])
def test_the_therapist_and_staff_edit_the_schedule(api, therapist, kind, staff):
    manager = UserFactory(staff=True, group="Practice manager")
    editor = api(manager if staff else therapist.user)

    added = editor.post(url(therapist, kind), ROWS[kind])
    listed = editor.get(url(therapist, kind)).json()["results"]
    one = f"{url(therapist, kind)}/{added.json()['id']}"
    retrieved = editor.get(one).json()
    deleted = editor.delete(one)

    assert added.status_code == 201
    row = added.json()
    assert row.pop("conflicts") == []
    assert row.items() >= ROWS[kind].items()
    assert listed == [row]
    assert retrieved == row
    assert deleted.status_code == 204
    assert editor.get(url(therapist, kind)).json()["results"] == []


@pytest.mark.parametrize("kind", [*ROWS, "closures"])
def test_an_unknown_parameter_is_refused(api, therapist, kind):
    route = "/api/v1/closures" if kind == "closures" else url(therapist, kind)

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
            stranger.get(url(therapist, kind)),
            stranger.post(url(therapist, kind), ROWS[kind]),
            stranger.get(url(therapist, kind, row)),
            stranger.patch(url(therapist, kind, row), {}),
            stranger.delete(url(therapist, kind, row)),
            # Their own schedule does not lead to a row of a colleague's.
            stranger.patch(url(colleague, kind, row), {}),
            stranger.delete(url(colleague, kind, row)),
        ]

    assert {response.status_code for response in responses} == {404}


@pytest.mark.parametrize(
    ("end", "stored"),
    [("24:00", time(0)), ("00:00", time(0)), ("02:00", time(2))],
)
def test_working_hours_can_reach_midnight_and_beyond(api, therapist, end, stored):
    response = api(therapist.user).post(
        url(therapist, "hours"), MONDAYS | {"start": "20:00", "end": end}
    )

    assert response.status_code == 201
    assert WorkingHours.objects.get().end == stored


def test_working_hours_can_be_a_whole_day(api, therapist):
    day = MONDAYS | {"start": "00:00", "end": "24:00"}

    response = api(therapist.user).post(url(therapist, "hours"), day)

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
        response = api(therapist.user).post(url(therapist, kind), row)

    assert response.status_code == 400
    assert codes(response) == [code]


def test_a_therapist_offers_each_type_once(api, therapist, nothing_changes):
    OfferingFactory(therapist=therapist)

    with nothing_changes():
        response = api(therapist.user).post(url(therapist, "offerings"), HOUR_LONG)

    assert response.status_code == 400
    assert codes(response) == ["unique_together"]


def test_a_change_is_validated_together_with_the_other_fields(
    api, therapist, nothing_changes
):
    row = WorkingHoursFactory(therapist=therapist)

    with nothing_changes():
        response = api(therapist.user).patch(
            url(therapist, "hours", row), {"end": "09:00"}
        )

    assert response.status_code == 400
    assert codes(response) == ["empty_window"]


def test_new_working_hours_list_the_appointments_they_leave_outside(api, therapist):
    row = WorkingHoursFactory(therapist=therapist)
    inside = AppointmentFactory(therapist=therapist, start=FIRST_SESSION)
    late = AppointmentFactory(therapist=therapist, start=FIRST_SESSION + 7 * HOUR)
    outside_before = AppointmentFactory(
        therapist=therapist, start=FIRST_SESSION + 10 * HOUR
    )
    AppointmentFactory(
        therapist=therapist, start=FIRST_SESSION + 6 * HOUR, cancelled=True
    )

    response = api(therapist.user).patch(url(therapist, "hours", row), {"end": "16:00"})

    assert response.json()["conflicts"] == [late.pk]
    statuses = Appointment.objects.filter(
        pk__in=[inside.pk, late.pk, outside_before.pk]
    )
    assert set(statuses.values_list("status", flat=True)) == {"booked"}


def test_deleting_working_hours_lists_the_conflicts(api, therapist):
    row = WorkingHoursFactory(therapist=therapist)
    booked = AppointmentFactory(therapist=therapist, start=FIRST_SESSION)

    response = api(therapist.user).delete(url(therapist, "hours", row))

    assert response.status_code == 200
    assert response.json() == {"conflicts": [booked.pk]}
    assert not WorkingHours.objects.exists()


def test_an_absence_lists_the_appointments_whose_break_it_overlaps(api, therapist):
    therapist.break_minutes = 30
    therapist.save()
    before = AppointmentFactory(
        therapist=therapist, start=datetime(2030, 1, 6, 22, 45, tzinfo=UTC)
    )
    AppointmentFactory(therapist=therapist, start=datetime(2030, 1, 6, 12, tzinfo=UTC))
    AppointmentFactory(start=FIRST_SESSION)

    response = api(therapist.user).post(url(therapist, "absences"), AWAY)

    assert response.json()["conflicts"] == [before.pk]
    assert Absence.objects.count() == 1


def test_a_closure_lists_the_appointments_of_its_days(api, settings):
    settings.PRACTICE_TIME_ZONE = "Pacific/Auckland"
    monday_there = AppointmentFactory(start=datetime(2030, 1, 6, 12, tzinfo=UTC))
    AppointmentFactory(start=datetime(2030, 1, 7, 12, tzinfo=UTC))

    response = api(UserFactory(staff=True)).post("/api/v1/closures", HOLIDAY)

    assert response.status_code == 201
    assert response.json()["conflicts"] == [monday_there.pk]
    assert Closure.objects.count() == 1


def test_a_closure_cannot_be_added_twice(api, nothing_changes):
    ClosureFactory(start=FIRST_SESSION.date(), end=FIRST_SESSION.date(), name="Kings")

    staff = api(UserFactory(staff=True))

    with nothing_changes():
        response = staff.post("/api/v1/closures", HOLIDAY)

    assert response.status_code == 400
    assert codes(response) == ["unique"]


def test_working_hours_refuse_clients_and_inform_the_therapist(api, therapist):
    OfferingFactory(therapist=therapist)
    WorkingHoursFactory(therapist=therapist)
    early = {
        "start": "2030-01-07T08:10Z",
        "duration": 50,
        "type": "one-off",
        "therapist_id": therapist.pk,
    }

    refused = api(UserFactory()).post("/api/v1/appointments", early)
    allowed = api(therapist.user).post("/api/v1/appointments", early)

    assert refused.status_code == 422
    assert codes(refused) == ["outside_working_hours", "wrong_duration"]
    assert allowed.status_code == 201
    assert allowed.json()["overridden"] == ["wrong_duration", "outside_working_hours"]
    assert Appointment.objects.get().overridden == allowed.json()["overridden"]


def test_a_refusal_lists_every_rule_at_once(api, therapist):
    therapist.notice_hours = 24 * 60
    therapist.save()
    Offering.objects.create(therapist=therapist, type="consultation", duration=30)
    WorkingHoursFactory(therapist=therapist)
    AbsenceFactory(
        therapist=therapist, start=FIRST_SESSION, end=FIRST_SESSION + timedelta(days=1)
    )
    ClosureFactory(start=FIRST_SESSION.date(), end=FIRST_SESSION.date())

    response = api(UserFactory()).post(
        "/api/v1/appointments",
        {
            "start": "2030-01-07T16:40Z",
            "duration": 60,
            "type": "one-off",
            "therapist_id": therapist.pk,
        },
    )

    assert response.status_code == 422
    assert codes(response) == [
        "off_grid",
        "outside_working_hours",
        "practice_closed",
        "therapist_absent",
        "too_soon",
        "type_not_offered",
    ]


def test_absences_and_closures_also_bind_therapists_without_working_hours(api):
    therapist = TherapistFactory()
    AbsenceFactory(
        therapist=therapist, start=FIRST_SESSION, end=FIRST_SESSION + HOUR / 2
    )
    ClosureFactory(start=FIRST_SESSION.date(), end=FIRST_SESSION.date())

    response = api(UserFactory()).post(
        "/api/v1/appointments",
        {
            "start": "2030-01-07T09:10Z",
            "duration": 25,
            "type": "one-off",
            "therapist_id": therapist.pk,
        },
    )

    assert response.status_code == 422
    assert codes(response) == ["practice_closed", "therapist_absent"]
