"""Published appointments that somebody held too long: on offer again at once."""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.models.statuses import Status
from appointments.tests.factories import (
    FIRST_SESSION,
    NOW,
    AppointmentFactory,
    booking_request,
    get_user,
)
from booking.tests import codes, refusals

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"
OVER = NOW + timedelta(minutes=10)
SLOTS = {"start": "2030-01-07", "end": "2030-01-07", "type": "one-off"}


@pytest.fixture
def on_offer(therapist_with_hours, clock):
    """A published appointment whose hold has been over since just now."""
    held = AppointmentFactory(
        therapist=therapist_with_hours,
        held=True,
        was_published=True,
        start=FIRST_SESSION,
    )
    clock.move_to(OVER, tick=False)
    return held


@pytest.mark.parametrize("who", ["holder", "stranger", "therapist", "staff"])
def test_what_was_published_is_available_again(api, list_ids, on_offer, who):
    user = {"holder": on_offer.client, "stranger": UserFactory()}.get(who)
    user = user or get_user(on_offer, who)

    shown = api(user).get(f"{URL}/{on_offer.pk}")

    assert shown.status_code == 200
    told = ("status", "client", "hold_expires_at")
    assert [shown.json()[name] for name in told] == ["available", None, None]
    assert list_ids(user) == list_ids(user, status="available") == [on_offer.pk]
    for status in set(Status) - {Status.AVAILABLE}:
        assert list_ids(user, status=status) == []


def test_search_offers_what_was_published_again(api, on_offer):
    slots = api().get("/api/v1/slots", SLOTS).json()["results"]

    assert slots[0]["start"] == "2030-01-07T09:00:00Z"
    assert slots[0]["appointment_id"] == on_offer.pk


@pytest.mark.parametrize("how", ["book", "add"])
@pytest.mark.parametrize("who", ["holder", "another"])
def test_what_was_published_is_taken_again(operate, add, on_offer, how, who):
    client = on_offer.client if who == "holder" else UserFactory()

    if how == "book":
        response = operate(client, "book", on_offer)
    else:
        response = add(client, booking_request(on_offer.therapist))

    assert response.status_code in (200, 201), response.data
    assert response.json()["status"] == "booked"
    row = Appointment.objects.get()
    assert (row.pk, row.client, row.status) == (on_offer.pk, client, Status.BOOKED)


@pytest.mark.parametrize("who", ["therapist", "staff"])
def test_who_manages_the_diary_books_what_was_published_for_a_client(
    operate, on_offer, who
):
    known = AppointmentFactory(therapist=on_offer.therapist).client
    user = get_user(on_offer, who)

    response = operate(user, "book", on_offer, {"client_id": known.pk})

    assert response.status_code == 200, response.data
    on_offer.refresh_from_db()
    assert (on_offer.client, on_offer.status) == (known, Status.BOOKED)


def test_the_tag_under_which_it_was_seen_is_enough_to_take_it(api, operate, on_offer):
    client = UserFactory()
    seen = api(client).get(f"{URL}/{on_offer.pk}")["ETag"]

    response = operate(client, "book", on_offer, **{"If-Match": seen})

    assert response.status_code == 200, response.data
    assert Appointment.objects.get().client == client


def test_time_alone_changes_the_tag(
    api, operate, clerk, clock, on_offer, nothing_changes
):
    clock.move_to(NOW)
    held = api(clerk).get(f"{URL}/{on_offer.pk}")["ETag"]
    clock.move_to(OVER)

    with nothing_changes():
        response = operate(clerk, "cancel", on_offer, **{"If-Match": held})

    assert response.status_code == 412
    assert api(clerk).get(f"{URL}/{on_offer.pk}")["ETag"] != held


@pytest.mark.parametrize("who", ["holder", "another"])
@pytest.mark.parametrize("operation", ["cancel", "move", "complete"])
def test_who_let_it_lapse_has_no_part_in_it(
    operate, on_offer, stranger, nothing_changes, who, operation
):
    user = on_offer.client if who == "holder" else stranger

    with nothing_changes():
        response = operate(user, operation, on_offer, {"start": "2030-01-14T10:00Z"})

    assert response.status_code == 403
    assert codes(response) == ["permission_denied"]


@pytest.mark.parametrize("who", ["therapist", "staff"])
def test_withdrawn_it_tells_nothing_of_who_let_it_lapse(
    operate, list_ids, on_offer, who
):
    holder = on_offer.client

    response = operate(get_user(on_offer, who), "cancel", on_offer)

    assert response.status_code == 200, response.data
    assert response.json()["client"] is None
    row = Appointment.objects.get()
    assert (row.status, row.client) == (Status.CANCELLED, None)
    assert list_ids(holder) == []


def test_who_let_it_lapse_is_told_so_when_another_took_it(
    operate, on_offer, nothing_changes
):
    assert operate(UserFactory(), "book", on_offer).status_code == 200

    with nothing_changes():
        response = operate(on_offer.client, "book", on_offer)

    assert response.status_code == 409
    assert refusals(response) == [(None, "hold_expired")]
