"""Moving an appointment to another therapist."""

import pytest

from accounts.tests.factories import make_staff
from appointments.models import Appointment
from appointments.tests.factories import FIRST_SESSION, AppointmentFactory, get_user
from booking.tests import codes, refusals
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def move_to(operate):
    """Request to move an appointment to another therapist, at the same start."""

    def post(user, appointment, therapist_id):
        body = {"start": FIRST_SESSION.isoformat(), "therapist_id": therapist_id}
        return operate(user, "move", appointment, body)

    return post


@pytest.mark.parametrize("active", [True, False])
def test_a_therapist_cannot_move_to_a_colleague(
    move_to, appointment, nothing_changes, active
):
    colleague = TherapistFactory(is_active=active)

    with nothing_changes():
        responses = [
            move_to(appointment.therapist.user, appointment, id)
            for id in (colleague.pk, 10**12)
        ]

    for response in responses:
        assert response.status_code == 403
        assert codes(response) == ["permission_denied"]


def test_a_therapist_who_is_staff_moves_to_a_colleague(move_to, appointment):
    make_staff(appointment.therapist.user)
    colleague = TherapistFactory()

    response = move_to(appointment.therapist.user, appointment, colleague.pk)

    assert response.status_code == 200, response.data
    assert Appointment.objects.get().therapist == colleague


@pytest.mark.parametrize("role", ["client", "practice"])
def test_a_missing_therapist_is_refused(move_to, appointment, nothing_changes, role):
    user = get_user(appointment, role)

    with nothing_changes():
        response = move_to(user, appointment, 10**12)

    assert response.status_code == 400
    assert refusals(response) == [("therapist_id", "does_not_exist")]


def test_clients_cannot_move_to_an_inactive_therapist(
    move_to, appointment, nothing_changes
):
    inactive = TherapistFactory(is_active=False)

    with nothing_changes():
        response = move_to(appointment.client, appointment, inactive.pk)

    assert response.status_code == 400
    assert refusals(response) == [("therapist_id", "does_not_exist")]


def test_staff_move_to_an_inactive_therapist(move_to, clerk, appointment):
    inactive = TherapistFactory(is_active=False)

    response = move_to(clerk, appointment, inactive.pk)

    assert response.status_code == 200, response.data
    assert response.data["overridden"] == ["therapist_inactive"]
    assert Appointment.objects.get().therapist == inactive


@pytest.mark.parametrize("role", ["client", "practice"])
def test_a_client_cannot_become_their_own_therapist(move_to, nothing_changes, role):
    therapist = TherapistFactory(signs_in=True)
    appointment = AppointmentFactory(client=therapist.user, start=FIRST_SESSION)
    user = get_user(appointment, role)

    with nothing_changes():
        response = move_to(user, appointment, therapist.pk)

    assert response.status_code == 400
    assert refusals(response) == [("therapist_id", "own_therapist")]


@pytest.mark.parametrize("id", [0, -1, 2**63, "x", [], True])
def test_an_invalid_id_is_refused(move_to, appointment, nothing_changes, id):
    with nothing_changes():
        response = move_to(appointment.client, appointment, id)

    assert response.status_code == 400
    assert {attr for attr, _ in refusals(response)} == {"therapist_id"}
