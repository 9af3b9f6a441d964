"""The appointments and absences that `seed_db` adds, as clients find them."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.factories import NOW
from appointments.tests.management.seeding import get_upcoming, seed
from therapists.models import Absence, BookingMode, Closure, Specialism

pytestmark = pytest.mark.django_db


def list_slots(api, **filters):
    """Return the first page of slots; of the next four weeks, without dates."""
    dates = {"start": f"{NOW:%Y-%m-%d}", "end": f"{NOW + timedelta(days=28):%Y-%m-%d}"}
    response = api().get(
        "/api/v1/slots", dates | {"type": "one-off", "page_size": 200} | filters
    )
    assert response.status_code == 200, response.data
    return response.json()["results"]


@pytest.mark.usefixtures("dev")
def test_there_is_a_slot_for_every_specialism(api):
    seed()

    for specialism in Specialism.objects.all():
        assert list_slots(api, specialisms=specialism.name, page_size=1), specialism


def test_there_are_slots_after_the_published_weeks(api, clock):
    seed()
    clock.shift(timedelta(days=100))
    dates = {"start": "2030-03-11", "end": "2030-03-17"}

    for specialism in ("Addiction", "Anxiety"):
        slots = list_slots(api, specialisms=specialism, **dates)
        assert {slot["appointment_id"] for slot in slots} == {None}


@pytest.mark.usefixtures("dev")
def test_therapists_with_hours_publish_some_of_their_slots(api):
    seed()
    slotted = get_upcoming().filter(therapist__booking_mode=BookingMode.WORKING_HOURS)
    published = {
        (a.therapist_id, a.type, a.start.isoformat().replace("+00:00", "Z"))
        for a in slotted
    }
    Appointment.objects.all().delete()

    slots = {
        (therapist, slot["type"], slot["start"])
        for therapist, type in {(therapist, type) for therapist, type, _ in published}
        for slot in list_all_slots(api, therapist, type)
    }

    assert len(published) > 300
    assert published <= slots
    assert len(slots) > 2 * len(published)


def list_all_slots(api, therapist_id, type):
    """Yield the slots of five weeks, week by week: one page does not hold them."""
    for week in range(5):
        first = NOW + timedelta(days=7 * week)
        dates = {"start": f"{first:%Y-%m-%d}"}
        dates["end"] = f"{first + timedelta(days=6):%Y-%m-%d}"
        yield from list_slots(api, therapist_id=therapist_id, type=type, **dates)


def test_absent_therapists_publish_nothing_meanwhile():
    seed()

    assert Absence.objects.count() == 2
    for absence in Absence.objects.all():
        assert absence.start > NOW
        diary = Appointment.objects.filter(therapist=absence.therapist)
        assert not diary.filter(start__lt=absence.end, end__gt=absence.start).exists()
        local = absence.start.astimezone(ZoneInfo(absence.therapist.time_zone))
        assert (local.hour, local.minute) == (0, 0)
    assert not Closure.objects.exists()


def test_appointments_are_published_at_usual_hours_of_the_therapists_clock(clock):
    clock.move_to("2030-03-20T12:00:00Z")

    seed()

    therapists = {appointment.therapist_id for appointment in get_upcoming()}
    assert len(therapists) == 6
    for appointment in get_upcoming().select_related("therapist"):
        zone = ZoneInfo(appointment.therapist.time_zone)
        local = appointment.start.astimezone(zone)
        assert local.isoweekday() <= 5
        assert (local.hour, local.minute) in [(9, 0), (11, 0), (14, 0), (16, 0)]


def test_a_client_can_book_what_is_published(api):
    seed()
    first_of_each = {a.therapist_id: a for a in get_upcoming().reverse()}.values()

    for appointment in first_of_each:
        body = {
            "therapist_id": appointment.therapist_id,
            "start": appointment.start.isoformat(),
            "duration": (appointment.end - appointment.start) // timedelta(minutes=1),
            "type": appointment.type,
        }
        response = api(UserFactory()).post("/api/v1/appointments", body)
        assert response.status_code == 201, response.data
        assert response.json()["id"] == appointment.pk
