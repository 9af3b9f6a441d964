from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.models.statuses import Status
from appointments.tests.factories import FIRST_SESSION, HOUR, NOW, AppointmentFactory
from appointments.tests.races.test_races import waiting
from therapists.models import Therapist
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

URL = "/admin/appointments/appointment/"
ADD = f"{URL}add/"


@pytest.fixture
def london(settings):
    settings.PRACTICE_TIME_ZONE = "Europe/London"


def written(therapist=None, client=None, **changes):
    """What staff write into the form: the first session, published or booked."""
    return {
        "therapist": (therapist or TherapistFactory()).pk,
        "client": client.pk if client else "",
        "type": "one-off",
        "status": "booked" if client else "available",
        "start_0": "2030-01-07",
        "start_1": "09:00",
        "duration": 60,
    } | changes


def shown(appointment, **changes):
    """What the form shows of the appointment, and is sent back."""
    return {
        "therapist": appointment.therapist_id,
        "client": appointment.client_id or "",
        "type": appointment.type,
        "status": appointment.status,
        "start_0": f"{appointment.start:%Y-%m-%d}",
        "start_1": f"{appointment.start:%H:%M}",
        "duration": (appointment.end - appointment.start) // timedelta(minutes=1),
        "seen": appointment.updated_at.isoformat(),
    } | changes


def page(appointment):
    return f"{URL}{appointment.pk}/change/"


def codes(response):
    errors = response.context["adminform"].form.errors.as_data()
    return {field: [e.code for e in found] for field, found in errors.items()}


def test_staff_book_for_a_client_by_start_and_minutes(staff):
    therapist, client = TherapistFactory(break_minutes=15), UserFactory()

    response = staff.post(ADD, written(therapist, client, duration=50))

    assert response.status_code == 302, codes(response)
    booked = Appointment.objects.get()
    assert (booked.therapist, booked.client) == (therapist, client)
    assert booked.status == Status.BOOKED
    assert booked.start == FIRST_SESSION
    assert booked.end == FIRST_SESSION + timedelta(minutes=50)
    assert booked.busy_until == FIRST_SESSION + timedelta(minutes=65)


def test_staff_publish_an_available_appointment(staff):
    response = staff.post(ADD, written())

    assert response.status_code == 302, codes(response)
    assert Appointment.objects.get().status == Status.AVAILABLE


def test_an_overlap_for_the_therapist_is_an_error_at_the_start(staff):
    there = AppointmentFactory(start=FIRST_SESSION)
    late = {"start_1": "09:59"}

    response = staff.post(ADD, written(there.therapist, **late))

    assert response.status_code == 200
    assert codes(response) == {"start": ["therapist_busy"]}
    assert Appointment.objects.get() == there


def test_the_break_after_another_appointment_is_an_overlap(staff):
    therapist = TherapistFactory(break_minutes=15)
    AppointmentFactory(therapist=therapist, start=FIRST_SESSION)

    in_it = staff.post(ADD, written(therapist, start_1="10:14"))
    after = staff.post(ADD, written(therapist, start_1="10:15"))

    assert codes(in_it) == {"start": ["therapist_busy"]}
    assert after.status_code == 302


def test_an_overlap_for_the_client_is_an_error_at_the_client(staff):
    there = AppointmentFactory(start=FIRST_SESSION)

    response = staff.post(ADD, written(client=there.client))

    assert response.status_code == 200
    assert codes(response) == {"client": ["client_busy"]}
    assert Appointment.objects.get() == there


def test_both_overlaps_are_shown_at_once(staff):
    there = AppointmentFactory(start=FIRST_SESSION)

    response = staff.post(ADD, written(there.therapist, there.client))

    assert codes(response) == {"start": ["therapist_busy"], "client": ["client_busy"]}


def test_a_cancelled_appointment_is_not_in_the_way(staff):
    there = AppointmentFactory(start=FIRST_SESSION, cancelled=True)

    response = staff.post(ADD, written(there.therapist, there.client))

    assert response.status_code == 302, codes(response)


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
        ({"status": "booked"}, {"client": ["client_and_status"]}),
        ({"status": "gone"}, {"status": ["invalid_choice"]}),
        ({"type": "group"}, {"type": ["invalid_choice"]}),
        ({"therapist": ""}, {"therapist": ["required"]}),
        ({"therapist": "0"}, {"therapist": ["invalid_choice"]}),
        ({"client": "9" * 20}, {"client": ["invalid_choice"]}),
    ],
)
def test_a_refused_appointment_is_an_error_at_its_field(staff, changes, refused):
    response = staff.post(ADD, written() | changes)

    assert response.status_code == 200
    assert codes(response) == refused
    assert not Appointment.objects.exists()


def test_an_empty_form_is_refused_field_by_field(staff):
    response = staff.post(ADD, {})

    assert response.status_code == 200
    required = {"therapist", "type", "status", "start", "duration"}
    assert codes(response) == {field: ["required"] for field in required}


def test_an_available_appointment_with_a_client_is_refused(staff):
    data = written(client=UserFactory(), status="available")

    response = staff.post(ADD, data)

    assert codes(response) == {"client": ["client_and_status"]}


def test_nobody_is_client_and_therapist_of_one_appointment(staff):
    therapist = TherapistFactory(signs_in=True)

    response = staff.post(ADD, written(therapist, therapist.user))

    assert codes(response) == {"client": ["own_therapist"]}


@pytest.mark.usefixtures("london")
def test_times_are_typed_and_shown_on_the_practice_s_clock(staff):
    staff.post(ADD, written(start_0="2030-07-01", start_1="9:00"))

    appointment = Appointment.objects.get()
    assert appointment.start == datetime(2030, 7, 1, 8, tzinfo=UTC)
    content = staff.get(page(appointment)).content.decode()
    assert 'value="09:00"' in content
    assert "times in Europe/London" in content
    assert "Mon 1 Jul 2030, 09:00" in staff.get(URL).content.decode()


@pytest.mark.usefixtures("london")
def test_the_practice_s_clock_stays_in_the_admin(staff):
    staff.get(URL)

    assert timezone.get_current_timezone_name() == "UTC"


@pytest.mark.usefixtures("london")
@pytest.mark.parametrize(
    ("date", "time", "code"),
    [
        pytest.param("2030-03-31", "01:30", "nonexistent_time", id="skipped"),
        pytest.param("2030-10-27", "01:30", "ambiguous_time", id="occurs twice"),
    ],
)
def test_a_local_time_that_is_not_one_moment_is_refused(staff, date, time, code):
    response = staff.post(ADD, written(start_0=date, start_1=time))

    assert response.status_code == 200
    assert codes(response) == {"start": [code]}


@pytest.mark.usefixtures("london")
def test_a_time_that_occurs_twice_is_written_and_shown_with_its_offset(staff):
    twice = {"start_0": "2030-10-27", "start_1": "01:30+00:00"}
    added = staff.post(ADD, written(**twice))
    appointment = Appointment.objects.get()
    form = staff.get(page(appointment)).content.decode()
    data = shown(appointment, **twice, status="cancelled")

    changed = staff.post(page(appointment), data)

    assert (added.status_code, changed.status_code) == (302, 302)
    assert appointment.start == datetime(2030, 10, 27, 1, 30, tzinfo=UTC)
    assert 'value="01:30+00:00"' in form
    appointment.refresh_from_db()
    assert appointment.start == datetime(2030, 10, 27, 1, 30, tzinfo=UTC)
    assert appointment.status == Status.CANCELLED


@pytest.mark.parametrize(
    ("start", "filled"),
    [
        ("2030-01-07T09:30Z", [FIRST_SESSION.date(), "09:30"]),
        ("2030-01-07", [None, None]),
        ("soon", [None, None]),
        ("", [None, None]),
    ],
)
def test_an_address_may_fill_in_the_start(staff, start, filled):
    response = staff.get(ADD, {"start": start})

    assert response.status_code == 200
    widgets = response.context["adminform"].form["start"].subwidgets[0].data
    assert [one["value"] for one in widgets["subwidgets"]] == [
        part and str(part) for part in filled
    ]


def test_an_appointment_moves_within_its_own_time(staff):
    appointment = AppointmentFactory(start=FIRST_SESSION)

    response = staff.post(page(appointment), shown(appointment, start_1="09:30"))

    assert response.status_code == 302, codes(response)
    appointment.refresh_from_db()
    assert appointment.start == FIRST_SESSION + HOUR / 2
    assert appointment.end == FIRST_SESSION + 1.5 * HOUR
    assert appointment.busy_until == appointment.end


def test_an_appointment_keeps_the_break_that_held_when_it_was_made(staff):
    appointment = AppointmentFactory(start=FIRST_SESSION)
    Therapist.objects.update(break_minutes=30)

    staff.post(page(appointment), shown(appointment, duration=90))

    appointment.refresh_from_db()
    assert appointment.busy_until == appointment.end == FIRST_SESSION + 1.5 * HOUR


def test_an_appointment_that_is_over_can_be_completed_but_not_moved(
    staff, clerk, clock
):
    appointment = AppointmentFactory(start=FIRST_SESSION)
    clock.move_to(FIRST_SESSION + timedelta(days=1))
    staff.force_login(clerk)

    moved = staff.post(page(appointment), shown(appointment, start_1="08:00"))
    completed = staff.post(page(appointment), shown(appointment, status="completed"))

    assert codes(moved) == {"start": ["in_the_past"]}
    assert completed.status_code == 302, codes(completed)
    appointment.refresh_from_db()
    assert appointment.status == Status.COMPLETED


def test_a_cancelled_appointment_does_not_come_back_over_another(staff):
    cancelled = AppointmentFactory(start=FIRST_SESSION, cancelled=True)
    AppointmentFactory(therapist=cancelled.therapist, start=FIRST_SESSION)

    response = staff.post(page(cancelled), shown(cancelled, status="booked"))

    assert codes(response) == {"start": ["therapist_busy"]}
    cancelled.refresh_from_db()
    assert cancelled.status == Status.CANCELLED


def test_a_form_loaded_before_a_booking_does_not_undo_it(staff, api):
    appointment = AppointmentFactory(start=FIRST_SESSION, available=True)
    stale, client = shown(appointment, type="consultation"), UserFactory()
    wish = {
        "therapist_id": appointment.therapist_id,
        "start": FIRST_SESSION.isoformat(),
        "duration": 60,
        "type": "one-off",
    }
    assert api(client).post("/api/v1/appointments", wish).status_code == 201

    response = staff.post(page(appointment), stale)

    assert response.status_code == 200
    assert codes(response) == {"__all__": ["changed_meanwhile"]}
    appointment.refresh_from_db()
    assert (appointment.client, appointment.status) == (client, Status.BOOKED)


def test_nobody_deletes_an_appointment_and_what_happened_to_it(staff, boss):
    appointment = AppointmentFactory()
    url = f"{URL}{appointment.pk}/delete/"

    responses = [browser.post(url, {"post": "yes"}) for browser in (staff, boss)]

    assert [response.status_code for response in responses] == [403, 403]
    assert Appointment.objects.get() == appointment


@pytest.mark.parametrize("party", ["client", "therapist"])
def test_people_with_appointments_are_not_deleted(boss, party):
    person = getattr(AppointmentFactory(), party)
    app = {"client": "accounts/user", "therapist": "therapists/therapist"}[party]
    picked = {"action": "delete_selected", "_selected_action": person.pk}

    one = boss.post(f"/admin/{app}/{person.pk}/delete/", {"post": "yes"})
    many = boss.post(f"/admin/{app}/", picked | {"post": "yes"})

    for response in (one, many):
        assert response.status_code == 200
        assert response.context["protected"]
    assert type(person).objects.filter(pk=person.pk).exists()


def test_the_list_needs_a_fixed_number_of_queries(staff, django_assert_num_queries):
    AppointmentFactory.create_batch(12, therapist=TherapistFactory(signs_in=True))

    # Session, user, two of permissions, the count, two of the dates above the list,
    # and the page with therapists and clients.
    with django_assert_num_queries(8):
        response = staff.get(URL)

    assert response.status_code == 200
    assert len(response.context["cl"].result_list) == 12


@pytest.mark.parametrize(
    ("when", "days"),
    [
        ("today", [0]),
        ("week", [1]),
        ("upcoming", [1, 40]),
        ("past", [0, -1]),
    ],
)
@pytest.mark.usefixtures("london")
def test_the_list_answers_when(staff, when, days):
    starts = {day: NOW - HOUR + timedelta(days=day) for day in (-1, 0, 1, 40)}
    for start in starts.values():
        AppointmentFactory(start=start)

    response = staff.get(URL, {"when": when})

    listed = [appointment.start for appointment in response.context["cl"].queryset]
    assert listed == [starts[day] for day in days]


def test_appointments_are_found_by_therapist_and_by_client(staff):
    ours, _ = AppointmentFactory(therapist__name="Ada"), AppointmentFactory()

    for wanted in ("ada", ours.client.email):
        response = staff.get(URL, {"q": wanted, "status__exact": "booked"})
        assert list(response.context["cl"].queryset) == [ours]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", ["therapist", "client"])
def test_the_form_waits_for_who_holds_the_diary_and_then_refuses(boss, who):
    parties = {"therapist": TherapistFactory(), "client": UserFactory()}
    held = parties[who]
    data = written(**parties)

    def post():
        try:
            return boss.post(ADD, data)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            type(held).objects.select_for_update(no_key=True).get(pk=held.pk)
            AppointmentFactory(start=FIRST_SESSION, **{who: held})
            waiting = pool.submit(post)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.5)

        response = waiting.result(timeout=5)

    assert response.status_code == 200
    field = {"therapist": "start", "client": "client"}[who]
    assert codes(response) == {field: [f"{who}_busy"]}
    assert Appointment.objects.count() == 1


# An insert waits for an overlapping one anyway; this one meets nothing but the lock.
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", ["therapist", "client"])
def test_the_form_queues_with_those_who_book(boss, who):
    parties = {"therapist": TherapistFactory(), "client": UserFactory()}

    with waiting(lambda: boss.post(ADD, written(**parties)), parties[who], status=302):
        assert not Appointment.objects.exists()

    assert Appointment.objects.get().client == parties["client"]
