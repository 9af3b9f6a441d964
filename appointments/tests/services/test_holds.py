"""Holds while they last; test_lapsed_holds.py has what becomes of them."""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.models.statuses import Role, Status
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    NOW,
    AppointmentFactory,
    booking_request,
    get_user,
)
from booking.tests import codes, refusals
from therapists.tests.factories import OfferingFactory, TherapistFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"


@pytest.fixture
def held(therapist):
    """A client's hold that is over ten minutes from now."""
    return AppointmentFactory(therapist=therapist, held=True, start=FIRST_SESSION)


def test_a_client_holds_a_time(add, clock, settings, therapist):
    settings.HOLD_MINUTES = 7
    clock.move_to(NOW, tick=False)
    client = UserFactory()

    response = add(client, booking_request(therapist, hold=True))

    assert response.status_code == 201, response.data
    row = Appointment.objects.get()
    assert (row.client, row.status) == (client, Status.HELD)
    assert row.hold_expires_at == NOW + timedelta(minutes=7)
    assert not row.was_published
    assert response.data["status"] == "held"
    assert response.json()["hold_expires_at"] == "2029-12-01T08:07:00Z"
    assert response.data["client"]["id"] == client.pk


def test_a_client_holds_what_was_published(add, therapist):
    available = AppointmentFactory(
        therapist=therapist, available=True, start=FIRST_SESSION
    )
    client = UserFactory()

    response = add(client, booking_request(therapist, hold=True))

    assert response.status_code == 201, response.data
    row = Appointment.objects.get()
    assert (row.pk, row.client, row.status) == (available.pk, client, Status.HELD)
    assert row.was_published


def test_not_to_hold_is_to_book(add, therapist):
    response = add(UserFactory(), booking_request(therapist, hold=False))

    assert response.status_code == 201
    assert Appointment.objects.get().status == Status.BOOKED


@pytest.mark.parametrize("who", ["therapist", "staff"])
def test_who_manages_the_diary_does_not_hold(add, held, nothing_changes, who):
    user = get_user(held, who)
    later = (FIRST_SESSION + HOUR).isoformat()

    with nothing_changes():
        response = add(user, booking_request(held.therapist, hold=True, start=later))

    assert response.status_code == 403
    assert codes(response) == ["permission_denied"]


def test_a_therapist_holds_a_colleagues_time_as_a_client(add, therapist):
    colleague = TherapistFactory(signs_in=True).user

    response = add(colleague, booking_request(therapist, hold=True))

    assert response.status_code == 201
    assert Appointment.objects.get().client == colleague


@pytest.mark.parametrize("hold", ["perhaps", "2"])
def test_whether_to_hold_is_said_plainly(add, therapist, stranger, hold):
    response = add(stranger, booking_request(therapist, hold=hold))

    assert response.status_code == 400
    assert refusals(response) == [("hold", "invalid")]


def test_rules_bind_holds_as_they_bind_bookings(add, stranger, nothing_changes):
    therapist = TherapistFactory(notice_hours=24 * 60)
    OfferingFactory(therapist=therapist, type="consultation")

    with nothing_changes():
        response = add(stranger, booking_request(therapist, hold=True))

    assert response.status_code == 422
    assert codes(response) == ["too_soon", "type_not_offered"]


@pytest.mark.parametrize("who", ["client", "therapist", "staff"])
def test_a_hold_keeps_everyone_else_out(add, held, nothing_changes, who):
    user = UserFactory() if who == "client" else get_user(held, who)

    with nothing_changes():
        response = add(user, booking_request(held.therapist))

    assert response.status_code == 409
    assert refusals(response) == [(None, "therapist_busy")]


def test_the_holder_books_it(operate, held):
    response = operate(held.client, "book", held)

    assert response.status_code == 200, response.data
    row = Appointment.objects.get()
    assert (row.pk, row.client, row.status) == (held.pk, held.client, Status.BOOKED)
    assert row.hold_expires_at is None
    assert response.data["hold_expires_at"] is None


def test_for_another_client_a_hold_does_not_exist(
    api, operate, held, stranger, nothing_changes
):
    with nothing_changes():
        booked, cancelled = (
            operate(stranger, operation, held) for operation in ("book", "cancel")
        )
        shown = api(stranger).get(f"{URL}/{held.pk}")

    for response in (booked, cancelled, shown):
        assert response.status_code == 404
        assert codes(response) == ["not_found"]


@pytest.mark.parametrize("who", ["therapist", "staff"])
@pytest.mark.parametrize("named", ["nobody", "the holder"])
def test_nobody_books_a_hold_for_its_holder(operate, held, nothing_changes, who, named):
    user = get_user(held, who)
    body = {"client_id": held.client_id} if named == "the holder" else {}

    with nothing_changes():
        response = operate(user, "book", held, body)

    assert response.status_code == 409
    assert codes(response) == ["already_held"]


@pytest.mark.parametrize(
    ("who", "party"),
    [
        ("client", Role.CLIENT),
        ("therapist", Role.THERAPIST),
        ("staff", Role.PRACTICE),
    ],
)
def test_a_hold_is_cancelled_without_notice(operate, clock, held, who, party):
    held.start = NOW + HOUR
    held.end = held.busy_until = NOW + 2 * HOUR
    held.save()

    response = operate(get_user(held, who), "cancel", held)

    assert response.status_code == 200, response.data
    row = Appointment.objects.get()
    assert (row.status, row.cancelled_by, row.hold_expires_at) == (
        Status.CANCELLED,
        party,
        None,
    )
    assert not row.cancelled_late


def test_a_cancelled_hold_of_what_was_published_is_published_again(operate, held):
    held.was_published = True
    held.save()

    assert operate(held.client, "cancel", held).status_code == 200

    again = Appointment.objects.exclude(pk=held.pk).get()
    assert (again.status, again.client, again.start) == (
        Status.AVAILABLE,
        None,
        held.start,
    )


def test_a_client_holds_three_times_at_once(add, therapist, nothing_changes):
    client = UserFactory()
    for n in range(3):
        start = (FIRST_SESSION + n * HOUR).isoformat()
        held = add(client, booking_request(therapist, hold=True, start=start))
        assert held.status_code == 201
    fourth = booking_request(
        therapist, hold=True, start=(FIRST_SESSION + 5 * HOUR).isoformat()
    )

    with nothing_changes():
        response = add(client, fourth)

    assert response.status_code == 409
    assert refusals(response) == [(None, "too_many_holds")]
    assert add(client, fourth | {"hold": False}).status_code == 201
    assert add(UserFactory(), booking_request(therapist)).status_code == 409


def test_a_fourth_hold_leaves_what_was_published_available(
    add, therapist, nothing_changes
):
    client = UserFactory()
    AppointmentFactory.create_batch(3, client=client, held=True)
    AppointmentFactory(therapist=therapist, available=True, start=FIRST_SESSION)

    with nothing_changes():
        response = add(client, booking_request(therapist, hold=True))

    assert response.status_code == 409
    assert codes(response) == ["too_many_holds"]


@pytest.mark.parametrize(
    "others",
    [
        pytest.param({"hold_expires_at": NOW}, id="holds that are over"),
        pytest.param({"status": Status.BOOKED}, id="booked ones"),
        pytest.param({"status": Status.CANCELLED}, id="cancelled ones"),
        pytest.param({"client": None}, id="holds of others"),
    ],
)
def test_only_holds_that_last_are_counted(add, therapist, others):
    client = UserFactory()
    AppointmentFactory.create_batch(2, client=client, held=True)
    kind = {"client": client, "status": Status.HELD} | others
    if kind["client"] is None:
        kind["client"] = UserFactory()
    AppointmentFactory.create_batch(3, **kind)

    response = add(client, booking_request(therapist, hold=True))

    assert response.status_code == 201, response.data


@pytest.mark.parametrize("left", ["book", "cancel"])
def test_a_hold_that_was_decided_makes_room_for_another(operate, add, therapist, left):
    client = UserFactory()
    first, *_ = AppointmentFactory.create_batch(3, client=client, held=True)

    assert operate(client, left, first).status_code == 200

    assert add(client, booking_request(therapist, hold=True)).status_code == 201


def test_a_hold_whose_time_has_come_is_not_booked(
    operate, clock, therapist, nothing_changes
):
    held = AppointmentFactory(
        therapist=therapist, held=True, start=NOW + timedelta(minutes=5)
    )
    clock.move_to(held.start, tick=False)

    with nothing_changes():
        response = operate(held.client, "book", held)

    assert response.status_code == 409
    assert codes(response) == ["already_started"]
