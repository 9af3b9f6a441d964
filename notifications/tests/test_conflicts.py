"""Staff are told of the appointments that a change of the schedule left outside."""

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import ScheduleConflict
from appointments.tests.factories import AppointmentFactory
from notifications.models import Delivery
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def therapist():
    return TherapistFactory(signs_in=True, name="Ada Quill", time_zone="UTC")


@pytest.fixture
def appointment(therapist):
    return AppointmentFactory(therapist=therapist, client__name="Kit Moss")


@pytest.fixture
def reception():
    return UserFactory(staff=True, email="reception@example.com")


@pytest.fixture
def close(api):
    """Close the practice for a day, as a user."""

    def post(user, day):
        body = {"start": day, "end": day, "name": "Kings"}
        response = api(user).post("/api/v1/closures", body)
        assert response.status_code == 201, response.json()
        return response.json()

    return post


@pytest.fixture
def told(work, wait):
    """Return the mails about conflicts that are sent after a minute."""

    def run():
        work()
        wait(seconds=61)
        return [m for m in work() if "conflict" in m.extra_headers["X-Booking-Kind"]]

    return run


def get_day(appointment):
    return f"{appointment.start:%Y-%m-%d}"


def test_staff_who_can_act_are_told(close, told, appointment, reception, clerk):
    for group in ("Auditor", ""):
        UserFactory(staff=True, group=group)
    UserFactory(staff=True, is_active=False)

    closed = close(clerk, get_day(appointment))

    assert closed["conflicts"] == [appointment.pk]
    [mail] = told()
    assert mail.to == [reception.email]
    assert mail.extra_headers["X-Booking-Kind"] == "appointment.conflict"
    assert "Ada Quill" in mail.body
    assert f"/admin/appointments/appointment/{appointment.pk}/change/" in mail.body
    assert f"/admin/appointments/appointment/{appointment.pk}/" in (
        mail.alternatives[0].content
    )
    assert len(mail.attachments) == 0
    for text in (mail.subject, mail.body, mail.alternatives[0].content):
        assert "Kit" not in text
    assert "Ada" not in mail.subject
    assert told() == []


def test_changes_that_follow_each_other_are_told_together(
    close, told, work, wait, therapist, reception, clerk
):
    days = [get_day(AppointmentFactory(therapist=therapist)) for _ in range(2)]
    close(clerk, days[0])
    wait(seconds=40)
    close(clerk, days[1])
    wait(seconds=40)
    assert reception.email not in [address for mail in work() for address in mail.to]

    [mail] = told()

    assert mail.body.count("Ada Quill") == 2


def test_changes_without_end_do_not_put_it_off_for_ever(
    close, work, wait, therapist, reception, clerk
):
    days = [get_day(AppointmentFactory(therapist=therapist)) for _ in range(8)]
    told = []
    for day in days:
        close(clerk, day)
        wait(seconds=50)
        told += [mail for mail in work() if mail.to == [reception.email]]

    assert told


def test_what_was_settled_meanwhile_is_not_told(
    api, close, told, appointment, reception, clerk
):
    close(clerk, get_day(appointment))
    url = f"/api/v1/appointments/{appointment.pk}/cancel"
    body = {"reason": "therapist_unavailable"}
    assert api(clerk).post(url, body).status_code == 200

    assert told() == []
    statuses = Delivery.objects.filter(kind="appointment.conflict").values("status")
    assert [*statuses] == [{"status": "superseded"}]


def test_a_therapist_who_leaves_makes_staff_act(api, told, appointment, reception):
    user = appointment.therapist.user
    body = {
        "start": appointment.start.isoformat(),
        "end": appointment.end.isoformat(),
    }
    url = f"/api/v1/therapists/{appointment.therapist_id}/absences"
    assert api(user).post(url, body).json()["conflicts"] == [appointment.pk]

    assert [mail.to for mail in told()] == [[reception.email]]


def test_a_change_without_conflicts_is_told_to_nobody(close, told, reception, clerk):
    close(clerk, "2030-01-01")

    assert told() == []
    assert not ScheduleConflict.objects.exists()


def test_the_client_reads_that_it_is_no_longer_possible(
    api, close, work, appointment, reception, clerk
):
    close(clerk, get_day(appointment))
    body = {"reason": "therapist_unavailable"}
    api(clerk).post(f"/api/v1/appointments/{appointment.pk}/cancel", body)

    mails = {mail.to[0]: mail.body for mail in work()}

    assert "This appointment is no longer possible." in mails[appointment.client.email]
