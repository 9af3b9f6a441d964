"""The account of a therapist who has become inactive has no diary any longer."""

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.factories import (
    NOW,
    AppointmentFactory,
    SeriesFactory,
    booking_request,
)
from appointments.tests.services.series import series_request
from booking.tests import refusals
from therapists.tests.factories import OfferingFactory, TherapistFactory

pytestmark = pytest.mark.django_db

API = "/api/v1"


@pytest.fixture
def left():
    """A therapist who was deactivated, with an offering for previews."""
    therapist = TherapistFactory(signs_in=True, is_active=False)
    OfferingFactory(therapist=therapist)
    return therapist


@pytest.fixture
def booked(left):
    return AppointmentFactory(therapist=left)


@pytest.fixture
def get_statuses(api, left):
    """Send requests as the account of the therapist and as staff."""

    def get(clerk, method, path, body=None):
        return [
            getattr(api(user), method)(f"{API}/{path}", body or {}).status_code
            for user in (left.user, clerk)
        ]

    return get


@pytest.mark.parametrize("path", ["", "/history"])
def test_the_account_finds_no_appointment_of_the_diary(
    get_statuses, clerk, booked, path
):
    assert get_statuses(clerk, "get", f"appointments/{booked.pk}{path}") == [404, 200]


@pytest.mark.parametrize("operation", ["cancel", "complete", "no_show"])
def test_the_account_changes_no_appointment_of_the_diary(
    get_statuses, clerk, left, operation
):
    booked = AppointmentFactory(therapist=left, start=NOW)

    path = f"appointments/{booked.pk}/{operation}"

    assert get_statuses(clerk, "post", path) == [404, 200]


def test_lists_have_only_what_the_account_has_as_a_client(
    list_ids, clerk, left, booked
):
    own = AppointmentFactory(client=left.user)
    AppointmentFactory(therapist=left, available=True)

    assert list_ids(left.user) == [own.pk]
    assert len(list_ids(clerk)) == 3


def test_the_account_sees_what_any_client_can_book(list_ids, operate, left):
    available = AppointmentFactory(available=True)

    assert list_ids(left.user) == [available.pk]
    assert operate(left.user, "book", available).status_code == 200


@pytest.mark.parametrize(("method", "path"), [("get", ""), ("post", "/cancel")])
def test_the_account_finds_no_series_of_the_diary(
    get_statuses, api, clerk, left, method, path
):
    series = SeriesFactory(therapist=left)

    assert get_statuses(clerk, method, f"series/{series.pk}{path}") == [404, 200]
    assert api(left.user).get(f"{API}/series").json()["results"] == []


@pytest.mark.parametrize("path", ["hours", "absences", "offerings"])
def test_the_account_finds_no_schedule(get_statuses, clerk, left, path):
    assert get_statuses(clerk, "get", f"therapists/{left.pk}/{path}") == [404, 200]


@pytest.mark.parametrize("path", ["series", "series/preview"])
def test_the_account_plans_no_series_in_the_diary(
    get_statuses, api, clerk, booked, path
):
    plan = series_request(
        booked.therapist, client_id=booked.client_id, start="2030-02-04T09:00Z", count=2
    )

    response = api(booked.therapist.user).post(f"{API}/{path}", plan)

    assert refusals(response) == [("therapist_id", "does_not_exist")]
    assert get_statuses(clerk, "post", path, plan)[1] in (200, 201)


@pytest.mark.parametrize("client", ["their client", "nobody"])
def test_the_account_adds_nothing_to_the_diary(add, booked, client):
    named = {"client_id": booked.client_id} if client == "their client" else {}

    response = add(booked.therapist.user, booking_request(booked.therapist, **named))

    assert refusals(response) == [("therapist_id", "does_not_exist")]
    assert Appointment.objects.get() == booked


def test_an_active_therapist_has_the_diary_again(list_ids, left, booked):
    left.is_active = True
    left.save()

    assert list_ids(left.user) == [booked.pk]


def test_a_client_may_be_the_account_of_an_inactive_therapist(operate, left):
    other = AppointmentFactory(client=left.user)

    assert operate(left.user, "cancel", other).status_code == 200
    assert operate(UserFactory(), "cancel", other).status_code == 404
