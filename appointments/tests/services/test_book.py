"""Taking what was published; test_holds.py has how a hold becomes a booking."""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.models.statuses import CONCLUDED, WITH_CLIENT, Status
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    NOW,
    AppointmentFactory,
    get_user,
)
from booking.tests import codes, refusals
from therapists.tests.factories import ClosureFactory, TherapistFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def available(therapist):
    return AppointmentFactory(therapist=therapist, available=True, start=FIRST_SESSION)


def test_a_client_takes_what_is_available(operate, available):
    client = UserFactory()

    response = operate(client, "book", available)

    assert response.status_code == 200, response.data
    row = Appointment.objects.get()
    assert (row.pk, row.client, row.status) == (available.pk, client, Status.BOOKED)
    assert row.was_published
    assert response.data["id"] == available.pk
    assert response.data["status"] == "booked"
    assert response.data["client"] == {
        "id": client.pk,
        "name": client.name,
        "email": client.email,
    }


def test_a_break_stays_as_it_was_published(operate, available):
    available.therapist.break_minutes = 45
    available.therapist.save()

    assert operate(UserFactory(), "book", available).status_code == 200

    assert Appointment.objects.get().busy_until == available.busy_until


def test_no_rule_but_being_active_binds_what_was_published(operate, available):
    ClosureFactory(start=FIRST_SESSION.date(), end=FIRST_SESSION.date())

    assert operate(UserFactory(), "book", available).status_code == 200


def test_staff_name_any_client(operate, available):
    client = UserFactory()

    response = operate(
        UserFactory(staff=True), "book", available, {"client_id": client.pk}
    )

    assert response.status_code == 200, response.data
    assert Appointment.objects.get().client == client


@pytest.mark.parametrize("status", [*WITH_CLIENT, Status.CANCELLED])
def test_a_therapist_names_who_is_or_was_their_client(operate, available, status):
    past = {} if status not in CONCLUDED else {"start": NOW - timedelta(days=9)}
    known = AppointmentFactory(therapist=available.therapist, status=status, **past)

    response = operate(
        available.therapist.user, "book", available, {"client_id": known.client_id}
    )

    assert response.status_code == 200, response.data
    available.refresh_from_db()
    assert (available.client, available.status) == (known.client, Status.BOOKED)


@pytest.mark.parametrize("who", ["therapist", "staff"])
@pytest.mark.parametrize("body", [{}, {"client_id": None}], ids=["absent", "null"])
def test_who_manages_the_diary_has_to_name_the_client(
    operate, available, nothing_changes, who, body
):
    user = get_user(available, who)

    with nothing_changes():
        response = operate(user, "book", available, body)

    assert response.status_code == 400
    assert refusals(response) == [("client_id", "required")]


def test_whom_a_therapist_does_not_know_looks_like_nobody(
    operate, available, nothing_changes
):
    of_another = AppointmentFactory().client
    therapist = available.therapist.user

    with nothing_changes():
        answers = [
            operate(therapist, "book", available, {"client_id": of_another.pk}),
            operate(therapist, "book", available, {"client_id": 10**12}),
        ]

    assert answers[0].content == answers[1].content
    for response in answers:
        assert response.status_code == 400
        assert refusals(response) == [("client_id", "does_not_exist")]


@pytest.mark.parametrize("client", ["nobody", "a deactivated account"])
def test_staff_cannot_name_who_cannot_come(
    operate, clerk, available, nothing_changes, client
):
    gone = UserFactory(is_active=False)
    id = gone.pk if client == "a deactivated account" else 10**12

    with nothing_changes():
        response = operate(clerk, "book", available, {"client_id": id})

    assert response.status_code == 400
    assert refusals(response) == [("client_id", "does_not_exist")]


def test_nobody_is_client_and_therapist_of_one_appointment(
    operate, clerk, available, nothing_changes
):
    own = {"client_id": available.therapist.user_id}

    with nothing_changes():
        response = operate(clerk, "book", available, own)

    assert response.status_code == 400
    assert refusals(response) == [("client_id", "own_therapist")]


@pytest.mark.parametrize("named", ["themselves", "another"])
def test_a_client_names_nobody(operate, available, nothing_changes, named):
    client, other = UserFactory(), UserFactory()
    body = {"client_id": (client if named == "themselves" else other).pk}

    with nothing_changes():
        response = operate(client, "book", available, body)

    assert response.status_code == 403
    assert codes(response) == ["permission_denied"]


@pytest.mark.parametrize("who", ["client", "staff"])
@pytest.mark.parametrize(
    ("offset", "status"),
    [
        pytest.param(-HOUR, 200, id="ends as it starts"),
        pytest.param(-HOUR / 2, 409, id="overlaps its start"),
        pytest.param(HOUR / 2, 409, id="overlaps its end"),
        pytest.param(HOUR, 200, id="starts as it ends"),
    ],
)
def test_who_is_busy_elsewhere_does_not_take(operate, available, who, offset, status):
    client = AppointmentFactory(start=FIRST_SESSION + offset).client
    body = {"client_id": client.pk} if who == "staff" else {}
    user = client if who == "client" else UserFactory(staff=True)

    response = operate(user, "book", available, body)

    assert response.status_code == status
    available.refresh_from_db()
    assert available.client == (client if status == 200 else None)
    if status == 409:
        assert refusals(response) == [(None, "client_busy")]


@pytest.mark.parametrize("who", ["therapist", "staff"])
@pytest.mark.parametrize(
    ("seconds", "status"),
    [
        pytest.param(-1, 200, id="just before its start"),
        pytest.param(0, 409, id="as it starts"),
        pytest.param(60, 409, id="after its start"),
    ],
)
def test_what_has_started_is_not_taken(operate, clock, available, who, seconds, status):
    known = AppointmentFactory(therapist=available.therapist).client
    user = get_user(available, who)
    clock.move_to(FIRST_SESSION + timedelta(seconds=seconds), tick=False)

    response = operate(user, "book", available, {"client_id": known.pk})

    assert response.status_code == status
    available.refresh_from_db()
    assert available.client == (known if status == 200 else None)
    if status == 409:
        assert codes(response) == ["already_started"]


def test_an_inactive_therapists_appointment_is_hidden_from_clients(
    operate, stranger, available, nothing_changes
):
    available.therapist.is_active = False
    available.therapist.save()

    with nothing_changes():
        response = operate(stranger, "book", available)

    assert response.status_code == 404
    assert codes(response) == ["not_found"]


def test_staff_fill_an_inactive_diary(operate, available):
    available.therapist.is_active = False
    available.therapist.save()
    body = {"client_id": UserFactory().pk}

    assert operate(UserFactory(staff=True), "book", available, body).status_code == 200
    assert Appointment.objects.get().status == Status.BOOKED


def test_a_client_converts_no_hold_with_who_left_meanwhile(
    operate, therapist, nothing_changes
):
    held = AppointmentFactory(therapist=therapist, held=True)
    therapist.is_active = False
    therapist.save()

    with nothing_changes():
        response = operate(held.client, "book", held)

    assert response.status_code == 422
    assert codes(response) == ["therapist_inactive"]


@pytest.mark.parametrize("status", [Status.HELD, Status.BOOKED, Status.CANCELLED])
def test_what_another_has_does_not_exist(operate, stranger, nothing_changes, status):
    theirs = AppointmentFactory(status=status)
    colleague = TherapistFactory(signs_in=True).user

    with nothing_changes():
        answers = [
            operate(stranger, "book", theirs),
            operate(stranger, "book", theirs, {"client_id": theirs.client_id}),
            operate(colleague, "book", theirs),
        ]

    assert {answer.status_code for answer in answers} == {404}
    assert codes(answers[0]) == ["not_found"]


def test_only_the_first_of_two_clients_takes_it(
    operate, stranger, available, nothing_changes
):
    assert operate(UserFactory(), "book", available).status_code == 200

    with nothing_changes():
        response = operate(stranger, "book", available)

    assert response.status_code == 404
