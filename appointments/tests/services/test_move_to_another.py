"""With whom an appointment may continue."""

import pytest

from appointments.models import Appointment
from appointments.tests.factories import FIRST_SESSION, AppointmentFactory, get_user
from booking.tests import codes, refusals
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def give(operate):
    """Ask to move an appointment into another diary, to the same time."""

    def to(user, appointment, therapist_id):
        body = {"start": FIRST_SESSION.isoformat(), "therapist_id": therapist_id}
        return operate(user, "move", appointment, body)

    return to


@pytest.mark.parametrize("active", [True, False])
def test_a_therapist_gives_nothing_to_a_colleague(
    give, appointment, nothing_changes, active
):
    colleague = TherapistFactory(is_active=active)

    with nothing_changes():
        answers = [
            give(appointment.therapist.user, appointment, id)
            for id in (colleague.pk, 10**12)
        ]

    for response in answers:
        assert response.status_code == 403
        assert codes(response) == ["permission_denied"]


def test_a_therapist_who_is_staff_may(give, appointment):
    appointment.therapist.user.is_staff = True
    appointment.therapist.user.save()
    colleague = TherapistFactory()

    response = give(appointment.therapist.user, appointment, colleague.pk)

    assert response.status_code == 200, response.data
    assert Appointment.objects.get().therapist == colleague


@pytest.mark.parametrize("who", ["client", "staff"])
def test_a_therapist_who_does_not_exist_is_unknown(
    give, appointment, nothing_changes, who
):
    user = get_user(appointment, who)

    with nothing_changes():
        response = give(user, appointment, 10**12)

    assert response.status_code == 400
    assert refusals(response) == [("therapist_id", "does_not_exist")]


def test_an_inactive_therapist_is_unknown_to_clients(
    give, appointment, nothing_changes
):
    gone = TherapistFactory(is_active=False)

    with nothing_changes():
        response = give(appointment.client, appointment, gone.pk)

    assert response.status_code == 400
    assert refusals(response) == [("therapist_id", "does_not_exist")]


def test_staff_fill_the_diary_of_who_is_inactive(give, clerk, appointment):
    gone = TherapistFactory(is_active=False)

    response = give(clerk, appointment, gone.pk)

    assert response.status_code == 200, response.data
    assert response.data["overridden"] == ["therapist_inactive"]
    assert Appointment.objects.get().therapist == gone


@pytest.mark.parametrize("who", ["client", "staff"])
def test_nobody_is_client_and_therapist_of_one_appointment(give, nothing_changes, who):
    own = TherapistFactory(signs_in=True)
    appointment = AppointmentFactory(client=own.user, start=FIRST_SESSION)
    user = get_user(appointment, who)

    with nothing_changes():
        response = give(user, appointment, own.pk)

    assert response.status_code == 400
    assert refusals(response) == [("therapist_id", "own_therapist")]


@pytest.mark.parametrize("id", [0, -1, 2**63, "x", [], True])
def test_an_id_that_cannot_be_is_refused(give, appointment, nothing_changes, id):
    with nothing_changes():
        response = give(appointment.client, appointment, id)

    assert response.status_code == 400
    assert {attr for attr, _ in refusals(response)} == {"therapist_id"}
