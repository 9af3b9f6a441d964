"""Mail that came back marks the address, and staff see it."""

import io
from email.message import EmailMessage
from types import SimpleNamespace

import pytest
from django.core.management import call_command

from accounts.tests.factories import PASSWORD, UserFactory
from appointments.tests.factories import FIRST_SESSION, AppointmentFactory
from notifications.models import Delivery
from notifications.tests.conftest import ADDRESS
from notifications.tests.smtp import serve_mail

pytestmark = pytest.mark.django_db

REPORT = """From: MAILER-DAEMON@mail.example
To: appointments@localhost
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="one"

--one
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--one
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: 5.1.1

--one
Content-Type: {part}

From: appointments@localhost
Message-ID: <{id}@localhost>
Subject: Your appointment

--one--
"""


@pytest.fixture
def client():
    return UserFactory(email=ADDRESS)


@pytest.fixture
def delivery(client, work):
    AppointmentFactory(client=client, start=FIRST_SESSION)
    work()
    return Delivery.objects.get(user=client)


@pytest.fixture
def read_bounce(monkeypatch):
    """Give a report to the command; return what it says."""

    def run(id, action="failed", part="message/rfc822", recipient=ADDRESS):
        text = REPORT.format(id=id, action=action, part=part, recipient=recipient)
        stdin = SimpleNamespace(buffer=io.BytesIO(text.encode()))
        monkeypatch.setattr("sys.stdin", stdin)
        out = io.StringIO()
        call_command("read_bounce", stdout=out)
        return out.getvalue()

    return run


def is_marked(client):
    client.refresh_from_db()
    return client.email_bounced_at is not None


@pytest.mark.parametrize("part", ["message/rfc822", "text/rfc822-headers"])
def test_a_report_marks_the_address(api, clerk, client, delivery, read_bounce, part):
    said = read_bounce(delivery.message_id, part=part)

    assert said == f"Marked the address of delivery {delivery.pk}.\n"
    assert is_marked(client)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.error) == ("failed", "The mail came back.")
    shown = api(clerk).get(f"/api/v1/clients/{client.pk}").json()
    assert shown["email_bounced_at"] is not None


def test_a_delay_marks_nothing(client, delivery, read_bounce):
    assert "no mail of ours" in read_bounce(delivery.message_id, action="delayed")
    assert not is_marked(client)


def test_a_forged_report_marks_nobody(client, delivery, read_bounce):
    forged = "00000000-0000-4000-8000-000000000000"

    assert "no mail of ours" in read_bounce(forged)
    assert not is_marked(client)


def test_what_is_no_report_marks_nobody(monkeypatch, client, delivery):
    mail = EmailMessage()
    mail.set_content(f"<{delivery.message_id}@localhost> failed")
    stdin = SimpleNamespace(buffer=io.BytesIO(mail.as_bytes() + b"\xff\x00"))
    monkeypatch.setattr("sys.stdin", stdin)

    call_command("read_bounce", stdout=io.StringIO())

    assert not is_marked(client)


def test_a_server_that_knows_no_such_address_marks_it(settings, client, work):
    with serve_mail(settings) as server:
        server.reply = "550 no such user"
        AppointmentFactory(client=client, start=FIRST_SESSION)
        work()

    assert is_marked(client)


def test_a_new_address_or_a_code_takes_the_mark_away(
    api, clerk, client, delivery, read_bounce, read, send
):
    read_bounce(delivery.message_id)
    url = f"/api/v1/clients/{client.pk}"
    api(clerk).patch(url, {"email": "moss@example.com"})
    assert not is_marked(client)

    read_bounce(delivery.message_id)
    assert is_marked(client)
    read()
    send("code", email="moss@example.com")
    [(_, _, code)] = read()
    assert send("verify", email="moss@example.com", code=code).status_code == 200
    assert not is_marked(client)


def test_staff_who_change_an_address_tell_both(api, clerk, client, read):
    url = f"/api/v1/clients/{client.pk}"

    api(clerk).patch(url, {"email": "moss@example.com"})

    told = [("account.changed", ADDRESS), ("account.changed", "moss@example.com")]
    assert sorted(read()) == told


def test_staff_who_set_a_password_tell_the_person(boss, client, read):
    url = f"/admin/accounts/user/{client.pk}/password/"
    passwords = dict.fromkeys(["password1", "password2"], "another horse battery")

    response = boss.post(url, passwords | {"usable_password": "true"})

    assert response.status_code == 302
    assert read() == [("account.changed", ADDRESS)]


def test_ones_own_new_password_in_the_admin_is_told(staff, clerk, read):
    passwords = dict.fromkeys(["new_password1", "new_password2"], "another horse")

    response = staff.post(
        "/admin/password_change/", passwords | {"old_password": PASSWORD}
    )

    assert response.status_code == 302
    assert read() == [("account.changed", clerk.email)]


def test_an_address_that_the_admin_changes_is_told_and_not_verified(boss, client, read):
    client.verified_at = FIRST_SESSION
    client.save()
    url = f"/admin/accounts/user/{client.pk}/change/"
    form = boss.get(url).context["adminform"].form
    fields = {
        name: form.initial.get(name) for name in form.fields if name != "password"
    }
    sent = {name: value for name, value in fields.items() if value not in (None, False)}

    response = boss.post(url, sent | {"email": "moss@example.com"})

    assert response.status_code == 302, response.content
    client.refresh_from_db()
    assert not client.email_verified
    assert len(read()) == 2
