"""The page of error codes is current and complete."""

from io import StringIO

from django.conf import settings
from django.core.management import call_command
from rest_framework.exceptions import APIException

PAGE = settings.BASE_DIR / "docs/errors.md"
APPS = ("accounts", "appointments", "booking", "therapists")
# A response has the codes of its dates; and `/readyz` is not in the OpenAPI document.
ELSEWHERE = {"series_refused", "not_migrated"}


def list_refusals(parent=APIException):
    for one in parent.__subclasses__():
        yield one
        yield from list_refusals(one)


def test_the_page_is_what_the_command_writes():
    written = StringIO()

    call_command("list_errors", stdout=written)

    renew = "Review the change, then run manage.py list_errors --save docs/errors.md"
    assert written.getvalue().strip() == PAGE.read_text("utf-8").strip(), renew


def test_every_refusal_of_ours_is_on_the_page(client):
    page = PAGE.read_text("utf-8")
    codes = {
        one.default_code
        for one in list_refusals()
        if one.__module__.split(".")[0] in APPS
        and ".tests" not in one.__module__
        and "default_code" in vars(one)
    }

    assert {"therapist_busy", "busy", "unknown_field"} <= codes
    assert {code for code in codes - ELSEWHERE if f"| `{code}` |" not in page} == set()
