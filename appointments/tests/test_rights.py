"""Staff's rights in the API are their model permissions, as in the admin."""

import pytest
from django.contrib.auth.models import Permission
from rest_framework_simplejwt.tokens import AccessToken

from accounts.tests.factories import UserFactory, make_staff
from appointments.models import Appointment
from appointments.tests.factories import (
    AppointmentFactory,
    SeriesFactory,
    booking_request,
)
from booking.tests import codes
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"


@pytest.fixture
def staff_with():
    """Make a member of staff with just these permissions."""

    def make(*codenames):
        person = UserFactory(staff=True, group="")
        rights = Permission.objects.filter(codename__in=codenames)
        person.user_permissions.set(rights)
        return person

    return make


@pytest.fixture
def sign_in(api):
    """Sign in by a token, as real clients do."""
    return lambda user: api(token=AccessToken.for_user(user))


def test_to_be_staff_alone_opens_nothing(sign_in, staff_with, therapist, appointment):
    person = staff_with()
    SeriesFactory(therapist=therapist)
    own = AppointmentFactory(client=person)
    client = sign_in(person)

    listed = client.get(URL).json()["results"]
    series = client.get("/api/v1/series").json()["results"]
    seen = client.get(f"{URL}/{appointment.pk}")

    assert [row["id"] for row in listed] == [own.pk]
    assert series == []
    assert seen.status_code == 404


def test_staff_without_rights_book_for_themselves_as_clients(
    sign_in, staff_with, therapist
):
    person = staff_with()

    response = sign_in(person).post(URL, booking_request(therapist))

    assert response.status_code == 201
    assert response.json()["client"]["id"] == person.pk


def test_a_right_to_view_opens_the_diaries_and_changes_nothing(
    sign_in, staff_with, therapist, appointment, nothing_changes
):
    client = sign_in(staff_with("view_appointment", "view_series"))
    available = AppointmentFactory(available=True)
    start = "2030-02-04T09:00:00Z"
    changes = {
        f"{URL}/{appointment.pk}/move": {"start": start},
        f"{URL}/{appointment.pk}/cancel": {},
        f"{URL}/{available.pk}/book": {"client_id": appointment.client_id},
        URL: booking_request(therapist, start=start),
        "/api/v1/series": booking_request(therapist, start=start, client_id=0)
        | {"every_weeks": 1, "count": 2, "client_id": appointment.client_id},
    }

    seen = client.get(f"{URL}/{appointment.pk}")
    with nothing_changes():
        responses = [client.post(url, body) for url, body in changes.items()]

    assert seen.json()["client"]["id"] == appointment.client_id
    assert [codes(response) for response in responses] == [
        ["permission_denied"] for _ in changes
    ]
    assert {response.status_code for response in responses} == {403}


def test_a_right_to_change_includes_to_view_but_not_to_add(
    sign_in, staff_with, therapist, appointment
):
    client = sign_in(staff_with("change_appointment"))

    added = client.post(URL, booking_request(therapist, start="2030-02-04T09:00:00Z"))
    cancelled = client.post(f"{URL}/{appointment.pk}/cancel", {})

    assert (added.status_code, cancelled.status_code) == (403, 200)
    assert cancelled.json()["cancelled_by"] == "practice"


def test_a_right_to_add_adds_and_shows_no_other_appointment(
    sign_in, staff_with, therapist, appointment
):
    client = sign_in(staff_with("add_appointment"))
    body = booking_request(therapist, start="2030-02-04T09:00:00Z")

    added = client.post(URL, body | {"client_id": appointment.client_id})

    assert added.status_code == 201
    assert added.json()["status"] == "booked"
    assert client.get(f"{URL}/{appointment.pk}").status_code == 404


def test_an_auditor_who_is_a_therapist_runs_only_their_own_diary(sign_in, appointment):
    make_staff(appointment.therapist.user, "Auditor")
    client = sign_in(appointment.therapist.user)
    foreign = AppointmentFactory(therapist=TherapistFactory())

    own = client.post(f"{URL}/{appointment.pk}/cancel", {})
    other = client.post(f"{URL}/{foreign.pk}/cancel", {})

    assert (own.status_code, other.status_code) == (200, 403)
    assert own.json()["cancelled_by"] == "therapist"


@pytest.mark.parametrize("route", ["appointments", "book", "series"])
def test_an_auditor_who_is_a_therapist_names_only_clients_of_theirs(
    sign_in, therapist, nothing_changes, route
):
    make_staff(therapist.user, "Auditor")
    client, stranger = sign_in(therapist.user), UserFactory()
    available = AppointmentFactory(therapist=therapist, available=True)
    body = booking_request(therapist, start="2030-02-04T09:00:00Z")
    url, body = {
        "appointments": (URL, body),
        "book": (f"{URL}/{available.pk}/book", {}),
        "series": ("/api/v1/series", body | {"every_weeks": 1, "count": 2}),
    }[route]

    with nothing_changes():
        refused = client.post(url, body | {"client_id": stranger.pk})
    known = AppointmentFactory(therapist=therapist, status="completed").client
    booked = client.post(url, body | {"client_id": known.pk})

    assert refused.status_code == 400
    assert codes(refused) == ["does_not_exist"]
    assert booked.status_code in (200, 201), booked.data


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ("hours", {"weekday": 1, "start": "09:00", "end": "17:00"}),
        ("absences", {"start": "2030-01-07T00:00Z", "end": "2030-01-08T00:00Z"}),
        ("offerings", {"type": "one-off", "duration": 60}),
    ],
)
def test_an_auditor_who_is_an_inactive_therapist_changes_no_schedule(
    sign_in, nothing_changes, route, body
):
    therapist = TherapistFactory(signs_in=True, is_active=False)
    make_staff(therapist.user, "Auditor")
    url = f"/api/v1/therapists/{therapist.pk}/{route}"

    seen = sign_in(therapist.user).get(url)
    with nothing_changes():
        response = sign_in(therapist.user).post(url, body)

    assert seen.status_code == 200
    assert response.status_code == 403
    assert codes(response) == ["permission_denied"]


def test_superusers_need_no_permission(sign_in, appointment):
    person = UserFactory(staff=True, is_superuser=True)

    response = sign_in(person).post(f"{URL}/{appointment.pk}/cancel", {})

    assert response.status_code == 200


def test_a_group_gives_no_right_to_those_who_are_not_staff(sign_in, appointment):
    person = UserFactory(staff=True)
    person.is_staff = False
    person.save()

    response = sign_in(person).get(f"{URL}/{appointment.pk}")

    assert response.status_code == 404


@pytest.mark.parametrize("group", ["Front desk", "Auditor"])
def test_the_rights_of_staff_cost_a_list_one_statement(
    sign_in, django_assert_num_queries, appointment, group
):
    client = sign_in(UserFactory(staff=True, group=group))
    client.get(URL)

    # The user, their rights, the page, and the log of reads.
    with django_assert_num_queries(4):
        response = client.get(URL)

    assert [row["id"] for row in response.json()["results"]] == [appointment.pk]


def test_the_rights_of_staff_cost_an_addition_one_statement(
    sign_in, django_assert_num_queries, therapist
):
    client = sign_in(UserFactory(staff=True))

    # The user, their rights, the candidate and the insert, which is in a savepoint here.
    with django_assert_num_queries(6):
        response = client.post(URL, booking_request(therapist))

    assert response.status_code == 201
    assert Appointment.objects.get().status == "available"
