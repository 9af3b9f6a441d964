"""The permissions of every role in the admin, for every model and page."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import UserFactory
from appointments.models import Series
from appointments.tests.factories import AppointmentFactory, SeriesFactory
from therapists.tests.factories import (
    ClosureFactory,
    SpecialismFactory,
    TherapistFactory,
)

pytestmark = pytest.mark.django_db

# 302 leads to the login. The clerk is in the group that `migrate` creates.
ROLES = {
    "anonymous": 302,
    "client": 302,
    "therapist": 302,
    "staff in no group": 403,
    "deactivated superuser": 302,
    "clerk": 200,
    "superuser": 200,
}
# A user who can change groups could give themselves every right.
FOR_SUPERUSERS = {Group: {"clerk": 403}}
# Series are booked through the API.
REFUSED_TO_ALL = {(Series, "add"): {"clerk": 403, "superuser": 403}}
PAGES = ("changelist", "add", "change")


@pytest.fixture
def rows():
    """One row of every model; for accounts, a client's."""
    appointment = AppointmentFactory()
    SpecialismFactory()
    ClosureFactory()
    SeriesFactory()
    return {User: appointment.client}


@pytest.fixture
def people(clerk):
    return {
        "anonymous": None,
        "client": UserFactory(),
        "therapist": TherapistFactory(signs_in=True).user,
        "staff in no group": UserFactory(staff=True),
        "deactivated superuser": UserFactory(
            staff=True, is_superuser=True, is_active=False
        ),
        "clerk": clerk,
        "superuser": UserFactory(staff=True, is_superuser=True),
    }


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "model", admin.site._registry, ids=lambda model: model._meta.model_name
)
def test_every_role_gets_the_status_in_the_matrix(people, rows, model, page):
    row = rows.get(model) or model._default_manager.first()
    url = reverse(
        f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}",
        args=[row.pk] if page == "change" else [],
    )

    def open_page(person):
        browser = Client()
        if person:
            browser.force_login(person)
        return browser.get(url).status_code

    statuses = {role: open_page(person) for role, person in people.items()}

    exceptions = FOR_SUPERUSERS.get(model) or REFUSED_TO_ALL.get((model, page)) or {}
    assert statuses == ROLES | exceptions


@pytest.mark.parametrize("page", ["appointments/appointment", "therapists/therapist"])
@pytest.mark.parametrize("value", ["x", "1,x", "9" * 20, "-1"])
def test_a_malformed_id_is_at_most_an_error_of_its_field(boss, page, value):
    names = ["therapist", "client", "user", "specialisms"]
    url = f"/admin/{page}/add/"

    shown = boss.get(url, dict.fromkeys(names, value))
    sent = boss.post(url, dict.fromkeys(names, value))

    assert (shown.status_code, sent.status_code) == (200, 200)
    assert sent.context["errors"]
