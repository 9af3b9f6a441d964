import pytest

from appointments.errors import OperationNotAllowed
from appointments.models import Appointment
from appointments.services.amend import amend
from appointments.tests.factories import get_user
from booking.api.conditional import Precondition

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ["client", "therapist"])
def test_only_staff_correct_an_appointment(appointment, nothing_changes, role):
    user, same_client = get_user(appointment, role), appointment.client_id
    changes = {"client_id": same_client, "type": "consultation", "duration": 60}

    with nothing_changes(), pytest.raises(OperationNotAllowed):
        amend(user=user, id=appointment.pk, precondition=Precondition(), **changes)

    assert Appointment.objects.get().type == "one-off"
