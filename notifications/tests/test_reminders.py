"""Reminders: when, to whom, and how often."""

import pytest

from accounts.tests.factories import UserFactory
from appointments.tests.factories import FIRST_SESSION, HOUR, NOW, AppointmentFactory
from notifications.models import Delivery
from notifications.reminders import add_reminders

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"


@pytest.fixture
def client():
    return UserFactory(email="kit@example.com")


@pytest.fixture
def row(client, work):
    """An appointment in 30 hours, of which the client was told."""
    row = AppointmentFactory(client=client, start=NOW + 30 * HOUR)
    work()
    return row


@pytest.fixture
def remind(work):
    """Return the subjects of the reminders that are due now."""

    def run():
        add_reminders()
        mails = work()
        kinds = {mail.extra_headers["X-Booking-Kind"] for mail in mails}
        assert kinds <= {"appointment.reminder"}
        return [mail.subject for mail in mails]

    return run


def test_a_client_is_reminded_a_day_before_and_once(row, remind, wait):
    wait(hours=5, minutes=59)
    assert remind() == []

    wait(minutes=2)
    [subject] = remind()
    assert subject.startswith("Reminder: your appointment on")

    wait(hours=1)
    assert remind() == []


def test_a_reminder_is_late_rather_than_missed(row, remind, wait):
    wait(hours=29)

    assert len(remind()) == 1


def test_nobody_is_reminded_of_what_has_begun(row, remind, wait):
    wait(hours=31)

    assert remind() == []


@pytest.mark.parametrize("hours", [[48, 2], [24, 1]])
def test_each_reminder_of_the_practice_is_sent(row, remind, wait, settings, hours):
    settings.REMINDER_HOURS = hours
    sent = []
    for _ in range(31):
        sent.append(len(remind()))
        wait(hours=1)

    # 48 hours before, there was no appointment yet.
    assert sum(sent) == (1 if hours == [48, 2] else 2)


def test_a_booking_within_the_day_is_not_followed_by_a_reminder(client, work, remind):
    AppointmentFactory(client=client, start=NOW + 20 * HOUR)
    work()

    assert remind() == []


def test_a_client_who_wants_none_gets_none(api, client, row, remind, wait):
    assert api(client).patch("/api/v1/auth/me", {"reminders": False}).status_code == 200
    wait(hours=7)

    assert remind() == []


@pytest.mark.parametrize("operation", ["cancel", "move"])
def test_what_is_cancelled_or_moved_right_before_is_not_reminded_of(
    api, clerk, row, work, wait, operation
):
    wait(hours=7)
    add_reminders()
    body = {"start": str(FIRST_SESSION)} if operation == "move" else {}
    changed = api(clerk).post(f"{URL}/{row.pk}/{operation}", body)
    assert changed.status_code == 200, changed.data

    kinds = {mail.extra_headers["X-Booking-Kind"] for mail in work()}

    kind = {"cancel": "cancelled", "move": "moved"}[operation]
    assert kinds == {f"appointment.{kind}"}
    assert Delivery.objects.get(kind="appointment.reminder").status == "superseded"


def test_a_move_to_a_later_day_has_a_reminder_of_its_own(
    api, clerk, row, remind, work, wait
):
    wait(hours=7)
    assert len(remind()) == 1
    api(clerk).post(f"{URL}/{row.pk}/move", {"start": str(NOW + 80 * HOUR)})
    work()

    wait(hours=50)
    assert len(remind()) == 1


def test_a_clock_that_goes_back_reminds_nobody_twice(row, remind, wait):
    wait(hours=7)
    assert len(remind()) == 1
    wait(hours=-2)
    assert remind() == []
    wait(hours=2)
    assert remind() == []


def test_many_are_reminded_in_portions(client, work, wait, monkeypatch):
    monkeypatch.setattr("notifications.reminders.MOST_REMINDERS", 2)
    for number in range(5):
        AppointmentFactory(
            client=UserFactory(), start=NOW + 30 * HOUR + number * HOUR / 60
        )
    work()
    wait(hours=7)

    assert add_reminders() == 5
    assert len(work()) == 5
