"""Sending by a real mail server: once, or later, or not at all."""

import logging

import pytest

from accounts.tests.factories import UserFactory
from appointments.tests.factories import FIRST_SESSION, AppointmentFactory
from notifications import jobs
from notifications.jobs import MOST_ATTEMPTS
from notifications.models import Delivery
from notifications.sending import delete_old_deliveries, send_delivery
from notifications.tests.smtp import serve_mail

pytestmark = pytest.mark.django_db

ADDRESS = "kit@example.com"


@pytest.fixture
def server(settings):
    with serve_mail(settings) as handler:
        yield handler


@pytest.fixture
def delivery(server, work):
    """A delivery that the worker has tried to send once, as the server then was."""

    def make():
        client = UserFactory(name="Kit Moss", email=ADDRESS)
        AppointmentFactory(client=client, start=FIRST_SESSION)
        work()
        return Delivery.objects.get(user=client)

    return make


def test_a_mail_arrives_with_its_stable_id(server, delivery):
    sent = delivery()

    [mail] = server.mails
    assert mail.rcpt_tos == [ADDRESS]
    assert f"Message-ID: <{sent.message_id}@localhost>".encode() in mail.content
    assert (sent.status, sent.attempts, sent.error) == ("sent", 0, "")


def test_a_delivery_that_was_sent_is_not_sent_again(server, delivery):
    sent = delivery()

    send_delivery(sent.pk)

    assert len(server.mails) == 1


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        ({"reply": "451 Try later"}, "Refused by the mail server: 451"),
        ({"closes": True}, "The mail server cannot be reached: SMTPServerDisconnected"),
        ({"stalls": True}, "The mail server cannot be reached: SMTPServerDisconnected"),
    ],
    ids=["refuses", "closes", "stalls"],
)
def test_a_server_in_trouble_delays_a_mail_and_loses_none(
    server, delivery, work, wait, caplog, trouble, error
):
    vars(server).update(trouble)
    delayed = delivery()
    assert (delayed.status, delayed.attempts, delayed.error) == ("pending", 1, error)
    # One line, and no traceback for what is expected.
    [record] = [r for r in caplog.records if r.levelno >= logging.WARNING]
    assert error in record.getMessage()
    assert record.exc_info is None
    assert ADDRESS not in caplog.text

    vars(server).update(reply="250 OK", closes=False, stalls=False)
    wait(seconds=59)
    work()
    assert server.mails == []
    wait(seconds=10)
    work()

    [mail] = server.mails
    assert f"Message-ID: <{delayed.message_id}@localhost>".encode() in mail.content
    delayed.refresh_from_db()
    assert (delayed.status, delayed.error) == ("sent", "")


def test_an_address_that_the_server_never_takes_is_given_up(
    server, delivery, work, wait, count_jobs
):
    server.reply = f"550 <{ADDRESS}>: no such user"

    failed = delivery()

    assert (failed.status, failed.error) == (
        "failed",
        "Refused by the mail server: 550",
    )
    assert count_jobs() == 0


def test_after_the_last_attempt_a_delivery_has_failed(
    server, delivery, work, wait, count_jobs
):
    server.reply = "451 Try later"
    tried = delivery()
    Delivery.objects.update(attempts=MOST_ATTEMPTS - 1)
    wait(minutes=2)
    work()

    tried.refresh_from_db()
    assert (tried.status, tried.attempts) == ("failed", MOST_ATTEMPTS)
    assert count_jobs() == 0


def test_the_waits_grow_from_a_minute_to_a_day():
    for attempts in range(1, MOST_ATTEMPTS):
        seconds = jobs.get_wait(attempts).total_seconds()
        least = min(60 * 2 ** (attempts - 1), 86_400)
        assert least <= seconds <= 1.1 * least

    assert jobs.get_wait(MOST_ATTEMPTS) is None


def test_an_error_of_ours_is_logged_and_tried_again(delivery, monkeypatch, caplog):
    def fail(*_):
        raise KeyError(ADDRESS)

    monkeypatch.setattr("notifications.sending.compose", fail)
    failed = delivery()

    assert (failed.status, failed.attempts) == ("pending", 1)
    assert failed.error == "The mail cannot be written: KeyError"
    assert [record.levelname for record in caplog.records if record.exc_info]


def test_deliveries_are_kept_as_long_as_the_log_of_reads(delivery, wait, settings):
    settings.READ_LOG_DAYS = 10
    delivery()

    wait(days=9)
    assert delete_old_deliveries() == 0
    wait(days=2)
    assert delete_old_deliveries() == 1
