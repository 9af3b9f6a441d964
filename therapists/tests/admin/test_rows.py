"""Invalid, deleted and foreign rows of a therapist's form."""

import pytest

from booking.tests.admin import row_codes
from therapists.models import (
    Therapist,
    WorkingHours,
)
from therapists.tests.admin import (
    ABSENCE,
    HOUR,
    MORNING,
    THERAPISTS,
    existing,
    get_page,
    inline_rows,
    therapist,
)
from therapists.tests.factories import (
    AbsenceFactory,
    OfferingFactory,
    TherapistFactory,
    WorkingHoursFactory,
)

pytestmark = pytest.mark.django_db

INVERTED = {"valid_from": "2030-01-08", "valid_until": "2030-01-07"}


@pytest.mark.parametrize(
    ("inline", "row", "refused"),
    [
        ("hours", {"end": "09:00"}, {"end": ["empty_window"]}),
        ("hours", {"weekday": 0}, {"weekday": ["invalid_choice"]}),
        ("hours", {"weekday": 8}, {"weekday": ["invalid_choice"]}),
        ("hours", {"weekday": "x"}, {"weekday": ["invalid_choice"]}),
        ("hours", {"start": "25:00"}, {"start": ["invalid"]}),
        ("hours", {"start": ""}, {"start": ["required"]}),
        ("hours", {"end": "12:30:30"}, {"__all__": ["not_whole_minute"]}),
        ("hours", INVERTED, {"valid_until": ["inverted"]}),
        ("hours", {"valid_from": "2030-02-29"}, {"valid_from": ["invalid"]}),
        ("absences", {"end_0": "2030-01-06"}, {"end": ["ends_before_start"]}),
        (
            "absences",
            {"end_0": "2030-01-07", "end_1": "09:00"},
            {"end": ["ends_before_start"]},
        ),
        ("absences", {"end_1": ""}, {"end": ["required"]}),
        ("absences", {"start_1": "nine"}, {"start": ["invalid"]}),
        ("absences", {"start_1": "09:00:30"}, {"start": ["not_whole_minute"]}),
        ("offerings", {"duration": 4}, {"duration": ["min_value"]}),
        ("offerings", {"duration": 481}, {"duration": ["max_value"]}),
        ("offerings", {"type": "group"}, {"type": ["invalid_choice"]}),
    ],
    ids=str,
)
def test_an_invalid_row_is_refused_at_its_field(manager, inline, row, refused):
    valid = {"offerings": HOUR, "hours": MORNING, "absences": ABSENCE}[inline]
    data = therapist() | inline_rows(inline, [valid | row])

    response = manager.post(f"{THERAPISTS}add/", data)

    assert response.status_code == 200
    assert row_codes(response) == refused
    assert not Therapist.objects.exists()


@pytest.mark.parametrize(
    ("factory", "inline", "row"),
    [
        (WorkingHoursFactory, "hours", MORNING),
        (AbsenceFactory, "absences", ABSENCE),
        (OfferingFactory, "offerings", HOUR),
    ],
)
def test_a_row_that_another_user_deleted_is_refused(manager, factory, inline, row):
    gone = factory()
    sent = therapist() | inline_rows(inline, [existing(gone, **row)])
    gone.delete()

    response = manager.post(get_page(gone.therapist), sent)

    assert response.status_code == 200
    assert "id" in row_codes(response)


def test_a_form_cannot_change_another_therapists_hours(manager):
    foreign, mine = WorkingHoursFactory(), TherapistFactory()
    moved = existing(foreign, **MORNING | {"end": "10:00"}) | {"therapist": mine.pk}

    manager.post(get_page(mine), therapist(hours=[moved]))

    left = WorkingHours.objects.get()
    assert (left.therapist, left.end) == (foreign.therapist, foreign.end)
