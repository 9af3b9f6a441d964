"""Booking any therapist who is free; `races/http/test_any.py` does so at once."""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.availability.openings import MONDAY, open_on
from appointments.tests.factories import HOUR, AppointmentFactory
from booking.tests import codes, refusals
from therapists.models import Therapist
from therapists.tests.factories import (
    AbsenceFactory,
    OfferingFactory,
    TherapistFactory,
)

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"
TEN = MONDAY + timedelta(hours=10)


def make_therapist(*specialisms, **options):
    therapist = TherapistFactory(slotted=True, specialisms=specialisms, **options)
    OfferingFactory(therapist=therapist)
    open_on(therapist, 1, "09:00-17:00")
    return therapist


@pytest.fixture
def ada():
    return make_therapist("Anxiety", "Sleep", signs_in=True)


@pytest.fixture
def bea():
    return make_therapist("Anxiety")


def book(client, **changes):
    body = {"start": TEN.isoformat(), "duration": 60, "type": "one-off", "any": {}}
    return client.post(URL, body | changes)


def test_a_free_therapist_is_booked(api, ada):
    client = UserFactory()

    response = book(api(client))

    assert response.status_code == 201
    row = Appointment.objects.get()
    assert (row.client, row.therapist, row.status) == (client, ada, "booked")
    assert response.json()["therapist"]["id"] == ada.pk


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"specialisms": ["SLEEP"]}, "ada"),
        ({"specialisms": ["sleep", "trauma"]}, "ada"),
        ({"specialisms": ["Sleep", "Anxiety"], "specialisms_match": "all"}, "ada"),
        ({"specialisms": ["Trauma"]}, None),
        ({"specialisms": ["Sleep", "Trauma"], "specialisms_match": "all"}, None),
    ],
)
def test_specialisms_narrow_the_choice(api, ada, bea, filters, found):
    response = book(api(UserFactory()), any=filters)

    assert response.status_code == (201 if found else 409)
    booked = [row.therapist for row in Appointment.objects.all()]
    assert booked == ([ada] if found else [])


def test_the_one_with_the_fewest_appointments_of_the_week_comes_first(api, ada, bea):
    tuesday = MONDAY + timedelta(days=1)
    for hour in range(2):
        AppointmentFactory(therapist=ada, start=tuesday + hour * HOUR)
    AppointmentFactory(therapist=bea, start=tuesday)
    for hour in range(3):  # of other weeks, or of no client
        AppointmentFactory(
            therapist=bea, start=tuesday + timedelta(weeks=1, hours=hour)
        )
        AppointmentFactory(
            therapist=bea, start=tuesday + (5 + hour) * HOUR, available=True
        )

    response = book(api(UserFactory()))

    assert response.json()["therapist"]["id"] == bea.pk


def _is_booked(ada):
    AppointmentFactory(therapist=ada, start=TEN)


def _is_away(ada):
    AbsenceFactory(therapist=ada, start=TEN, end=TEN + HOUR)


def _offers_another_length(ada):
    ada.offerings.update(duration=50)


def _is_inactive(ada):
    Therapist.objects.filter(pk=ada.pk).update(is_active=False)


def _has_a_break(ada):
    Therapist.objects.filter(pk=ada.pk).update(break_minutes=30)
    AppointmentFactory(therapist=ada, start=TEN + HOUR)


def _starts_at_other_times(ada):
    Therapist.objects.filter(pk=ada.pk).update(start_step_minutes=45)


@pytest.mark.parametrize(
    "obstacle",
    [
        _is_booked,
        _is_away,
        _offers_another_length,
        _is_inactive,
        _has_a_break,
        _starts_at_other_times,
    ],
)
def test_whoever_is_not_free_is_left_out(api, ada, obstacle):
    obstacle(ada)
    before = Appointment.objects.count()

    refused = book(api(UserFactory()))
    other = make_therapist("Anxiety")
    booked = book(api(UserFactory()))

    assert (refused.status_code, codes(refused)) == (409, ["nobody_free"])
    assert (booked.status_code, booked.json()["therapist"]["id"]) == (201, other.pk)
    assert Appointment.objects.count() == before + 1


def test_a_therapist_at_any_time_can_be_chosen(api):
    therapist = TherapistFactory()

    response = book(api(UserFactory()), start=(TEN + timedelta(minutes=7)).isoformat())

    assert response.json()["therapist"]["id"] == therapist.pk


def test_a_published_time_is_taken(api):
    row = AppointmentFactory(start=TEN, available=True)
    Therapist.objects.update(booking_mode="working_hours")

    response = book(api(UserFactory()))

    assert (response.status_code, response.json()["id"]) == (201, row.pk)


def test_therapists_do_not_book_themselves(api, ada):
    refused = book(api(ada.user))
    bea = make_therapist("Anxiety")
    booked = book(api(ada.user))

    assert (refused.status_code, codes(refused)) == (409, ["nobody_free"])
    assert booked.json()["therapist"]["id"] == bea.pk
    assert Appointment.objects.get().client == ada.user


def test_a_time_can_be_held(api, ada):
    response = book(api(UserFactory()), hold=True)

    assert (response.status_code, response.json()["status"]) == (201, "held")


def test_staff_book_for_a_client(api, ada, clerk):
    client = UserFactory()

    nameless = book(api(clerk))
    response = book(api(clerk), client_id=client.pk)

    assert refusals(nameless) == [("client_id", "required")]
    assert (response.status_code, Appointment.objects.get().client) == (201, client)


@pytest.mark.parametrize("who", ["client", "therapist"])
def test_others_name_no_client(api, ada, bea, who):
    user = UserFactory() if who == "client" else ada.user

    response = book(api(user), client_id=UserFactory().pk)

    assert (response.status_code, codes(response)) == (403, ["permission_denied"])
    assert not Appointment.objects.exists()


def test_a_busy_client_is_refused(api, ada):
    client = UserFactory()
    AppointmentFactory(client=client, start=TEN)

    response = book(api(client))

    assert (response.status_code, codes(response)) == (409, ["client_busy"])


def test_the_first_free_times_come_with_the_refusal(api, ada, bea):
    AppointmentFactory(therapist=ada, start=TEN)
    AppointmentFactory(therapist=bea, start=TEN)

    response = book(api(UserFactory()), any={"specialisms": ["Sleep"]})

    alternatives = response.json()["alternatives"]
    assert (alternatives["day"], alternatives["week"]) == (None, None)
    [slot] = alternatives["colleagues"]
    assert slot["therapist"]["id"] == ada.pk
    assert slot["start"] == "2030-01-07T11:00:00Z"


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"therapist_id": 1}, [("any", "exclusive")]),
        ({"any": None}, [("any", "null")]),
        ({"any": []}, [("any.non_field_errors", "invalid")]),
        ({"any": {"specialism": "Sleep"}}, [("any.specialism", "unknown_field")]),
        ({"any": {"specialisms": "Sleep"}}, [("any.specialisms", "not_a_list")]),
        (
            {"any": {"specialisms_match": "most"}},
            [("any.specialisms_match", "invalid_choice")],
        ),
        ({"any": {}, "duration": 1}, [("duration", "min_value")]),
    ],
)
def test_an_unusable_request_is_refused(api, ada, changes, refused):
    response = book(api(UserFactory()), **changes)

    assert (response.status_code, refusals(response)) == (400, refused)
    assert not Appointment.objects.exists()


def test_a_repeated_request_books_once(api, ada, bea):
    client = api(UserFactory())
    client.credentials(HTTP_IDEMPOTENCY_KEY="once")

    first, second = book(client), book(client)

    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert Appointment.objects.count() == 1
