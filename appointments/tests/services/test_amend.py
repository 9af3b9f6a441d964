import pytest

from accounts.tests.factories import UserFactory
from appointments.errors import OperationNotAllowed
from appointments.models import Appointment
from appointments.services.amend import amend
from appointments.tests.factories import FIRST_SESSION, HOUR, get_user
from booking.api.conditional import Precondition

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ["client", "therapist"])
def test_only_staff_correct_an_appointment(appointment, nothing_changes, role):
    user, same_client = get_user(appointment, role), appointment.client_id
    changes = {"client_id": same_client, "type": "consultation", "duration": 60}

    with nothing_changes(), pytest.raises(OperationNotAllowed):
        amend(user=user, id=appointment.pk, precondition=Precondition(), **changes)

    assert Appointment.objects.get().type == "one-off"


@pytest.mark.parametrize(
    ("duration", "overridden"),
    [(60, ["off_grid"]), (50, [])],
    ids=["another client only", "another duration too"],
)
def test_a_correction_after_the_start_overrides_no_notice(
    appointment, clock, duration, overridden
):
    """The start stays, so it is never too soon for a correction."""
    Appointment.objects.update(overridden=["off_grid"])
    clock.move_to(FIRST_SESSION + HOUR / 2)

    row = amend(
        user=UserFactory(staff=True),
        id=appointment.pk,
        precondition=Precondition(),
        client_id=UserFactory().pk,
        type="one-off",
        duration=duration,
    )

    assert row.overridden == overridden
