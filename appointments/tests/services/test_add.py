from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.models.statuses import Status
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    NOW,
    AppointmentFactory,
    booking_request,
)
from booking.tests import codes, refusals
from therapists.tests.factories import OfferingFactory, TherapistFactory

pytestmark = pytest.mark.django_db


def only_appointment():
    return Appointment.objects.get()


def test_books_the_period_for_the_signed_in_client(add, therapist):
    client = UserFactory()

    response = add(client, booking_request(therapist))

    assert response.status_code == 201, response.data
    appointment = only_appointment()
    assert appointment.client == client
    assert appointment.therapist == therapist
    assert appointment.status == Status.BOOKED
    assert (appointment.start, appointment.end) == (FIRST_SESSION, FIRST_SESSION + HOUR)
    assert appointment.busy_until == appointment.end


def test_answers_as_the_list_does(add, api):
    therapist = TherapistFactory(name="Ada", specialisms=["Sleep", "Anxiety"])
    client = UserFactory(name="Bob", email="bob@example.com")

    response = add(client, booking_request(therapist))

    told = dict(response.json())
    assert told.pop("created_at") == told.pop("updated_at")
    assert told == {
        "id": only_appointment().pk,
        "start": "2030-01-07T09:00:00Z",
        "end": "2030-01-07T10:00:00Z",
        "duration": 60,
        "type": "one-off",
        "status": "booked",
        "therapist": {
            "id": therapist.pk,
            "name": "Ada",
            "specialisms": ["Anxiety", "Sleep"],
        },
        "client": {"id": client.pk, "name": "Bob", "email": "bob@example.com"},
        "hold_expires_at": None,
        "cancelled_by": None,
        "cancelled_at": None,
        "cancellation_reason": None,
        "cancelled_late": False,
        "series": None,
        "overridden": [],
    }
    one = api(client).get(f"/api/v1/appointments/{told['id']}")
    assert one.json() == response.json()
    assert api(client).get("/get_appointments").json()["results"] == [one.json()]


@pytest.mark.parametrize("who", ["staff", "therapist"])
def test_without_a_client_staff_and_the_therapist_publish(add, therapist, who):
    user = therapist.user if who == "therapist" else UserFactory(staff=True)

    response = add(user, booking_request(therapist))

    assert response.status_code == 201
    assert response.data["client"] is None
    assert (only_appointment().status, only_appointment().client) == ("available", None)


def test_staff_book_for_anyone(add, therapist):
    client = UserFactory()

    response = add(
        UserFactory(staff=True), booking_request(therapist, client_id=client.pk)
    )

    assert response.status_code == 201
    assert response.data["client"]["id"] == client.pk
    assert (only_appointment().status, only_appointment().client) == ("booked", client)


@pytest.mark.parametrize("status", ["booked", "completed", "no_show", "cancelled"])
def test_a_therapist_books_for_who_is_or_was_their_client(add, therapist, status):
    client = AppointmentFactory(therapist=therapist, status=status).client

    response = add(
        therapist.user,
        booking_request(therapist, client_id=client.pk, start="2030-06-06T10:00Z"),
    )

    assert response.status_code == 201
    assert response.data["client"]["id"] == client.pk


def test_whom_a_therapist_does_not_know_looks_like_nobody(
    add, therapist, nothing_changes
):
    stranger = AppointmentFactory().client
    gone = AppointmentFactory(therapist=therapist, client__is_active=False).client

    with nothing_changes():
        responses = [
            add(therapist.user, booking_request(therapist, client_id=id))
            for id in (stranger.pk, gone.pk, 10**12)
        ]

    assert [r.status_code for r in responses] == [400] * 3
    assert len({r.content for r in responses}) == 1
    assert refusals(responses[0]) == [("client_id", "does_not_exist")]


def test_staff_cannot_name_who_does_not_exist(add, therapist, nothing_changes):
    gone, staff = UserFactory(is_active=False), UserFactory(staff=True)

    with nothing_changes():
        responses = [
            add(staff, booking_request(therapist, client_id=id))
            for id in (gone.pk, 10**12)
        ]

    assert [r.status_code for r in responses] == [400, 400]
    assert refusals(responses[0]) == [("client_id", "does_not_exist")]


@pytest.mark.parametrize("who", ["staff", "therapist"])
def test_nobody_is_client_and_therapist_of_one_appointment(
    add, therapist, nothing_changes, who
):
    user = therapist.user if who == "therapist" else UserFactory(staff=True)

    with nothing_changes():
        response = add(user, booking_request(therapist, client_id=therapist.user.pk))

    assert response.status_code == 400
    assert refusals(response) == [("client_id", "own_therapist")]


def test_a_therapist_books_a_colleague_for_themselves(add, therapist):
    user = TherapistFactory(signs_in=True).user

    response = add(user, booking_request(therapist))

    assert response.status_code == 201
    assert (only_appointment().status, only_appointment().client) == ("booked", user)


@pytest.mark.parametrize("who", ["client", "colleague"])
def test_only_who_manages_a_diary_names_clients_in_it(
    add, therapist, nothing_changes, who
):
    known = AppointmentFactory(therapist=therapist).client
    colleague = TherapistFactory(signs_in=True).user
    user = known if who == "client" else colleague

    with nothing_changes():
        response = add(user, booking_request(therapist, client_id=known.pk))

    assert response.status_code == 403
    assert codes(response) == ["permission_denied"]


def test_an_inactive_therapist_is_hidden_however_one_asks(api, nothing_changes):
    gone, client = TherapistFactory(is_active=False), UserFactory()
    wishes = [
        booking_request(gone),
        booking_request(gone, client_id=client.pk),
        booking_request(gone, therapist_id=10**12),
        booking_request(gone, therapist_id=10**12, client_id=client.pk),
    ]

    with nothing_changes():
        responses = [api(client).post("/api/v1/appointments", w) for w in wishes]

    assert [r.status_code for r in responses] == [400] * 4
    assert len({r.content for r in responses}) == 1
    assert refusals(responses[0]) == [("therapist_id", "does_not_exist")]


@pytest.mark.parametrize("who", ["staff", "therapist"])
def test_staff_and_the_therapist_fill_an_inactive_diary(add, who):
    gone = TherapistFactory(is_active=False, signs_in=True)
    user = gone.user if who == "therapist" else UserFactory(staff=True)

    assert add(user, booking_request(gone)).status_code == 201


def test_null_is_no_client(api, therapist):
    response = api(UserFactory()).post(
        "/api/v1/appointments", booking_request(therapist, client_id=None)
    )

    assert response.status_code == 201


@pytest.mark.parametrize("type", ["one-off", "consultation"])
@pytest.mark.parametrize("duration", [5, 60, 480])
def test_without_offerings_every_type_and_duration_is_taken(
    add, therapist, type, duration
):
    response = add(
        UserFactory(), booking_request(therapist, type=type, duration=duration)
    )

    assert response.status_code == 201
    assert response.data["duration"] == duration
    assert only_appointment().end - only_appointment().start == timedelta(
        minutes=duration
    )


@pytest.mark.parametrize(
    ("offset", "status"),
    [
        pytest.param(-HOUR - timedelta(minutes=15), 201, id="its break ends in time"),
        pytest.param(-HOUR, 409, id="its break would overlap"),
        pytest.param(-HOUR / 2, 409, id="overlaps the start"),
        pytest.param(timedelta(), 409, id="the same time"),
        pytest.param(HOUR / 2, 409, id="overlaps the end"),
        pytest.param(HOUR, 409, id="within the break"),
        pytest.param(HOUR + timedelta(minutes=15), 201, id="after the break"),
    ],
)
def test_a_therapist_is_busy_until_the_break_is_over(add, offset, status):
    taken = AppointmentFactory(therapist__break_minutes=15, start=FIRST_SESSION)
    start = FIRST_SESSION + offset

    response = add(
        UserFactory(), booking_request(taken.therapist, start=start.isoformat())
    )

    assert response.status_code == status
    assert Appointment.objects.count() == 1 + (status == 201)


@pytest.mark.parametrize(
    ("offset", "status"), [(-HOUR, 201), (-HOUR / 2, 409), (HOUR / 2, 409), (HOUR, 201)]
)
def test_a_client_is_in_one_place_at_a_time(add, therapist, offset, status):
    taken = AppointmentFactory(start=FIRST_SESSION)
    start = FIRST_SESSION + offset

    response = add(taken.client, booking_request(therapist, start=start.isoformat()))

    assert response.status_code == status
    if status == 409:
        assert refusals(response) == [(None, "client_busy")]


def test_a_cancelled_appointment_leaves_its_time_free(add):
    cancelled = AppointmentFactory(start=FIRST_SESSION, cancelled=True)

    response = add(cancelled.client, booking_request(cancelled.therapist))

    assert response.status_code == 201


@pytest.mark.parametrize(
    "occupied",
    [
        {},
        {"available": True, "type": "consultation"},
        {"status": "held"},
        {"status": "completed"},
        {"status": "no_show"},
        {"start": FIRST_SESSION + HOUR / 2},
        {"end": FIRST_SESSION + 3 * HOUR},
        {"therapist__break_minutes": 30, "start": FIRST_SESSION - HOUR},
    ],
)
def test_a_conflict_says_the_same_whatever_is_in_the_way(
    add, nothing_changes, occupied
):
    taken = AppointmentFactory(**{"start": FIRST_SESSION} | occupied)
    client = UserFactory()

    with nothing_changes():
        response = add(client, booking_request(taken.therapist))

    assert response.status_code == 409
    assert response.json() == {
        "type": "client_error",
        "errors": [
            {
                "code": "therapist_busy",
                "detail": response.json()["errors"][0]["detail"],
                "attr": None,
            }
        ],
    }
    assert not any(c.isdigit() for c in response.json()["errors"][0]["detail"])


@pytest.mark.parametrize("who", ["staff", "therapist"])
def test_conflicts_bind_everyone(add, therapist, nothing_changes, who):
    AppointmentFactory(therapist=therapist, start=FIRST_SESSION)
    user = therapist.user if who == "therapist" else UserFactory(staff=True)

    with nothing_changes():
        response = add(user, booking_request(therapist))

    assert response.status_code == 409
    assert codes(response) == ["therapist_busy"]


@pytest.fixture
def strict():
    """A therapist against whose every rule one booking_request can be."""
    therapist = TherapistFactory(
        signs_in=True, notice_hours=24 * 60, horizon_days=30, break_minutes=10
    )
    OfferingFactory(therapist=therapist, type="consultation", duration=20)
    return therapist


def test_every_rule_that_refuses_is_told_at_once(add, strict, nothing_changes):
    client = UserFactory()

    with nothing_changes():
        response = add(client, booking_request(strict))

    assert response.status_code == 422
    assert refusals(response) == [
        (None, "too_far"),
        (None, "too_soon"),
        (None, "type_not_offered"),
    ]


def test_an_offered_type_has_its_duration(add, strict, nothing_changes):
    client = UserFactory()

    with nothing_changes():
        response = add(
            client, booking_request(strict, type="consultation", duration=25)
        )

    assert response.status_code == 422
    assert codes(response) == ["too_far", "too_soon", "wrong_duration"]


@pytest.mark.parametrize("who", ["staff", "therapist"])
def test_the_rules_do_not_bind_staff_and_the_therapist(add, strict, who):
    user = strict.user if who == "therapist" else UserFactory(staff=True)

    assert add(user, booking_request(strict)).status_code == 201
    assert only_appointment().busy_until - only_appointment().end == timedelta(
        minutes=10
    )


@pytest.mark.parametrize(
    ("rule", "start", "status"),
    [
        ({"notice_hours": 24}, NOW + timedelta(hours=24, minutes=1), 201),
        ({"notice_hours": 24}, NOW + timedelta(hours=24), 422),
        ({"horizon_days": 10}, NOW + timedelta(days=10), 201),
        ({"horizon_days": 10}, NOW + timedelta(days=10, minutes=1), 422),
    ],
)
def test_notice_and_horizon_end_where_they_say(add, rule, start, status):
    therapist = TherapistFactory(**rule)

    response = add(UserFactory(), booking_request(therapist, start=start.isoformat()))

    assert response.status_code == status


def test_a_refusing_rule_hides_whether_the_time_is_free(add, strict, nothing_changes):
    AppointmentFactory(therapist=strict, start=FIRST_SESSION)
    client = UserFactory()

    with nothing_changes():
        response = add(client, booking_request(strict))

    assert response.status_code == 422


def test_a_wish_that_equals_an_available_appointment_takes_it(add):
    published = AppointmentFactory(available=True, start=FIRST_SESSION)
    client = UserFactory()

    response = add(client, booking_request(published.therapist))

    assert response.status_code == 201
    assert response.data["id"] == published.pk
    taken = only_appointment()
    assert (taken.status, taken.client) == ("booked", client)
    assert taken.created_at == published.created_at
    assert taken.updated_at > published.updated_at


@pytest.mark.parametrize(
    "changes",
    [
        {"duration": 30},
        {"type": "consultation"},
        {"start": (FIRST_SESSION + HOUR / 2).isoformat()},
    ],
)
def test_a_wish_that_differs_from_an_available_one_is_a_conflict(
    add, nothing_changes, changes
):
    published = AppointmentFactory(available=True, start=FIRST_SESSION)
    client = UserFactory()

    with nothing_changes():
        response = add(client, booking_request(published.therapist, **changes))

    assert response.status_code == 409


def test_who_is_busy_elsewhere_does_not_take(add, nothing_changes):
    published = AppointmentFactory(available=True, start=FIRST_SESSION)
    client = AppointmentFactory(start=FIRST_SESSION).client

    with nothing_changes():
        response = add(client, booking_request(published.therapist))

    assert response.status_code == 409
    assert codes(response) == ["client_busy"]


def test_taking_keeps_the_break_that_was_published(add):
    published = AppointmentFactory(available=True, start=FIRST_SESSION)
    published.therapist.break_minutes = 30
    published.therapist.save()

    add(UserFactory(), booking_request(published.therapist))

    assert only_appointment().busy_until == published.end


def test_what_was_published_may_be_taken_whatever_the_rules(add):
    published = AppointmentFactory(
        available=True, start=FIRST_SESSION, therapist__notice_hours=24 * 60
    )

    response = add(UserFactory(), booking_request(published.therapist))

    assert response.status_code == 201
    assert response.json()["id"] == published.pk


def test_adding_twice_is_a_conflict_the_second_time(add, therapist, nothing_changes):
    client = UserFactory()
    add(client, booking_request(therapist))

    with nothing_changes():
        response = add(client, booking_request(therapist))

    assert response.status_code == 409
