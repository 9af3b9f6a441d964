"""The mails that development keeps in a folder, as pages."""

import email
import email.policy
import re
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path

# A mail has its styles within, because mail programs load none.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
)
# Of the many files of a long day.
MOST_MAILS = 100


def list_mails(request):
    """Show the latest mails, the newest first."""
    mails = [_describe(file) for file in _list_files()[:MOST_MAILS]]
    return render(request, "notifications/outbox.html", {"mails": mails})


def show_mail(request, name, part):
    """Show the text or HTML of a mail, or download its calendar."""
    mail = _parse(_find(name))
    for one in mail.walk():
        if one.get_content_type() == f"text/{part}":
            response = HttpResponse(
                one.get_content(), content_type=f"text/{part}; charset=utf-8"
            )
            response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
            return response
    raise Http404


def _list_files():
    folder = Path(settings.EMAIL_FILE_PATH)
    return sorted(folder.glob("*.log"), key=lambda f: f.stat().st_mtime, reverse=True)


def _find(name):
    found = [file for file in _list_files() if file.stem == name]
    if not found:
        raise Http404
    return found[0]


def _parse(file):
    # Django ends each mail in the file with a line of dashes.
    text = re.sub(rb"\n-{79}\n\Z", b"\n", file.read_bytes())
    return email.message_from_bytes(text, policy=email.policy.default)


def _describe(file):
    mail = _parse(file)
    parts = {one.get_content_subtype() for one in mail.walk()}
    return {
        "name": file.stem,
        "subject": mail["Subject"],
        "to": mail["To"],
        "date": mail["Date"],
        "kind": mail["X-Booking-Kind"],
        "parts": [part for part in ("html", "plain", "calendar") if part in parts],
    }


urlpatterns = [
    path("dev/mail", list_mails, name="outbox"),
    path("dev/mail/<str:name>/<str:part>", show_mail, name="outbox-mail"),
]
