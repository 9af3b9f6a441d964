"""Clients, as staff find, add and change them."""

import pytest

from accounts.models import SecurityEvent, User
from accounts.tests.factories import UserFactory, make_staff
from appointments.models import AppointmentRead
from appointments.tests.factories import AppointmentFactory
from booking.tests import is_replay, refusals
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/clients"


@pytest.fixture
def find(api, clerk):
    """Return the names of the clients that staff find."""

    def get(**query):
        response = api(clerk).get(URL, query)
        assert response.status_code == 200, response.data
        return [row["name"] for row in response.json()["results"]]

    return get


def test_clients_are_users_without_another_role_and_those_who_ever_had_an_appointment(
    find,
):
    TherapistFactory(user=UserFactory(name="A therapist"))
    UserFactory(name="Staff", staff=True)
    UserFactory(name="Root", is_staff=True, is_superuser=True, group="")
    UserFactory(name="Client")
    UserFactory(name="Deactivated", is_active=False)
    for name in ("Therapist and client", "Staff and client"):
        AppointmentFactory(client=UserFactory(name=name), cancelled=True)
    TherapistFactory(user=User.objects.get(name="Therapist and client"))
    make_staff(User.objects.get(name="Staff and client"))
    found = find()

    assert [name for name in found if not name.startswith("Person")] == [
        "Client",
        "Deactivated",
        "Staff and client",
        "Therapist and client",
    ]


def test_the_list_is_paged_by_name_and_repeats_nobody(api, clerk):
    for name in ("Cat", "Ann", "Ann", "Bob", ""):
        UserFactory(name=name)

    page, names, previous = api(clerk).get(URL, {"page_size": 2}).json(), [], None
    while True:
        names += [row["name"] for row in page["results"]]
        if page["next"] is None:
            break
        page = api(clerk).get(page["next"]).json()
        previous = api(clerk).get(page["previous"]).json()

    assert names == ["", "Ann", "Ann", "Bob", "Cat"]
    assert [row["name"] for row in previous["results"]] == ["Ann", "Bob"]


@pytest.mark.parametrize(
    "search",
    ["moss", "KIT mo", "kit@EX", "020 7946 0018", "+44 20 7946", "7946", "(0)20 7946"],
)
def test_a_client_is_found_by_part_of_name_address_or_phone(find, search):
    UserFactory(name="Kit Moss", email="kit@example.net", phone="+442079460018")
    UserFactory(name="Lee Marsh", email="lee@example.net", phone="+4915112345678")

    assert find(search=search) == ["Kit Moss"]


@pytest.mark.parametrize("search", ["nobody of this name", "0000", "999 999", "\x00"])
def test_a_search_that_matches_nobody_finds_nobody(api, clerk, search):
    UserFactory(phone="+442079460018")

    response = api(clerk).get(URL, {"search": search})

    assert response.status_code in (200, 400)
    assert response.status_code == 400 or response.json()["results"] == []


def test_a_client_on_the_phone_is_added_without_an_address(api, clerk):
    body = {"name": "Kit Moss", "phone": "+44 20 7946 0018"}

    response = api(clerk).post(URL, body)

    assert response.status_code == 201, response.data
    client = User.objects.get(name="Kit Moss")
    assert response.json() == {
        "id": client.pk,
        "is_active": True,
        "date_joined": response.json()["date_joined"],
        "email_bounced_at": None,
        "name": "Kit Moss",
        "email": None,
        "phone": "+442079460018",
        "time_zone": "UTC",
        "language": "en",
    }
    assert not client.has_usable_password()
    assert not client.is_staff
    assert api(clerk).get(f"{URL}/{client.pk}").json() == response.json()


def test_two_clients_may_lack_an_address_and_be_booked(api, clerk, therapist):
    for name in ("Kit", "Lee"):
        added = api(clerk).post(URL, {"name": name, "email": None})
        assert added.status_code == 201, added.data

    booked = AppointmentFactory(
        therapist=therapist, client=User.objects.get(name="Lee")
    )
    shown = api(therapist.user).get(f"/api/v1/appointments/{booked.pk}").json()

    assert shown["client"] == {
        "id": booked.client_id,
        "name": "Lee",
        "email": None,
        "phone": None,
    }


def test_a_repeated_request_adds_one_client(api, clerk):
    headers = {"Idempotency-Key": "once"}
    first = api(clerk).post(URL, {"name": "Kit"}, headers=headers)
    second = api(clerk).post(URL, {"name": "Kit"}, headers=headers)

    assert is_replay(second, of=first)
    assert User.objects.filter(name="Kit").count() == 1


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({}, [("name", "required")]),
        ({"name": " "}, [("name", "blank")]),
        ({"name": "Kit", "email": "x"}, [("email", "invalid")]),
        ({"name": "Kit", "email": ""}, [("email", "blank")]),
        ({"name": "Kit", "email": "TAKEN@example.com"}, [("email", "unique")]),
        ({"name": "Kit", "phone": "12"}, [("phone", "invalid")]),
        ({"name": "Kit", "time_zone": "Mars"}, [("time_zone", "unknown_time_zone")]),
        ({"name": "Kit", "is_staff": True}, [("is_staff", "unknown_field")]),
        ({"name": "Kit", "password": "x"}, [("password", "unknown_field")]),
        ({"name": "Kit", "is_active": False}, [("is_active", "unknown_field")]),
    ],
)
def test_a_client_who_cannot_be_is_refused_and_nothing_changes(
    api, clerk, nothing_changes, body, refused
):
    UserFactory(email="taken@example.com")

    with nothing_changes():
        response = api(clerk).post(URL, body)

    assert (response.status_code, refusals(response)) == (400, refused)


def test_staff_change_a_client_and_the_log_names_them(api, clerk):
    client = UserFactory(name="Kit", email=None)

    response = api(clerk).patch(
        f"{URL}/{client.pk}", {"email": "Kit@Example.com", "phone": "+442079460018"}
    )

    assert response.status_code == 200, response.data
    client.refresh_from_db()
    assert (client.email, client.phone) == ("kit@example.com", "+442079460018")
    event = SecurityEvent.objects.get(kind="address_changed")
    assert (event.account_id, event.user_id) == (client.pk, clerk.pk)


def test_the_address_of_a_client_cannot_be_taken_away(api, clerk):
    client = UserFactory()

    response = api(clerk).patch(f"{URL}/{client.pk}", {"email": None})

    assert (response.status_code, refusals(response)) == (
        400,
        [("email", "address_kept")],
    )


@pytest.mark.parametrize("kind", ["therapist", "staff"])
def test_the_front_desk_sees_a_therapist_who_is_a_client_and_does_not_change_them(
    api, clerk, kind
):
    person = UserFactory()
    AppointmentFactory(client=person)
    if kind == "staff":
        make_staff(person)
    else:
        TherapistFactory(user=person)

    shown = api(clerk).get(f"{URL}/{person.pk}")
    changed = api(clerk).patch(f"{URL}/{person.pk}", {"email": "mine@example.com"})

    assert (shown.status_code, changed.status_code) == (200, 403)
    assert User.objects.get(pk=person.pk).email == person.email


def test_who_saw_which_client_is_logged(api, clerk):
    kit, lee = UserFactory(name="Kit"), UserFactory(name="Lee")

    api(clerk).get(URL)
    api(clerk).get(f"{URL}/{kit.pk}")

    reads = AppointmentRead.objects.order_by("id").values_list("user_id", "client_id")
    assert sorted(reads[:2]) == [(clerk.pk, kit.pk), (clerk.pk, lee.pk)]
    assert list(reads[2:]) == [(clerk.pk, kit.pk)]


def test_a_list_takes_the_same_number_of_statements_for_any_number_of_clients(
    api, clerk, django_assert_max_num_queries
):
    UserFactory.create_batch(5)
    # The first request reads the clerk's permissions.
    api(clerk).get(URL)
    with django_assert_max_num_queries(2) as few:
        api(clerk).get(URL)
    UserFactory.create_batch(20)

    with django_assert_max_num_queries(len(few)):
        assert len(api(clerk).get(URL).json()["results"]) == 25
