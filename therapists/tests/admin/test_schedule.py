"""Working hours and absences, as rows of a therapist's form."""

from datetime import UTC, date, datetime, time

import pytest

from accounts.tests.factories import UserFactory
from booking.tests.admin import form_codes, row_codes
from therapists.models import (
    Absence,
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
    therapist,
)
from therapists.tests.factories import (
    AbsenceFactory,
    WorkingHoursFactory,
)

pytestmark = pytest.mark.django_db


def test_staff_enter_working_hours_in_the_therapists_time_zone(manager):
    evening = {"weekday": 5, "start": "20:00", "end": "00:00"}
    term = {"valid_from": "2030-01-07", "valid_until": "2030-03-31"}
    data = therapist(
        HOUR,
        hours=[MORNING | term, evening],
        time_zone="Asia/Tokyo",
        booking_mode="working_hours",
        start_step_minutes=15,
    )

    response = manager.post(f"{THERAPISTS}add/", data)

    assert response.status_code == 302, form_codes(response)
    added = Therapist.objects.get()
    assert (added.booking_mode, added.start_step_minutes) == ("working_hours", 15)
    morning, night = added.hours.all()
    assert (morning.weekday, morning.start, morning.end) == (1, time(9), time(12, 30))
    assert (morning.valid_from, morning.valid_until) == (
        date(2030, 1, 7),
        date(2030, 3, 31),
    )
    assert (night.weekday, night.start, night.end) == (5, time(20), time(0))
    form = manager.get(get_page(added)).content.decode()
    assert 'type="time" name="hours-0-start" value="09:00"' in form


def test_staff_change_and_delete_working_hours(manager):
    monday = WorkingHoursFactory()
    tuesday = WorkingHoursFactory(therapist=monday.therapist, weekday=2)
    longer = existing(monday, **MORNING | {"end": "13:00"})
    gone = existing(tuesday, **MORNING, DELETE="on")

    response = manager.post(get_page(monday.therapist), therapist(hours=[longer, gone]))

    assert response.status_code == 302, form_codes(response)
    left = WorkingHours.objects.get()
    assert (left.pk, left.end) == (monday.pk, time(13))


@pytest.mark.usefixtures("london")
def test_absences_are_entered_and_shown_in_the_practices_time_zone(manager):
    summer = ABSENCE | {"start_0": "2030-07-01", "end_0": "2030-07-01"}
    data = therapist(absences=[summer], time_zone="Asia/Tokyo")

    manager.post(f"{THERAPISTS}add/", data)

    absence = Absence.objects.get()
    assert absence.start == datetime(2030, 7, 1, 8, tzinfo=UTC)
    assert absence.end == datetime(2030, 7, 1, 17, tzinfo=UTC)
    form = manager.get(get_page(absence.therapist)).content.decode()
    assert 'name="absences-0-start_1" value="09:00"' in form


def test_past_absences_are_kept_and_not_shown(manager, clock):
    over = AbsenceFactory()
    clock.move_to(over.end)
    browser = manager
    browser.force_login(UserFactory(staff=True, is_superuser=True))

    shown = browser.get(get_page(over.therapist))
    response = browser.post(get_page(over.therapist), therapist())

    *_, absences = shown.context["inline_admin_formsets"]
    assert not absences.formset.initial_forms
    assert response.status_code == 302, form_codes(response)
    assert Absence.objects.get() == over


WHOLE_DAY = {"weekday": 7, "start": "00:00", "end": "00:00"}


@pytest.mark.parametrize("hours", [WHOLE_DAY, MORNING | {"end": "08:59"}], ids=str)
def test_a_window_can_be_a_whole_day_or_end_on_the_next(manager, hours):
    response = manager.post(f"{THERAPISTS}add/", therapist(hours=[hours]))

    assert response.status_code == 302, form_codes(response)
    assert WorkingHours.objects.exists()


@pytest.mark.usefixtures("london")
@pytest.mark.parametrize(
    ("date", "code"),
    [
        pytest.param("2030-03-31", "nonexistent_time", id="skipped"),
        pytest.param("2030-10-27", "ambiguous_time", id="occurs twice"),
    ],
)
def test_an_absence_from_a_skipped_or_ambiguous_time_is_refused(manager, date, code):
    until = {"end_0": "2030-12-01", "end_1": "18:00"}
    away = ABSENCE | until | {"start_0": date, "start_1": "01:30"}

    response = manager.post(f"{THERAPISTS}add/", therapist(absences=[away]))

    assert row_codes(response) == {"start": [code]}


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
def test_the_longest_possible_absence_is_shown(manager, settings, zone):
    absence = AbsenceFactory(
        start=datetime(1, 1, 1, tzinfo=UTC),
        end=datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
    )
    settings.PRACTICE_TIME_ZONE = zone

    response = manager.get(get_page(absence.therapist))

    assert response.status_code == 200
    assert "+00:00" in response.content.decode()
