"""The admin warns of appointments on days on which the practice is closed."""

from datetime import timedelta

import pytest

from appointments.tests.admin.warnings import get_link, get_warnings
from appointments.tests.factories import FIRST_SESSION, AppointmentFactory
from therapists.models import Closure
from therapists.tests.factories import ClosureFactory, TherapistFactory

pytestmark = pytest.mark.django_db

CLOSED = {"name": "Flood", "start": "2030-01-07", "end": "2030-01-08"}


def close(browser, **changes):
    return browser.post("/admin/therapists/closure/add/", CLOSED | changes)


def test_a_closure_links_to_the_appointments_of_all_therapists(staff):
    monday, tuesday = (
        AppointmentFactory(start=FIRST_SESSION + timedelta(days=days))
        for days in (0, 1)
    )
    wednesday = AppointmentFactory(start=FIRST_SESSION + timedelta(days=2))

    response = close(staff)

    assert response.status_code == 302
    [warning] = get_warnings(response)
    assert get_link(monday) in warning
    assert get_link(tuesday) in warning
    assert get_link(wednesday) not in warning
    assert Closure.objects.count() == 1


def test_a_longer_closure_links_only_to_what_it_newly_reaches(staff):
    closure = ClosureFactory(start=FIRST_SESSION.date(), end=FIRST_SESSION.date())
    AppointmentFactory(start=FIRST_SESSION)
    reached = AppointmentFactory(start=FIRST_SESSION + timedelta(days=1))
    longer = CLOSED | {"name": closure.name}

    response = staff.post(f"/admin/therapists/closure/{closure.pk}/change/", longer)

    [warning] = get_warnings(response)
    assert warning.count("href") == 1
    assert get_link(reached) in warning


def test_times_in_the_warning_are_on_the_practice_s_clock(staff, settings):
    settings.PRACTICE_TIME_ZONE = "Asia/Tokyo"
    AppointmentFactory(start=FIRST_SESSION)

    [warning] = get_warnings(close(staff))

    assert "Mon 7 Jan 2030, 18:00" in warning


def test_a_name_in_the_warning_is_escaped(staff):
    AppointmentFactory(therapist__name="<b>Ada", start=FIRST_SESSION)

    [warning] = get_warnings(close(staff))

    assert "<b>" not in warning


def test_a_long_warning_links_to_the_first_and_counts_all(
    staff, django_assert_max_num_queries
):
    therapist = TherapistFactory()
    step = timedelta(minutes=5)
    for number in range(201):
        AppointmentFactory(
            therapist=therapist,
            start=FIRST_SESSION + number * step,
            end=FIRST_SESSION + (number + 1) * step,
        )

    with django_assert_max_num_queries(24):
        [warning] = get_warnings(close(staff))

    assert "201" in warning
    assert warning.count("href") == 200
