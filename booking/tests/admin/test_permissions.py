"""The permissions of every role in the admin, for every model and page."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.models import SecurityEvent, User
from accounts.tests.factories import UserFactory
from appointments.models import (
    Appointment,
    AppointmentRead,
    ClientBusyRefusal,
    Series,
)
from appointments.tests.factories import NOW, AppointmentFactory, SeriesFactory
from notifications.models import Delivery, WebhookDelivery
from notifications.webhooks.endpoints import add_webhook
from therapists.models import (
    Absence,
    Closure,
    Offering,
    Specialism,
    Therapist,
    WorkingHours,
)
from therapists.tests.factories import (
    AbsenceFactory,
    ClosureFactory,
    OfferingFactory,
    SpecialismFactory,
    TherapistFactory,
    WorkingHoursFactory,
)

pytestmark = pytest.mark.django_db

# 302 leads to the login.
ROLES = {
    "anonymous": 302,
    "client": 302,
    "therapist": 302,
    "staff without rights": 403,
    "deactivated superuser": 302,
    "front desk": 200,
    "manager": 200,
    "auditor": 200,
    "superuser": 200,
}
NONE_OF_STAFF = {"front desk": 403, "manager": 403, "auditor": 403}
AUDITOR_ONLY_VIEWS = {"auditor": 403}
PAGES = ("changelist", "add", "change")
HISTORIES = [
    model.pgh_event_model for model in (WorkingHours, Offering, Absence, Closure)
]
LOGS = (AppointmentRead, ClientBusyRefusal, SecurityEvent, *HISTORIES)
# The pages that some of these roles cannot open.
REFUSED = {
    # A user who can change groups could give themselves every right.
    **{(Group, page): NONE_OF_STAFF for page in PAGES},
    # Series are booked through the API.
    (Series, "add"): NONE_OF_STAFF | {"superuser": 403},
    # The worker makes these.
    **{
        (delivery, "add"): NONE_OF_STAFF | {"superuser": 403}
        for delivery in (Delivery, WebhookDelivery)
    },
    **{(WebhookDelivery, page): {"front desk": 403} for page in PAGES[::2]},
    # The services write these, and managers and auditors read them.
    **{(log, "add"): NONE_OF_STAFF | {"superuser": 403} for log in LOGS},
    **{(log, page): {"front desk": 403} for log in LOGS for page in PAGES[::2]},
    **{
        (model, "add"): AUDITOR_ONLY_VIEWS
        for model in (User, Appointment, Absence, Closure)
    },
    **{
        (model, "add"): AUDITOR_ONLY_VIEWS | {"front desk": 403}
        for model in (Therapist, Specialism)
    },
}


@pytest.fixture
def rows():
    """One row of every model; for accounts, a client's."""
    appointment = AppointmentFactory()
    SpecialismFactory()
    ClosureFactory()
    AbsenceFactory()
    SeriesFactory()
    ClientBusyRefusal.objects.create(
        at=NOW,
        therapist=appointment.therapist,
        client=appointment.client,
        start=appointment.start,
    )
    WorkingHoursFactory()
    OfferingFactory()
    AppointmentRead.objects.create(client=appointment.client)
    Delivery.objects.create(
        kind="appointment.booked", user=appointment.client, created_at=NOW
    )
    url, events = "https://records.example/", ["appointment.booked"]
    webhook, _ = add_webhook(url, events, is_active=True)
    webhook.deliveries.create(
        type="appointment.booked",
        happened_at=NOW,
        therapist_id=appointment.therapist_id,
        version=1,
        created_at=NOW,
    )
    return {User: appointment.client}


@pytest.fixture
def people():
    return {
        "anonymous": None,
        "client": UserFactory(),
        "therapist": TherapistFactory(signs_in=True).user,
        "staff without rights": UserFactory(staff=True, group=""),
        "deactivated superuser": UserFactory(
            staff=True, is_superuser=True, is_active=False
        ),
        "front desk": UserFactory(staff=True),
        "manager": UserFactory(staff=True, group="Practice manager"),
        "auditor": UserFactory(staff=True, group="Auditor"),
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

    assert statuses == ROLES | REFUSED.get((model, page), {})


@pytest.mark.parametrize("page", ["appointments/appointment", "therapists/therapist"])
@pytest.mark.parametrize("value", ["x", "1,x", "9" * 20, "-1"])
def test_a_malformed_id_is_at_most_an_error_of_its_field(boss, page, value):
    names = ["therapist", "client", "user", "specialisms"]
    url = f"/admin/{page}/add/"

    shown = boss.get(url, dict.fromkeys(names, value))
    sent = boss.post(url, dict.fromkeys(names, value))

    assert (shown.status_code, sent.status_code) == (200, 200)
    assert sent.context["errors"]
