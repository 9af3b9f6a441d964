"""Free times that a refused booking or move carries."""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.availability.openings import MONDAY, open_on
from appointments.tests.factories import HOUR, AppointmentFactory, booking_request
from booking.tests import codes
from therapists.models import Therapist
from therapists.tests.factories import (
    OfferingFactory,
    SpecialismFactory,
    TherapistFactory,
)

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"
TEN = MONDAY + timedelta(hours=10)
EMPTY = {"day": None, "week": None, "colleagues": []}


def make_therapist(name, **options):
    """A therapist for anxiety who starts hourly, Mondays 9 to 12, Tuesdays 9 to 10."""
    therapist = TherapistFactory(
        name=name,
        slotted=True,
        start_step_minutes=60,
        specialisms=["Anxiety"],
        **options,
    )
    OfferingFactory(therapist=therapist)
    open_on(therapist, 1, "09:00-12:00")
    open_on(therapist, 2, "09:00-10:00")
    return therapist


@pytest.fixture
def ada():
    return make_therapist("Ada", signs_in=True)


@pytest.fixture
def bea():
    return make_therapist("Bea")


def book(client, therapist, start, **changes):
    body = booking_request(therapist, start=start.isoformat()) | changes
    return client.post(URL, body)


def write(moment):
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def test_a_taken_time_comes_with_the_nearest_free_ones(api, ada, bea):
    AppointmentFactory(therapist=ada, start=TEN)

    response = book(api(UserFactory()), ada, TEN)

    assert (response.status_code, codes(response)) == (409, ["therapist_busy"])
    alternatives = response.json()["alternatives"]
    assert alternatives["day"] == write(TEN - HOUR)
    assert alternatives["week"] == write(TEN - HOUR)
    [slot] = alternatives["colleagues"]
    assert slot["start"] == write(TEN)
    assert slot["therapist"]["id"] == bea.pk
    assert slot["therapist"]["time_zone"] == "UTC"


def test_the_week_is_searched_when_the_day_is_full(api, ada):
    for hour in range(9, 12):
        AppointmentFactory(therapist=ada, start=MONDAY + hour * HOUR)

    response = book(api(UserFactory()), ada, TEN)

    tuesday = MONDAY + timedelta(days=1, hours=9)
    assert response.json()["alternatives"] == EMPTY | {"week": write(tuesday)}


def test_what_rules_refuse_has_alternatives_too(api, ada):
    response = book(api(UserFactory()), ada, TEN + timedelta(minutes=20))

    assert (response.status_code, codes(response)) == (422, ["off_grid"])
    assert response.json()["alternatives"]["day"] == write(TEN)


def test_every_alternative_can_be_booked(api, ada, bea):
    AppointmentFactory(therapist=ada, start=TEN)
    client = api(UserFactory())
    alternatives = book(client, ada, TEN).json()["alternatives"]
    [slot] = alternatives["colleagues"]

    first = book(client, ada, TEN - HOUR)
    second = client.post(URL, booking_request(bea, start=slot["start"]))

    assert (first.status_code, second.status_code) == (201, 201)


def test_times_at_which_the_client_is_busy_are_left_out(api, ada, bea):
    client = UserFactory()
    AppointmentFactory(therapist=ada, start=TEN)
    AppointmentFactory(client=client, start=TEN - HOUR)

    response = book(api(client), ada, TEN)

    assert response.json()["alternatives"]["day"] == write(TEN + HOUR)


def test_a_therapist_does_not_learn_when_the_client_is_busy(api, ada):
    client = UserFactory()
    AppointmentFactory(therapist=ada, client=client, start=TEN)
    AppointmentFactory(client=client, start=TEN - HOUR)

    of_therapist = book(api(ada.user), ada, TEN, client_id=client.pk)
    of_staff = book(api(UserFactory(staff=True)), ada, TEN, client_id=client.pk)

    assert of_therapist.json()["alternatives"]["day"] == write(TEN - HOUR)
    assert of_staff.json()["alternatives"]["day"] == write(TEN + HOUR)


def test_a_therapist_at_any_time_has_none(api, bea):
    ada = TherapistFactory(specialisms=["Anxiety"])
    AppointmentFactory(therapist=ada, start=TEN)

    response = book(api(UserFactory()), ada, TEN)

    assert (response.status_code, response.json()["alternatives"]) == (409, EMPTY)


def test_a_refused_move_has_alternatives(api, ada, bea):
    AppointmentFactory(therapist=ada, start=TEN)
    mine = AppointmentFactory(therapist=ada, start=TEN + HOUR)
    url = f"{URL}/{mine.pk}/move"

    response = api(mine.client).post(url, {"start": TEN.isoformat()})

    assert (response.status_code, codes(response)) == (409, ["therapist_busy"])
    assert response.json()["alternatives"]["day"] == write(TEN - HOUR)
    mine.refresh_from_db()
    assert mine.start == TEN + HOUR


@pytest.mark.parametrize(
    ("body", "status"),
    [({"therapist_id": 0}, 400), ({"duration": 1}, 400), ({"client_id": 1}, 403)],
)
def test_other_refusals_have_none(api, ada, body, status):
    response = book(api(UserFactory()), ada, TEN, **body)

    assert response.status_code == status
    assert "alternatives" not in response.json()


def test_a_repeated_request_gets_the_same_alternatives(api, ada):
    taken = AppointmentFactory(therapist=ada, start=TEN)
    client = api(UserFactory())
    client.credentials(HTTP_IDEMPOTENCY_KEY="once")

    first = book(client, ada, TEN)
    AppointmentFactory(therapist=ada, start=TEN - HOUR)
    second = book(client, ada, TEN)

    assert second["Idempotent-Replayed"] == "true"
    assert first.content == second.content
    assert Appointment.objects.filter(therapist=ada).count() == 2
    assert taken.status == "booked"


def test_colleagues_share_a_specialism_and_three_are_enough(api, ada):
    colleagues = [make_therapist(f"Colleague {n}") for n in range(4)]
    other = make_therapist("Other")
    other.specialisms.set([SpecialismFactory(name="Sleep")])
    Therapist.objects.filter(pk=colleagues[0].pk).update(is_active=False)
    AppointmentFactory(therapist=ada, start=TEN)

    found = book(api(UserFactory()), ada, TEN).json()["alternatives"]["colleagues"]

    assert [slot["therapist"]["id"] for slot in found] == [c.pk for c in colleagues[1:]]


@pytest.mark.parametrize("colleagues", [0, 12])
def test_alternatives_take_a_fixed_number_of_statements(
    api, ada, colleagues, django_assert_max_num_queries
):
    for number in range(colleagues):
        make_therapist(f"Colleague {number}")
    AppointmentFactory(therapist=ada, start=TEN)
    client = api(UserFactory())

    with django_assert_max_num_queries(14):
        response = book(client, ada, TEN)

    assert response.status_code == 409
