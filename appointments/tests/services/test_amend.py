import pytest

from appointments.errors import OperationNotAllowed
from appointments.models import Appointment
from appointments.services.amend import amend
from booking.api.conditional import Precondition

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("party", ["client", "therapist"])
def test_only_staff_correct_an_appointment(booked, nothing_changes, party):
    user = {"client": booked.client, "therapist": booked.therapist.user}[party]
    corrected = {"client_id": booked.client_id, "type": "consultation", "duration": 60}

    with nothing_changes(), pytest.raises(OperationNotAllowed):
        amend(user=user, id=booked.pk, precondition=Precondition(), **corrected)

    assert Appointment.objects.get().type == "one-off"
