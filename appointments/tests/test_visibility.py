"""Which appointments each role sees, in the list and one by one."""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.factories import NOW, AppointmentFactory
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"
ALIASES = ["/get_appointments", "/api/v1/get_appointments/"]


@pytest.fixture
def diary():
    """A diary with an appointment of every kind, and the diaries of others."""
    therapist = TherapistFactory(signs_in=True)
    client = UserFactory()
    of_both = {"therapist": therapist, "client": client}
    past = NOW - timedelta(days=2)
    rows = {
        "own": AppointmentFactory(**of_both),
        "own past": AppointmentFactory(**of_both, start=past, status="completed"),
        "own cancelled": AppointmentFactory(**of_both, cancelled=True),
        "own elsewhere": AppointmentFactory(client=client),
        "own with inactive": AppointmentFactory(
            client=client, therapist__is_active=False
        ),
        "of another": AppointmentFactory(therapist=therapist),
        "cancelled of another": AppointmentFactory(therapist=therapist, cancelled=True),
        "withdrawn": AppointmentFactory(
            therapist=therapist, client=None, cancelled=True
        ),
        "available": AppointmentFactory(therapist=therapist, available=True),
        "available past": AppointmentFactory(
            therapist=therapist, available=True, start=past - timedelta(days=1)
        ),
        "available elsewhere": AppointmentFactory(available=True),
        "available with inactive": AppointmentFactory(
            available=True, therapist__is_active=False
        ),
        "strangers": AppointmentFactory(),
    }
    return therapist, client, rows


def get_visible(api, user, rows):
    """Return the names of the rows that the user sees.

    The list, its original routes and the single routes must agree.
    """
    names = {row.pk: name for name, row in rows.items()}
    listed = [row["id"] for row in api(user).get(URL).json()["results"]]
    for alias in ALIASES:
        assert [r["id"] for r in api(user).get(alias).json()["results"]] == listed
    one_by_one = {id for id in names if api(user).get(f"{URL}/{id}").status_code == 200}
    assert one_by_one == set(listed)
    assert len(listed) == len(set(listed))
    return {names[id] for id in listed}


OWN = {"own", "own past", "own cancelled", "own elsewhere", "own with inactive"}


def test_a_client_sees_their_own_and_bookable_appointments(api, diary):
    _, client, rows = diary

    assert get_visible(api, client, rows) == OWN | {"available", "available elsewhere"}


def test_another_client_sees_only_bookable_appointments(api, diary):
    _, _, rows = diary

    assert get_visible(api, UserFactory(), rows) == {"available", "available elsewhere"}


def test_a_therapist_sees_their_own_diary(api, diary):
    therapist, _, rows = diary

    assert get_visible(api, therapist.user, rows) == {
        "own",
        "own past",
        "own cancelled",
        "of another",
        "cancelled of another",
        "withdrawn",
        "available",
        "available past",
    }


def test_a_therapist_also_sees_appointments_as_a_client(api, diary):
    _, _, rows = diary
    user = TherapistFactory(signs_in=True).user
    rows["as client"] = AppointmentFactory(client=user)

    assert get_visible(api, user, rows) == {"as client"}


def test_an_inactive_therapist_sees_what_a_client_sees(api, diary):
    therapist, _, rows = diary
    therapist.is_active = False
    therapist.save()

    assert get_visible(api, therapist.user, rows) == {"available elsewhere"}


def test_staff_see_every_appointment(api, diary):
    _, _, rows = diary

    assert get_visible(api, UserFactory(staff=True), rows) == rows.keys()


def test_a_client_who_became_the_therapist_sees_each_appointment_once(api, diary):
    _, client, rows = diary
    therapist = rows["own elsewhere"].therapist
    therapist.user = client
    therapist.save()

    assert get_visible(api, client, rows) == OWN


def test_a_hidden_appointment_looks_like_a_missing_one(api, diary):
    _, _, rows = diary
    client = UserFactory()

    hidden = api(client).get(f"{URL}/{rows['own'].pk}")
    missing = api(client).get(f"{URL}/{10**12}")

    assert hidden.status_code == missing.status_code == 404
    assert hidden.content == missing.content


@pytest.mark.parametrize("id", ["0", "-1", "x", "9" * 19, "9" * 20, "9" * 5000, "1.0"])
def test_an_impossible_id_is_not_found(api, id):
    response = api(UserFactory()).get(f"{URL}/{id}")

    assert response.status_code == 404
    assert response.json()["errors"][0]["code"] == "not_found"


def test_the_client_the_therapist_and_staff_see_who_the_client_is(api, diary):
    therapist, client, rows = diary
    shown = ("id", "name", "email", "phone")
    expected = {name: getattr(client, name) for name in shown}

    for user in (client, therapist.user, UserFactory(staff=True)):
        one = api(user).get(f"{URL}/{rows['own'].pk}")
        assert one.json()["client"] == expected
        listed = {row["id"]: row for row in api(user).get(URL).json()["results"]}
        assert listed[rows["own"].pk]["client"] == expected
        assert listed[rows["available"].pk]["client"] is None


@pytest.mark.parametrize(
    "query", ["status=booked", "status=cancelled", "therapist_id={id}", "type=one-off"]
)
def test_no_filter_reveals_a_hidden_appointment(api, diary, query):
    therapist, _, rows = diary
    user = UserFactory()

    listed = api(user).get(f"{URL}?{query.format(id=therapist.pk)}").json()["results"]

    assert {row["status"] for row in listed} <= {"available"}
    assert Appointment.objects.count() == len(rows)


def test_an_available_appointment_disappears_when_it_starts(api, clock):
    row = AppointmentFactory(available=True, start=NOW + timedelta(minutes=1))
    user = UserFactory()
    assert api(user).get(f"{URL}/{row.pk}").status_code == 200

    clock.shift(60)

    assert api(user).get(f"{URL}/{row.pk}").status_code == 404
    assert api(user).get(URL).json()["results"] == []


@pytest.mark.parametrize("url", [URL, f"{URL}/1", *ALIASES])
def test_appointments_require_a_signed_in_user(api, url):
    response = api().get(url)

    assert response.status_code == 401
    assert response.json()["errors"][0]["code"] == "not_authenticated"
