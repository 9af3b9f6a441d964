"""Releasing expired holds."""

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.services.holds import has_expired, release_expired
from appointments.tests.factories import HOUR, NOW, AppointmentFactory
from appointments.tests.races.locks import block, is_locked
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def therapist(clock):
    """A therapist, at a moment when every hold has expired."""
    clock.move_to(NOW + HOUR)
    return TherapistFactory()


@pytest.fixture
def client(therapist):
    return UserFactory()


@pytest.fixture
def ids(therapist, client):
    """An expired hold for the therapist, one for the client, and one for neither."""
    return {
        "therapist's": AppointmentFactory(held=True, therapist=therapist).pk,
        "client's": AppointmentFactory(held=True, client=client).pk,
        "another": AppointmentFactory(held=True).pk,
    }


def list_left(ids):
    left = set(Appointment.objects.values_list("pk", flat=True))
    return [name for name, id in ids.items() if id in left]


def test_the_holds_of_the_given_therapists_and_clients_are_released(
    ids, therapist, client
):
    parameters = {"therapist_ids": [therapist.pk], "client_ids": [client.pk]}

    expired_before = has_expired(**parameters)
    released = release_expired(**parameters)

    assert (expired_before, released) == (True, 2)
    assert list_left(ids) == ["another"]
    assert not has_expired(**parameters)


@pytest.mark.parametrize(
    ("given", "left"),
    [
        pytest.param(["therapist"], ["client's", "another"], id="only a therapist"),
        pytest.param(["client"], ["therapist's", "another"], id="only a client"),
        pytest.param([], ["therapist's", "client's", "another"], id="neither"),
    ],
)
def test_no_other_hold_is_released(ids, therapist, client, given, left):
    parameters = {
        "therapist_ids": [therapist.pk] if "therapist" in given else [],
        "client_ids": [client.pk] if "client" in given else [],
    }

    released = release_expired(**parameters)

    assert released == len(given)
    assert list_left(ids) == left


def test_without_people_every_expired_hold_is_released(ids):
    unexpired = AppointmentFactory(held=True, hold_expires_at=NOW + 2 * HOUR)

    assert release_expired() == 3

    assert Appointment.objects.get() == unexpired


def test_an_unexpired_hold_of_the_given_people_stays(therapist, client):
    AppointmentFactory(
        held=True,
        therapist=therapist,
        client=client,
        hold_expires_at=NOW + 2 * HOUR,
    )
    parameters = {"therapist_ids": [therapist.pk], "client_ids": [client.pk]}

    assert not has_expired(**parameters)
    assert release_expired(**parameters) == 0

    assert Appointment.objects.count() == 1


def test_a_released_published_appointment_shows_no_trace_of_the_hold(therapist):
    hold = AppointmentFactory(held=True, was_published=True, therapist=therapist)
    before = Appointment.objects.values().get()

    assert release_expired(therapist_ids=[therapist.pk], client_ids=[]) == 1

    assert Appointment.objects.values().get() == before | {
        "status": "available",
        "client_id": None,
        "hold_expires_at": None,
        "updated_at": hold.created_at,
    }


@pytest.mark.django_db(transaction=True)
def test_two_releases_at_once_release_each_hold_once(at_once, therapist):
    AppointmentFactory.create_batch(4, held=True, therapist=therapist)
    AppointmentFactory.create_batch(4, held=True, was_published=True)

    released = at_once(release_expired, release_expired)

    assert sorted(released) == [0, 8]
    assert Appointment.objects.count() == 4
    assert set(Appointment.objects.values_list("status", flat=True)) == {"available"}


@pytest.mark.django_db(transaction=True)
def test_a_release_locks_holds_in_the_order_of_their_ids(therapist):
    first, second = AppointmentFactory.create_batch(2, held=True, therapist=therapist)
    # Moved to the end of the table, where a scan finds it last.
    Appointment.objects.filter(pk=first.pk).update(start=first.start)

    with block(release_expired, first, status=None) as released:
        assert not is_locked(second)

    assert released.result() == 2
