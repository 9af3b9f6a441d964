"""The pages of the mails that development keeps."""

import pytest
from django.core import mail
from django.http import Http404
from django.test import RequestFactory

from accounts.tests.factories import UserFactory
from appointments.tests.factories import FIRST_SESSION, AppointmentFactory
from notifications import outbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path, work):
    """A folder with one mail."""
    AppointmentFactory(client=UserFactory(email="kit@example.com"), start=FIRST_SESSION)
    [message] = work()
    settings.EMAIL_FILE_PATH = tmp_path
    backend = "django.core.mail.backends.filebased.EmailBackend"
    mail.get_connection(backend).send_messages([message])
    return tmp_path


@pytest.fixture
def request_():
    return RequestFactory().get("/")


def test_the_latest_mails_are_listed(folder, request_, settings):
    settings.ROOT_URLCONF = "notifications.outbox"

    page = outbox.list_mails(request_).content.decode()

    assert "Your appointment on Monday 7 January, 09:00" in page
    assert "kit@example.com" in page
    assert page.count("<a ") == 3


@pytest.mark.parametrize(
    ("part", "start"),
    [("plain", "Hello"), ("html", "<!doctype html>"), ("calendar", "BEGIN:VCALENDAR")],
)
def test_each_part_of_a_mail_can_be_read(folder, request_, part, start):
    [file] = folder.iterdir()

    response = outbox.show_mail(request_, file.stem, part)

    assert response.content.decode().startswith(start)
    assert response["Content-Type"].startswith(f"text/{part}")
    assert "default-src 'none'" in response["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["none", "../secret", "*"])
def test_other_files_are_not_shown(folder, request_, name):
    folder.with_name("secret.log").write_text("secret")

    with pytest.raises(Http404):
        outbox.show_mail(request_, name, "plain")


@pytest.mark.parametrize("path", ["/dev/mail", "/dev/mail/x/html"])
def test_only_development_has_these_pages(api, path):
    assert api().get(path).status_code == 404
