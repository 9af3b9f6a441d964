"""Available appointments among the slots."""

import pytest

from appointments.tests.availability.searching import MONDAY, URL, list_starts
from appointments.tests.factories import FIRST_SESSION, HOUR, AppointmentFactory
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db


def test_available_appointments_are_slots_with_their_id(api, therapist):
    published = AppointmentFactory(
        therapist=therapist, available=True, start=FIRST_SESSION + 5 * HOUR
    )
    other = TherapistFactory(specialisms=["Sleep"])
    AppointmentFactory(therapist=other, available=True, start=FIRST_SESSION)

    response = api().get(URL, MONDAY | {"therapist_id": therapist.pk})

    last = response.json()["results"][-1]
    assert (last["start"], last["appointment_id"]) == (
        "2030-01-07T14:00:00Z",
        published.pk,
    )
    assert list_starts(response) == [
        "09:00",
        "09:30",
        "10:00",
        "10:30",
        "11:00",
        "14:00",
    ]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"type": "consultation"}, id="of another type"),
        pytest.param({"therapist__is_active": False}, id="of an inactive therapist"),
        pytest.param({"cancelled": True}, id="withdrawn"),
        pytest.param({"therapist__specialisms": ["Sleep"]}, id="of another specialism"),
        pytest.param({"start": FIRST_SESSION - 10 * HOUR}, id="before the first day"),
        pytest.param({"start": FIRST_SESSION + 15 * HOUR}, id="after the last day"),
    ],
)
def test_available_appointments_outside_the_filters_are_no_slots(api, changes):
    found = {"therapist__specialisms": ["Anxiety"], "start": FIRST_SESSION}
    filters = MONDAY | {"specialisms": "anxiety"}
    AppointmentFactory(available=True, **found)

    AppointmentFactory(available=True, **found | changes)

    assert list_starts(api().get(URL, filters)) == ["09:00"]


def test_an_available_appointment_is_a_slot_until_it_starts(api, clock):
    AppointmentFactory(available=True, start=FIRST_SESSION)

    before = api().get(URL, MONDAY)
    clock.move_to(FIRST_SESSION)
    after = api().get(URL, MONDAY)

    assert (list_starts(before), list_starts(after)) == (["09:00"], [])
