import pytest

from therapists.tests.factories import TherapistFactory


@pytest.fixture
def therapist():
    return TherapistFactory(slotted=True, signs_in=True)
