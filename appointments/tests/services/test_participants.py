"""The client whom a request names, and the role in which a user acts."""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory, make_staff
from appointments.models import Appointment
from appointments.models.statuses import Role, Status
from appointments.tests.factories import (
    FIRST_SESSION,
    AppointmentFactory,
    booking_request,
    get_diary_user,
)
from booking.tests import codes, refusals
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"


@pytest.fixture(params=["/api/v1/appointments", "/add_appointment", "book"])
def name_client(request, api, therapist):
    """Name a client in a request to add an appointment, or to book an available one."""
    available = None
    if request.param == "book":
        available = AppointmentFactory(therapist=therapist, available=True)

    def post(user, client_id):
        if available:
            url = f"{URL}/{available.pk}/book"
            return api(user).post(url, {"client_id": client_id})
        body = booking_request(therapist, client_id=client_id)
        if request.param == URL:
            return api(user).post(URL, body)
        return api(user).post(request.param, query_params=body)

    return post


def test_a_therapist_gets_the_same_refusal_for_strangers_and_missing_accounts(
    name_client, therapist, nothing_changes
):
    stranger = AppointmentFactory().client
    inactive = AppointmentFactory(therapist=therapist, client__is_active=False).client

    with nothing_changes():
        responses = [
            name_client(therapist.user, id) for id in (stranger.pk, inactive.pk, 10**12)
        ]

    assert [r.status_code for r in responses] == [400] * 3
    assert len({r.content for r in responses}) == 1
    assert refusals(responses[0]) == [("client_id", "does_not_exist")]


@pytest.mark.parametrize(
    ("status", "named"),
    [
        (Status.BOOKED, True),
        (Status.COMPLETED, True),
        (Status.NO_SHOW, True),
        (Status.CANCELLED, False),
        (Status.HELD, False),
    ],
)
def test_a_therapist_names_whoever_has_or_had_an_appointment_with_them(
    name_client, therapist, status, named
):
    earlier = AppointmentFactory(
        therapist=therapist, status=status, start=FIRST_SESSION - timedelta(days=7)
    )

    response = name_client(therapist.user, earlier.client.pk)

    assert (response.status_code in (200, 201)) is named, response.data
    if not named:
        assert refusals(response) == [("client_id", "does_not_exist")]


@pytest.mark.parametrize("account", ["missing", "inactive"])
def test_staff_cannot_name_a_missing_or_inactive_account(
    name_client, clerk, nothing_changes, account
):
    inactive = UserFactory(is_active=False)

    with nothing_changes():
        response = name_client(clerk, 10**12 if account == "missing" else inactive.pk)

    assert response.status_code == 400
    assert refusals(response) == [("client_id", "does_not_exist")]


@pytest.mark.parametrize("role", ["practice", "therapist"])
def test_the_therapist_cannot_be_named_as_client(
    name_client, therapist, nothing_changes, role
):
    user = get_diary_user(therapist, role)

    with nothing_changes():
        response = name_client(user, therapist.user.pk)

    assert response.status_code == 400
    assert refusals(response) == [("client_id", "own_therapist")]


@pytest.mark.parametrize("named", ["themselves", "another client"])
def test_clients_cannot_name_a_client(name_client, therapist, nothing_changes, named):
    client = AppointmentFactory(therapist=therapist).client
    other = AppointmentFactory(therapist=therapist).client

    with nothing_changes():
        response = name_client(client, (client if named == "themselves" else other).pk)

    assert response.status_code == 403
    assert codes(response) == ["permission_denied"]


def test_a_therapist_cannot_name_a_client_to_a_colleague(
    add, therapist, nothing_changes
):
    client = AppointmentFactory(therapist=therapist).client
    colleague = TherapistFactory(signs_in=True).user

    with nothing_changes():
        response = add(colleague, booking_request(therapist, client_id=client.pk))

    assert response.status_code == 403
    assert codes(response) == ["permission_denied"]


def test_a_therapist_who_is_staff_can_name_any_client(name_client, therapist):
    client = UserFactory()
    make_staff(therapist.user)

    response = name_client(therapist.user, client.pk)

    assert response.status_code in (200, 201), response.data
    row = Appointment.objects.get()
    assert (row.client, row.status) == (client, "booked")


@pytest.mark.parametrize(
    ("diary", "role"), [("their own", Role.THERAPIST), ("another", Role.PRACTICE)]
)
def test_a_therapist_who_is_staff_acts_as_therapist_only_in_their_own_diary(
    operate, therapist, diary, role
):
    make_staff(therapist.user)
    owner = therapist if diary == "their own" else TherapistFactory(signs_in=True)
    appointment = AppointmentFactory(therapist=owner)

    response = operate(therapist.user, "cancel", appointment)

    assert response.status_code == 200, response.data
    assert response.data["cancelled_by"] == role
    assert Appointment.objects.get().cancelled_by == role


@pytest.mark.parametrize(
    ("is_staff", "role"), [(False, Role.CLIENT), (True, Role.PRACTICE)]
)
def test_a_client_acts_as_client_unless_they_are_staff(operate, is_staff, role):
    appointment = AppointmentFactory(client__is_staff=is_staff, start=FIRST_SESSION)

    response = operate(appointment.client, "cancel", appointment)

    assert response.status_code == 200, response.data
    assert response.data["cancelled_by"] == role
    assert Appointment.objects.get().cancelled_by == role
