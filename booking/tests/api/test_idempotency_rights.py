"""A stored response is for those who may still see it."""

import pytest
from rest_framework_simplejwt.tokens import AccessToken

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.factories import AppointmentFactory, booking_request
from booking.tests import is_replay, refusals

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"


@pytest.fixture
def book(api, therapist):
    """Book a client of the therapist; with the user's rights of now."""
    client = AppointmentFactory(therapist=therapist).client
    body = booking_request(therapist, client_id=client.pk, start="2030-02-04T09:00:00Z")

    def post(user):
        client = api(token=AccessToken.for_user(user))
        return client.post(URL, body, headers={"Idempotency-Key": "one"})

    return post


@pytest.fixture
def clerk():
    return UserFactory(staff=True)


def deactivate(therapist):
    therapist.is_active = False
    therapist.save()


def give_to_another(therapist):
    therapist.user = UserFactory()
    therapist.save()


@pytest.mark.parametrize("lose", [deactivate, give_to_another])
def test_a_former_therapist_gets_no_stored_response(
    book, therapist, nothing_changes, lose
):
    user = therapist.user
    first = book(user)
    lose(therapist)

    with nothing_changes():
        second = book(user)

    assert first.status_code == 201, first.data
    assert second.status_code == 409
    assert refusals(second) == [(None, "rights_changed")]
    assert Appointment.objects.count() == 2


def leave_group(clerk):
    clerk.groups.clear()


def stop_being_staff(clerk):
    clerk.is_staff = False
    clerk.save()


@pytest.mark.parametrize("lose", [leave_group, stop_being_staff])
def test_former_staff_get_no_stored_response(book, clerk, nothing_changes, lose):
    first = book(clerk)
    lose(clerk)

    with nothing_changes():
        second = book(clerk)

    assert first.status_code == 201, first.data
    assert refusals(second) == [(None, "rights_changed")]


def test_a_superuser_who_is_one_no_longer_gets_no_stored_response(book):
    boss = UserFactory(staff=True, is_superuser=True)
    first = book(boss)
    boss.is_superuser = False
    boss.save()

    second = book(boss)

    assert first.status_code == 201, first.data
    assert refusals(second) == [(None, "rights_changed")]


def test_a_repeated_request_takes_no_statement_of_the_operation(
    book, clerk, therapist, django_assert_num_queries
):
    for user in (clerk, therapist.user):
        first = book(user)
        if user is clerk:
            Appointment.objects.filter(pk=first.json()["id"]).delete()

        # The user, the rights of staff, and the response with what they may see.
        with django_assert_num_queries(3 if user is clerk else 2):
            second = book(user)

        assert is_replay(second, of=first)
