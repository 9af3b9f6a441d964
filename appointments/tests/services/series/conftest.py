from datetime import time

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Series
from appointments.tests.services.series import URL, series_request
from therapists.tests.factories import (
    OfferingFactory,
    TherapistFactory,
    WorkingHoursFactory,
)


@pytest.fixture
def therapist(db):
    """A therapist with slots of an hour at each half hour, Mondays 9 to 12 in London."""
    therapist = TherapistFactory(
        slotted=True, signs_in=True, time_zone="Europe/London", break_minutes=10
    )
    OfferingFactory(therapist=therapist, duration=60)
    WorkingHoursFactory(therapist=therapist, end=time(12))
    return therapist


@pytest.fixture
def client_api(api):
    """The API for a client without appointments."""
    return api(UserFactory())


@pytest.fixture
def series_therapist(db):
    """A therapist as the other one, also on Thursdays, without breaks."""
    therapist = TherapistFactory(slotted=True, signs_in=True, time_zone="Europe/London")
    OfferingFactory(therapist=therapist, duration=60)
    for weekday in (1, 4):
        WorkingHoursFactory(therapist=therapist, weekday=weekday, end=time(12))
    return therapist


@pytest.fixture
def series(api, series_therapist):
    """Four Mondays at nine."""
    response = api(UserFactory()).post(URL, series_request(series_therapist))
    assert response.status_code == 201
    return Series.objects.get()


@pytest.fixture
def series_api(api, series):
    """The API for the client of the series."""
    return api(series.client)
