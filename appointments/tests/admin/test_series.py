"""Series in the admin, and what a change of one date means for its series."""

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.admin import change
from appointments.tests.factories import FIRST_SESSION, SeriesFactory
from booking.tests.admin import form_codes
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

SERIES = "/admin/appointments/series"


@pytest.mark.parametrize("changes", [{"start_1": "15:00"}, {"duration": 90}])
def test_a_date_that_is_moved_is_an_exception_of_its_series(staff, changes):
    first, _ = SeriesFactory().appointments.order_by("occurrence")

    change(staff, first, **changes)

    marked = Appointment.objects.filter(is_exception=True)
    assert list(marked.values_list("pk", flat=True)) == [first.pk]


def test_another_type_leaves_a_date_in_its_series(staff):
    series = SeriesFactory()
    first, _ = series.appointments.order_by("occurrence")

    change(staff, first, type="consultation")

    first.refresh_from_db()
    assert first.type == "consultation"
    assert (first.series, first.occurrence, first.is_exception) == (series, 1, False)


@pytest.mark.parametrize("changes", [{}, {"start_1": "15:00"}, {"duration": 90}])
def test_with_another_client_a_date_leaves_its_series(staff, changes):
    first, _ = SeriesFactory().appointments.order_by("occurrence")
    client = UserFactory()

    response = change(staff, first, client=client.pk, **changes)

    assert response.status_code == 302, form_codes(response)
    first.refresh_from_db()
    assert first.client == client
    assert (first.series, first.occurrence, first.is_exception) == (None, None, False)


def test_a_cancelled_date_is_an_exception_of_its_series(staff):
    first, _ = SeriesFactory().appointments.order_by("occurrence")

    change(staff, first, status="cancelled")

    assert Appointment.objects.get(is_exception=True).pk == first.pk


def test_the_page_of_a_series_shows_its_author(api, staff):
    kit, therapist = UserFactory(name="Kit Moss"), TherapistFactory()
    request = {"therapist_id": therapist.pk, "type": "one-off", "duration": 60}
    request |= {"start": FIRST_SESSION.isoformat(), "every_weeks": 1, "count": 2}
    id = api(kit).post("/api/v1/series", request).json()["id"]

    page = staff.get(f"{SERIES}/{id}/change/").content.decode()

    assert f"<td>insert</td><td></td><td>{kit.email}</td><td>client</td>" in page


def test_series_can_only_be_viewed(staff):
    series = SeriesFactory(client=UserFactory(name="Kit Moss"))

    listed = staff.get(f"{SERIES}/")
    shown = staff.get(f"{SERIES}/{series.pk}/change/")
    changed = staff.post(f"{SERIES}/{series.pk}/change/", {"count": 3})

    assert (listed.status_code, shown.status_code) == (200, 200)
    assert "Kit Moss" in listed.content.decode()
    assert changed.status_code == 403
