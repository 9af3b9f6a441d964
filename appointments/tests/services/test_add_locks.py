"""Additions, and changes of the schedule, wait for the locks of their diaries.

A race hardly ever shows that a lock is missing; these tests always do.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import transaction

from accounts.models import User
from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.factories import (
    CANCELLATION,
    FIRST_SESSION,
    AppointmentFactory,
    booking_request,
)
from appointments.tests.races.locks import block, call_and_disconnect, is_locked
from therapists.models import Therapist, WorkingHours
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db(transaction=True)

URL = "/api/v1/appointments"


@pytest.fixture
def prepare_add(api):
    """Return a call that sends a booking request."""

    def prepare(client, therapist, **changes):
        return lambda: api(client).post(URL, booking_request(therapist, **changes))

    return prepare


@pytest.mark.parametrize("is_published", [False, True])
def test_adding_waits_for_the_lock_of_the_therapist(prepare_add, is_published):
    client, therapist = UserFactory(), TherapistFactory()
    if is_published:
        AppointmentFactory(available=True, therapist=therapist, start=FIRST_SESSION)

    with block(prepare_add(client, therapist), therapist):
        booked = Appointment.objects.filter(client=client)
        assert not booked.exists()

    assert booked.exists()


@pytest.mark.parametrize("is_published", [False, True])
def test_adding_waits_for_the_lock_of_the_client(prepare_add, is_published):
    client, therapist = UserFactory(), TherapistFactory()
    if is_published:
        AppointmentFactory(available=True, therapist=therapist, start=FIRST_SESSION)

    with block(prepare_add(client, therapist), client):
        booked = Appointment.objects.filter(client=client)
        assert not booked.exists()

    assert booked.exists()


@pytest.mark.parametrize("change", ["delete", "deactivate"])
@pytest.mark.parametrize("participant", ["therapist", "client"])
def test_nothing_is_added_for_a_person_who_leaves_meanwhile(
    prepare_add, participant, change
):
    people = {"client": UserFactory(), "therapist": TherapistFactory()}
    person = people[participant]

    with block(prepare_add(**people), person, status=400):
        if change == "delete":
            person.delete()
        else:
            person.is_active = False
            person.save()

    assert not Appointment.objects.exists()


def test_a_therapist_who_is_deactivated_meanwhile_adds_nothing(api):
    therapist = TherapistFactory(signs_in=True)
    request = booking_request(therapist)

    with block(lambda: api(therapist.user).post(URL, request), therapist, status=400):
        therapist.is_active = False
        therapist.save()

    assert not Appointment.objects.exists()


def test_rules_apply_once_the_available_appointment_is_withdrawn(prepare_add):
    therapist = TherapistFactory(notice_hours=24 * 60)
    appointment = AppointmentFactory(
        available=True, therapist=therapist, start=FIRST_SESSION
    )

    with block(prepare_add(UserFactory(), therapist), therapist, status=422):
        Appointment.objects.filter(pk=appointment.pk).update(**CANCELLATION)

    assert Appointment.objects.get().client is None


def test_withdrawing_waits_for_the_lock_of_the_therapist(api):
    appointment = AppointmentFactory(available=True, therapist__signs_in=True)
    user = appointment.therapist.user
    withdraw = f"{URL}/{appointment.pk}/cancel"

    with block(lambda: api(user).post(withdraw), appointment.therapist, status=200):
        assert Appointment.objects.get().status == "available"


def test_publishing_waits_for_the_lock_of_the_therapist(prepare_add):
    therapist = TherapistFactory(signs_in=True)

    with block(prepare_add(therapist.user, therapist), therapist):
        assert not Appointment.objects.exists()

    assert Appointment.objects.get().status == "available"


def test_a_change_of_hours_waits_for_the_lock_of_the_therapist(api):
    therapist = TherapistFactory(signs_in=True)
    row = {"weekday": 1, "start": "09:00", "end": "17:00"}
    hours = f"/api/v1/therapists/{therapist.pk}/hours"

    with block(lambda: api(therapist.user).post(hours, row), therapist):
        assert not WorkingHours.objects.exists()

    assert WorkingHours.objects.exists()


def test_the_therapist_is_locked_before_the_client(prepare_add):
    client, therapist = UserFactory(), TherapistFactory()

    with block(prepare_add(client, therapist), client):
        assert is_locked(therapist)

    with block(prepare_add(client, therapist, start="2030-02-01T10:00Z"), therapist):
        assert not is_locked(client)


def test_a_request_that_a_rule_refuses_does_not_wait(prepare_add):
    therapist = TherapistFactory(notice_hours=24 * 60)
    client = UserFactory()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        Therapist.objects.select_for_update().get(pk=therapist.pk)
        User.objects.select_for_update().get(pk=client.pk)
        running = pool.submit(call_and_disconnect, prepare_add(client, therapist))
        assert running.result(timeout=5).status_code == 422
