import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.models.statuses import Status
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    AppointmentFactory,
    booking_request,
    get_diary_user,
)
from booking.tests import refusals
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db


def test_a_client_books_a_period(add, therapist):
    client = UserFactory()

    response = add(client, booking_request(therapist))

    assert response.status_code == 201, response.data
    appointment = Appointment.objects.get()
    assert appointment.client == client
    assert appointment.therapist == therapist
    assert appointment.status == Status.BOOKED
    assert (appointment.start, appointment.end) == (FIRST_SESSION, FIRST_SESSION + HOUR)
    assert appointment.busy_until == appointment.end


def test_the_response_equals_the_row_of_the_list(add, api):
    therapist = TherapistFactory(name="Ada", specialisms=["Sleep", "Anxiety"])
    client = UserFactory(name="Bob", email="bob@example.com", phone="+442079460018")

    response = add(client, booking_request(therapist))

    body = dict(response.json())
    assert body.pop("created_at") == body.pop("updated_at")
    assert body == {
        "id": Appointment.objects.get().pk,
        "start": "2030-01-07T09:00:00Z",
        "end": "2030-01-07T10:00:00Z",
        "duration": 60,
        "type": "one-off",
        "status": "booked",
        "therapist": {
            "id": therapist.pk,
            "name": "Ada",
            "specialisms": ["Anxiety", "Sleep"],
            "time_zone": "UTC",
        },
        "client": {
            "id": client.pk,
            "name": "Bob",
            "email": "bob@example.com",
            "phone": "+442079460018",
        },
        "hold_expires_at": None,
        "cancelled_by": None,
        "invited": False,
        "cancelled_at": None,
        "cancellation_reason": None,
        "cancelled_late": False,
        "series": None,
        "overridden": [],
    }
    single = api(client).get(f"/api/v1/appointments/{body['id']}")
    assert single.json() == response.json()
    assert api(client).get("/get_appointments").json()["results"] == [single.json()]


@pytest.mark.parametrize("role", ["practice", "therapist"])
def test_staff_and_the_therapist_publish_without_a_client(add, therapist, role):
    user = get_diary_user(therapist, role)

    response = add(user, booking_request(therapist))

    assert response.status_code == 201
    assert response.data["client"] is None
    row = Appointment.objects.get()
    assert (row.status, row.client) == ("available", None)


def test_staff_book_for_any_client(add, therapist):
    client = UserFactory()

    response = add(
        UserFactory(staff=True), booking_request(therapist, client_id=client.pk)
    )

    assert response.status_code == 201
    assert response.data["client"]["id"] == client.pk
    row = Appointment.objects.get()
    assert (row.status, row.client) == ("booked", client)


@pytest.mark.parametrize("status", ["booked", "completed", "no_show"])
def test_a_therapist_books_for_a_present_or_former_client(add, therapist, status):
    client = AppointmentFactory(therapist=therapist, status=status).client

    response = add(
        therapist.user,
        booking_request(therapist, client_id=client.pk, start="2030-06-06T10:00Z"),
    )

    assert response.status_code == 201
    assert response.data["client"]["id"] == client.pk


def test_a_therapist_books_with_a_colleague_as_a_client(add, therapist):
    user = TherapistFactory(signs_in=True).user

    response = add(user, booking_request(therapist))

    assert response.status_code == 201
    row = Appointment.objects.get()
    assert (row.status, row.client) == ("booked", user)


def test_a_null_client_id_names_no_client(api, therapist):
    response = api(UserFactory()).post(
        "/api/v1/appointments", booking_request(therapist, client_id=None)
    )

    assert response.status_code == 201


def test_an_inactive_therapist_looks_like_a_missing_one(api, nothing_changes):
    client, therapist = UserFactory(), TherapistFactory(is_active=False)
    requests = [
        booking_request(therapist),
        booking_request(therapist, client_id=client.pk),
        booking_request(therapist, therapist_id=10**12),
        booking_request(therapist, therapist_id=10**12, client_id=client.pk),
    ]

    with nothing_changes():
        responses = [
            api(client).post("/api/v1/appointments", request) for request in requests
        ]

    assert [r.status_code for r in responses] == [400] * 4
    assert len({r.content for r in responses}) == 1
    assert refusals(responses[0]) == [("therapist_id", "does_not_exist")]


def test_staff_add_to_an_inactive_diary(add, clerk):
    therapist = TherapistFactory(is_active=False, signs_in=True)

    assert add(clerk, booking_request(therapist)).status_code == 201
