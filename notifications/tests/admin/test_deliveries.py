"""The list of messages in the admin, and sending one again."""

import pytest
from django.test import Client

from accounts.tests.factories import UserFactory
from appointments.tests.factories import FIRST_SESSION, AppointmentFactory
from notifications.models import Delivery

pytestmark = pytest.mark.django_db

URL = "/admin/notifications/delivery/"


@pytest.fixture
def failed(work):
    AppointmentFactory(client=UserFactory(name="Kit Moss"), start=FIRST_SESSION)
    work()
    Delivery.objects.update(status="failed", attempts=14, error="Refused: 550")
    return Delivery.objects.get()


def send_again(browser, delivery):
    data = {"action": "send_again", "_selected_action": [str(delivery.pk)]}
    return browser.post(URL, data, follow=True)


@pytest.mark.parametrize("status", ["failed", "sent"])
def test_staff_see_what_was_told(staff, failed, status):
    response = staff.get(URL, {"status__exact": status})

    assert (b"Kit Moss" in response.content) == (status == "failed")
    assert staff.get(f"{URL}{failed.pk}/change/").status_code == 200


def test_staff_send_again_what_failed(staff, failed, work):
    response = send_again(staff, failed)

    assert b"1 are sent again." in response.content
    assert len(work()) == 1
    failed.refresh_from_db()
    assert (failed.status, failed.attempts) == ("sent", 0)


def test_what_was_sent_is_not_sent_again(staff, failed, work):
    Delivery.objects.update(status="sent")

    send_again(staff, failed)

    assert work() == []


def test_an_auditor_sees_and_sends_nothing(failed, work):
    browser = Client()
    browser.force_login(UserFactory(staff=True, group="Auditor"))

    assert b"Kit Moss" in browser.get(URL).content
    send_again(browser, failed)

    assert work() == []


@pytest.mark.parametrize("path", ["add/", "{}/delete/"])
def test_nobody_adds_or_deletes_a_delivery(boss, failed, path):
    assert boss.get(URL + path.format(failed.pk)).status_code == 403
