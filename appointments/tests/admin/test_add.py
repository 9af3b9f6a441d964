"""Staff add an appointment in the admin."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.models.statuses import Status
from appointments.tests.admin import ADD, new_form
from appointments.tests.factories import FIRST_SESSION, AppointmentFactory
from appointments.tests.races.locks import block
from booking.tests.admin import form_codes
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db


def test_staff_book_for_a_client_by_start_and_minutes(staff):
    therapist, client = TherapistFactory(break_minutes=15), UserFactory()

    response = staff.post(ADD, new_form(therapist, client, duration=50))

    assert response.status_code == 302, form_codes(response)
    booked = Appointment.objects.get()
    assert (booked.therapist, booked.client) == (therapist, client)
    assert booked.status == Status.BOOKED
    assert booked.start == FIRST_SESSION
    assert booked.end == FIRST_SESSION + timedelta(minutes=50)
    assert booked.busy_until == FIRST_SESSION + timedelta(minutes=65)
    assert booked.overridden == []


def test_staff_publish_an_available_appointment(staff):
    response = staff.post(ADD, new_form())

    assert response.status_code == 302, form_codes(response)
    published = Appointment.objects.get()
    assert published.status == Status.AVAILABLE
    assert published.was_published


@pytest.mark.parametrize("has_client", [True, False])
def test_the_rules_that_staff_override_are_recorded(
    staff, therapist_with_hours, has_client
):
    therapist_with_hours.is_active = False
    therapist_with_hours.save()
    client = UserFactory() if has_client else None

    response = staff.post(
        ADD, new_form(therapist_with_hours, client, start_1="09:10", duration=50)
    )

    assert response.status_code == 302, form_codes(response)
    assert Appointment.objects.get().overridden == [
        "therapist_inactive",
        "wrong_duration",
        "off_grid",
    ]


def test_an_overlap_for_the_therapist_is_an_error_at_the_start(staff):
    existing = AppointmentFactory(start=FIRST_SESSION)

    response = staff.post(ADD, new_form(existing.therapist, start_1="09:59"))

    assert response.status_code == 200
    assert form_codes(response) == {"start": ["therapist_busy"]}
    assert Appointment.objects.get() == existing


def test_the_break_after_another_appointment_is_an_overlap(staff):
    therapist = TherapistFactory(break_minutes=15)
    AppointmentFactory(therapist=therapist, start=FIRST_SESSION)

    during = staff.post(ADD, new_form(therapist, start_1="10:14"))
    after = staff.post(ADD, new_form(therapist, start_1="10:15"))

    assert form_codes(during) == {"start": ["therapist_busy"]}
    assert after.status_code == 302


def test_an_overlap_for_the_client_is_an_error_at_the_client(staff):
    existing = AppointmentFactory(start=FIRST_SESSION)

    response = staff.post(ADD, new_form(client=existing.client))

    assert response.status_code == 200
    assert form_codes(response) == {"client": ["client_busy"]}
    assert Appointment.objects.get() == existing


def test_of_two_overlaps_one_is_shown_at_its_field(staff):
    existing = AppointmentFactory(start=FIRST_SESSION)

    response = staff.post(ADD, new_form(existing.therapist, existing.client))

    assert form_codes(response) in (
        {"start": ["therapist_busy"]},
        {"client": ["client_busy"]},
    )
    assert Appointment.objects.get() == existing


def test_a_cancelled_appointment_is_not_in_the_way(staff):
    existing = AppointmentFactory(start=FIRST_SESSION, cancelled=True)

    response = staff.post(ADD, new_form(existing.therapist, existing.client))

    assert response.status_code == 302, form_codes(response)


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"duration": 4}, {"duration": ["min_value"]}),
        ({"duration": 481}, {"duration": ["max_value"]}),
        ({"duration": "1.5"}, {"duration": ["invalid"]}),
        ({"duration": ""}, {"duration": ["required"]}),
        ({"start_0": "2030-02-29"}, {"start": ["invalid"]}),
        ({"start_0": ""}, {"start": ["required"]}),
        ({"start_1": ""}, {"start": ["required"]}),
        ({"start_1": "nine"}, {"start": ["invalid"]}),
        ({"start_1": "09:00:30"}, {"start": ["not_whole_minute"]}),
        ({"start_0": "2029-11-30"}, {"start": ["in_the_past"]}),
        ({"start_0": "0001-01-01"}, {"start": ["in_the_past"]}),
        ({"start_0": "9999-12-31", "start_1": "23:59"}, {"start": ["out_of_range"]}),
        (
            {"start_0": "9999-12-31", "start_1": "23:59-14:00"},
            {"start": ["out_of_range"]},
        ),
        ({"type": "group"}, {"type": ["invalid_choice"]}),
        ({"therapist": ""}, {"therapist": ["required"]}),
        ({"therapist": "0"}, {"therapist": ["invalid_choice"]}),
        ({"client": "9" * 20}, {"client": ["invalid_choice"]}),
    ],
)
def test_a_refused_appointment_is_an_error_at_its_field(staff, changes, refused):
    response = staff.post(ADD, new_form() | changes)

    assert response.status_code == 200
    assert form_codes(response) == refused
    assert not Appointment.objects.exists()


def test_an_empty_form_is_refused_field_by_field(staff):
    response = staff.post(ADD, {})

    assert response.status_code == 200
    required = {"therapist", "type", "start", "duration"}
    assert form_codes(response) == {field: ["required"] for field in required}


def test_a_therapist_cannot_be_their_own_client(staff):
    therapist = TherapistFactory(signs_in=True)

    response = staff.post(ADD, new_form(therapist, therapist.user))

    assert form_codes(response) == {"client": ["own_therapist"]}
    assert not Appointment.objects.exists()


def test_an_inactive_account_cannot_be_the_client(staff):
    response = staff.post(ADD, new_form(client=UserFactory(is_active=False)))

    assert form_codes(response) == {"client": ["does_not_exist"]}
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(
    ("start", "filled"),
    [
        ("2030-01-07T09:30Z", [FIRST_SESSION.date(), "09:30"]),
        ("2030-01-07", [None, None]),
        ("soon", [None, None]),
        ("", [None, None]),
    ],
)
def test_the_query_string_can_fill_in_the_start(staff, start, filled):
    response = staff.get(ADD, {"start": start})

    assert response.status_code == 200
    widgets = response.context["adminform"].form["start"].subwidgets[0].data
    assert [one["value"] for one in widgets["subwidgets"]] == [
        part and str(part) for part in filled
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("party", ["therapist", "client"])
def test_the_form_waits_for_a_lock_of_the_diary_and_then_refuses(boss, party):
    parties = {"therapist": TherapistFactory(), "client": UserFactory()}
    held = parties[party]
    data = new_form(**parties)

    def post():
        try:
            return boss.post(ADD, data)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            type(held).objects.select_for_update(no_key=True).get(pk=held.pk)
            AppointmentFactory(start=FIRST_SESSION, **{party: held})
            waiting = pool.submit(post)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.5)

        response = waiting.result(timeout=5)

    assert response.status_code == 200
    field = {"therapist": "start", "client": "client"}[party]
    assert form_codes(response) == {field: [f"{party}_busy"]}
    assert Appointment.objects.count() == 1


# An insert waits for an overlapping one anyway; this one meets nothing but the lock.
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("party", ["therapist", "client"])
def test_the_form_queues_with_other_bookings(boss, party):
    parties = {"therapist": TherapistFactory(), "client": UserFactory()}
    form = new_form(**parties)

    with block(lambda: boss.post(ADD, form), parties[party], status=302):
        assert not Appointment.objects.exists()

    assert Appointment.objects.get().client == parties["client"]
