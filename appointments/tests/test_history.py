"""Every change is recorded; test_history_visibility.py tests who sees which."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from accounts.tests.factories import UserFactory, make_staff
from appointments.models import Appointment
from appointments.tests import summarize
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    NOW,
    AppointmentFactory,
    booking_request,
    get_user,
)

pytestmark = pytest.mark.django_db

LATER = {"start": "2030-03-04T10:00:00Z"}
Event = Appointment.pgh_event_model
COLUMNS = {field.name for field in Appointment._meta.fields}


@pytest.mark.parametrize(
    ("operation", "before", "body", "what"),
    [
        ("move", {}, LATER, "moved"),
        ("cancel", {}, {}, "cancelled"),
        ("complete", {"start": NOW}, {}, "completed"),
        ("no_show", {"start": NOW}, {}, "no_show"),
        ("reopen", {"start": NOW - HOUR, "status": "completed"}, {}, "reopened"),
        ("book", {"available": True}, {"client_id": 0}, "booked"),
    ],
)
@pytest.mark.parametrize("role", ["therapist", "practice"])
def test_every_operation_is_recorded_with_its_user(
    operate, get_history, therapist, role, operation, before, body, what
):
    row = AppointmentFactory(therapist=therapist, **before)
    user = get_user(row, role)
    if operation == "reopen":
        make_staff(user)
    if "client_id" in body:
        known = AppointmentFactory(therapist=therapist).client
        body = {"client_id": known.pk}

    response = operate(user, operation, row, body, **{"X-Request-ID": "trace-7"})

    assert response.status_code == 200, response.data
    last = get_history(user, row)[-1]
    assert summarize(last) == (what, role, user.pk)
    assert last["request_id"] == "trace-7"
    assert len(last["server_request_id"]) == 32
    assert (
        last.items()
        >= {
            "status": response.json()["status"],
            "start": response.json()["start"],
            "end": response.json()["end"],
            "therapist_id": therapist.pk,
            "user": {"id": user.pk, "name": user.name, "email": user.email},
        }.items()
    )


@pytest.mark.parametrize(
    ("hold", "what"), [(False, "booked"), (True, "held")], ids=["to book", "to hold"]
)
def test_adding_is_recorded(add, get_history, therapist, hold, what):
    client = UserFactory()

    response = add(client, booking_request(therapist, hold=hold))

    assert response.status_code == 201
    row = Appointment.objects.get()
    for user in (client, therapist.user):
        assert [summarize(e) for e in get_history(user, row)] == [
            (what, "client", client.pk)
        ]


@pytest.mark.parametrize("role", ["therapist", "practice"])
def test_publishing_and_booking_are_recorded(add, get_history, therapist, role):
    user = therapist.user if role == "therapist" else UserFactory(staff=True)
    client = UserFactory()

    for person in (user, client):
        assert add(person, booking_request(therapist)).status_code == 201

    assert [summarize(e) for e in get_history(user, Appointment.objects.get())] == [
        ("available", role, user.pk),
        ("booked", "client", client.pk),
    ]


def test_a_request_id_is_generated_if_none_is_sent(operate, get_history, appointment):
    response = operate(appointment.client, "cancel", appointment)

    assert response["X-Request-ID"]
    last = get_history(appointment.therapist.user, appointment)[-1]
    assert last["request_id"] == response["X-Request-ID"]
    assert last["server_request_id"] == response["X-Request-ID"]


def test_every_column_is_recorded(operate, appointment):
    assert operate(appointment.client, "cancel", appointment).status_code == 200

    [event] = Event.objects.filter(pgh_label="update").values(*COLUMNS)

    assert event == Appointment.objects.values(*COLUMNS).get()


@pytest.mark.parametrize("request_refused", ["409", "422", "404"])
def test_a_refused_operation_is_not_recorded(
    operate, clock, appointment, stranger, request_refused
):
    clock.move_to(appointment.start - HOUR)
    user, operation = {
        "409": (appointment.therapist.user, "complete"),
        "422": (appointment.client, "cancel"),
        "404": (stranger, "cancel"),
    }[request_refused]

    response = operate(user, operation, appointment)

    assert response.status_code == int(request_refused)
    assert Event.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_raw_sql_is_recorded_without_a_user(operate, get_history):
    """Even on a connection on which the API has just named one."""
    appointment = AppointmentFactory(therapist__signs_in=True, start=FIRST_SESSION)
    assert operate(appointment.client, "move", appointment, LATER).status_code == 200

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE appointments_appointment SET start = start + interval '1 hour',"
            ' "end" = "end" + interval \'1 hour\','
            " busy_until = busy_until + interval '1 hour'"
        )
        cursor.execute("UPDATE appointments_appointment SET type = 'consultation'")

    entries = get_history(appointment.therapist.user, appointment)
    assert [summarize(e) for e in entries] == [
        ("booked", None, None),
        ("moved", "client", appointment.client_id),
        ("moved", None, None),
        ("changed", None, None),
    ]
    assert [e["request_id"] is None for e in entries] == [True, False, True, True]


def test_the_sweep_is_recorded(clock, get_history, clerk):
    held = AppointmentFactory(held=True, was_published=True)
    removed = AppointmentFactory(held=True)
    clock.move_to(NOW + HOUR)

    call_command("sweep")

    assert [summarize(e) for e in get_history(clerk, held)] == [
        ("held", None, None),
        ("available", None, None),
    ]
    events = Event.objects.filter(pgh_obj_id=removed.pk).order_by("pgh_id")
    assert [event.pgh_label for event in events] == ["insert", "delete"]


CHANGES = {
    "update by the ORM": lambda: Event.objects.update(status="booked"),
    "delete by the ORM": lambda: Event.objects.all().delete(),
    "save of one": lambda: Event.objects.get().save(),
    "delete of one": lambda: Event.objects.get().delete(),
    "update by SQL": lambda: _execute("UPDATE {} SET pgh_context = NULL"),
    "delete by SQL": lambda: _execute("DELETE FROM {}"),
}


def _execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql.format(Event._meta.db_table))


@pytest.mark.parametrize("change", CHANGES)
def test_the_history_cannot_be_changed(appointment, nothing_changes, change):
    refused = pytest.raises(DatabaseError, match="Cannot update or delete")

    with nothing_changes(), refused, transaction.atomic():
        CHANGES[change]()

    assert Event.objects.count() == 1
