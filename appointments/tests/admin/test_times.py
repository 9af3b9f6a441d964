"""Times in the admin are on the practice's clock."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from appointments.models import Appointment
from appointments.models.statuses import Status
from appointments.tests.admin import ADD, URL, change, get_url, new_form
from booking.tests.admin import form_codes
from therapists.tests.factories import AbsenceFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("london")]


def test_times_are_typed_and_shown_on_the_practice_s_clock(staff):
    staff.post(ADD, new_form(start_0="2030-07-01", start_1="9:00"))

    appointment = Appointment.objects.get()
    assert appointment.start == datetime(2030, 7, 1, 8, tzinfo=UTC)
    content = staff.get(get_url(appointment)).content.decode()
    assert 'value="09:00"' in content
    assert "times in Europe/London" in content
    assert "Mon 1 Jul 2030, 09:00" in staff.get(URL).content.decode()


def test_what_was_typed_is_confirmed_on_the_same_clock(staff):
    form = new_form(start_0="2030-07-01", start_1="9:00")

    confirmation = staff.post(ADD, form, follow=True).content.decode()

    assert "2030-07-01 09:00" in confirmation
    assert "08:00" not in confirmation


def test_an_absence_is_named_on_the_clock_on_which_it_was_typed(staff):
    start = datetime(2030, 7, 1, 8, tzinfo=UTC)
    absence = AbsenceFactory(start=start, end=start + timedelta(hours=1))
    url = reverse("admin:therapists_absence_delete", args=[absence.pk])

    page = staff.get(url).content.decode()

    assert "2030-07-01 09:00 to 2030-07-01 10:00" in page


def test_the_history_of_a_row_shows_its_times_on_the_same_clock(manager):
    start = datetime(2030, 7, 1, 8, tzinfo=UTC)
    AbsenceFactory(start=start, end=start + timedelta(hours=1))

    page = manager.get(reverse("admin:therapists_absenceevent_changelist"))

    assert "start 2030-07-01 09:00" in page.content.decode()


def test_the_practice_s_clock_stays_in_the_admin(staff):
    staff.get(URL)

    assert timezone.get_current_timezone_name() == "UTC"


@pytest.mark.parametrize(
    ("date", "time", "code"),
    [
        pytest.param("2030-03-31", "01:30", "nonexistent_time", id="skipped"),
        pytest.param("2030-10-27", "01:30", "ambiguous_time", id="occurs twice"),
    ],
)
def test_a_local_time_that_is_not_one_moment_is_refused(staff, date, time, code):
    response = staff.post(ADD, new_form(start_0=date, start_1=time))

    assert response.status_code == 200
    assert form_codes(response) == {"start": [code]}


@pytest.mark.parametrize("has_client", [True, False])
def test_a_time_that_occurs_twice_is_written_and_shown_with_its_offset(
    staff, stranger, has_client
):
    form = new_form(client=stranger if has_client else None)
    added = staff.post(ADD, form | {"start_0": "2030-10-27", "start_1": "01:30+00:00"})
    appointment = Appointment.objects.get()
    content = staff.get(get_url(appointment)).content.decode()

    changed = change(staff, appointment, status="cancelled")

    assert (added.status_code, changed.status_code) == (302, 302)
    assert appointment.start == datetime(2030, 10, 27, 1, 30, tzinfo=UTC)
    assert 'value="01:30+00:00"' in content
    cancelled = Appointment.objects.get(pk=appointment.pk)
    assert cancelled.start == datetime(2030, 10, 27, 1, 30, tzinfo=UTC)
    assert cancelled.status == Status.CANCELLED
