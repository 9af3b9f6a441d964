"""Staff move an appointment in the admin, and correct its client, type and duration."""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.models.statuses import Status
from appointments.tests.admin import change, get_form, get_url, load
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    NOW,
    AppointmentFactory,
)
from booking.tests.admin import form_codes
from therapists.models import Therapist
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def test_an_appointment_moves_within_its_own_time(staff):
    appointment = AppointmentFactory(start=FIRST_SESSION)

    response = change(staff, appointment, start_1="09:30")

    assert response.status_code == 302, form_codes(response)
    appointment.refresh_from_db()
    assert appointment.start == FIRST_SESSION + HOUR / 2
    assert appointment.end == FIRST_SESSION + 1.5 * HOUR
    assert appointment.busy_until == appointment.end


def test_an_appointment_moves_to_another_therapist_with_another_duration(staff):
    appointment = AppointmentFactory(therapist__break_minutes=10, start=FIRST_SESSION)
    therapist = TherapistFactory(break_minutes=20)
    changes = {"therapist": therapist.pk, "start_1": "11:00", "duration": 90}

    response = change(staff, appointment, **changes)

    assert response.status_code == 302, form_codes(response)
    appointment.refresh_from_db()
    assert appointment.therapist == therapist
    assert appointment.start == FIRST_SESSION + 2 * HOUR
    assert appointment.end == FIRST_SESSION + 3.5 * HOUR
    assert appointment.busy_until == appointment.end + 20 * MINUTE


def test_an_appointment_keeps_the_break_that_it_was_made_with(staff):
    appointment = AppointmentFactory(start=FIRST_SESSION)
    Therapist.objects.update(break_minutes=30)

    change(staff, appointment, duration=90)

    appointment.refresh_from_db()
    assert appointment.busy_until == appointment.end == FIRST_SESSION + 1.5 * HOUR


@pytest.mark.parametrize(
    ("changes", "overridden"),
    [
        pytest.param(
            {"start_1": "16:10"}, ["outside_working_hours", "off_grid"], id="moved"
        ),
        pytest.param({"duration": 50}, ["wrong_duration"], id="shortened"),
        pytest.param({"type": "consultation"}, ["type_not_offered"], id="type"),
        pytest.param(
            {"start_1": "20:00", "type": "consultation"},
            ["type_not_offered", "outside_working_hours"],
            id="moved and type",
        ),
        pytest.param({"start_1": "11:00"}, [], id="back within the rules"),
    ],
)
def test_the_rules_that_staff_override_are_recorded(
    staff, therapist_with_hours, changes, overridden
):
    appointment = AppointmentFactory(
        therapist=therapist_with_hours,
        start=FIRST_SESSION,
        overridden=["practice_closed"],
    )

    response = change(staff, appointment, **changes)

    assert response.status_code == 302, form_codes(response)
    appointment.refresh_from_db()
    assert appointment.overridden == overridden


def test_a_started_appointment_can_be_corrected_and_completed_but_not_moved(staff):
    appointment = AppointmentFactory(start=NOW - HOUR)
    client = UserFactory()

    earlier = change(staff, appointment, start_1="06:00")
    later = change(staff, appointment, start_0="2030-01-08")
    corrected = change(
        staff,
        appointment,
        client=client.pk,
        type="consultation",
        duration=90,
        status="completed",
    )

    assert form_codes(earlier) == {"start": ["in_the_past"]}
    assert form_codes(later) == {"start": ["already_started"]}
    assert corrected.status_code == 302, form_codes(corrected)
    appointment.refresh_from_db()
    assert (appointment.client, appointment.type) == (client, "consultation")
    assert appointment.end - appointment.start == 1.5 * HOUR
    assert appointment.status == Status.COMPLETED


def test_saving_without_changes_changes_nothing(staff):
    appointment = AppointmentFactory(start=FIRST_SESSION)
    before = Appointment.objects.values().get()

    response = change(staff, appointment)

    assert response.status_code == 302, form_codes(response)
    assert Appointment.objects.values().get() == before
    assert appointment.history.count() == 1


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"client": ""}, {"client": ["required"]}),
        ({"client": "the therapist"}, {"client": ["own_therapist"]}),
        ({"client": "inactive"}, {"client": ["does_not_exist"]}),
        ({"client": "busy"}, {"client": ["client_busy"]}),
        ({"duration": 121}, {"start": ["therapist_busy"]}),
        ({"start_1": "10:30"}, {"start": ["therapist_busy"]}),
        ({"therapist": "the client"}, {"therapist": ["own_therapist"]}),
    ],
)
def test_a_refused_change_is_an_error_at_its_field(
    staff, nothing_changes, therapist, changes, refused
):
    """The therapist has another appointment at eleven, and its client one at nine."""
    appointment = AppointmentFactory(therapist=therapist, start=FIRST_SESSION)
    other = AppointmentFactory(therapist=therapist, start=FIRST_SESSION + 2 * HOUR)
    AppointmentFactory(client=other.client, start=FIRST_SESSION)
    people = {
        "the therapist": therapist.user,
        "inactive": UserFactory(is_active=False),
        "busy": other.client,
        "the client": TherapistFactory(user=appointment.client),
    }
    for field in {"client", "therapist"} & changes.keys():
        if changes[field]:
            changes = changes | {field: people[changes[field]].pk}

    with nothing_changes():
        response = change(staff, appointment, **changes)

    assert response.status_code == 200
    assert form_codes(response) == refused


def test_one_refused_operation_undoes_the_others(staff, nothing_changes):
    appointment = AppointmentFactory(start=FIRST_SESSION)
    changes = {"start_1": "15:00", "type": "consultation", "status": "completed"}

    with nothing_changes():
        response = change(staff, appointment, **changes)

    assert response.status_code == 200
    assert form_codes(response) == {"status": ["not_started"]}


@pytest.mark.parametrize(
    ("status", "editable"),
    [
        (Status.AVAILABLE, {"client", "status", "cancellation_reason"}),
        (Status.HELD, {"status", "cancellation_reason"}),
        (Status.COMPLETED, {"status"}),
        (Status.NO_SHOW, {"status"}),
        (Status.CANCELLED, {"status"}),
    ],
)
def test_fields_that_no_operation_changes_are_disabled_and_ignored(
    staff, status, editable
):
    client = {"client": None} if status == Status.AVAILABLE else {}
    appointment = AppointmentFactory(status=status, start=NOW - HOUR, **client)
    before = Appointment.objects.values().get()
    fields = get_form(staff, appointment).fields
    forged = {
        "therapist": TherapistFactory().pk,
        "type": "consultation",
        "start_0": "2030-01-08",
        "start_1": "10:00",
        "duration": 90,
    }

    response = change(staff, appointment, **forged)

    assert {name for name in fields if not fields[name].disabled} - {"seen"} == editable
    assert response.status_code == 302, form_codes(response)
    assert Appointment.objects.values().get() == before


def test_an_expired_hold_is_not_in_the_way(staff, clerk, clock):
    booked = AppointmentFactory(start=FIRST_SESSION + 3 * HOUR)
    AppointmentFactory(held=True, therapist=booked.therapist, start=FIRST_SESSION)
    clock.move_to(NOW + HOUR)
    staff.force_login(clerk)

    response = change(staff, booked, start_1="09:00")

    assert response.status_code == 302, form_codes(response)
    assert Appointment.objects.get().start == FIRST_SESSION


def test_a_client_who_was_deactivated_stays_the_client(staff):
    appointment = AppointmentFactory(start=FIRST_SESSION, client__is_active=False)
    form = load(staff, appointment)

    response = staff.post(get_url(appointment), form | {"type": "consultation"})

    assert response.status_code == 302, form_codes(response)
    appointment.refresh_from_db()
    assert appointment.type == "consultation"
