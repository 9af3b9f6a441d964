from datetime import time

import pytest

from therapists.tests.factories import (
    OfferingFactory,
    TherapistFactory,
    WorkingHoursFactory,
)


@pytest.fixture
def therapist(db):
    """A therapist with slots of an hour at each half hour of Mondays from 9 to 12."""
    therapist = TherapistFactory(name="Ada", slotted=True, specialisms=["Anxiety"])
    OfferingFactory(therapist=therapist, duration=60)
    WorkingHoursFactory(therapist=therapist, end=time(12))
    return therapist
