"""No page of the admin shows an appointment without a row in the log of reads."""

import re
from datetime import datetime

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from appointments.models import Appointment, AppointmentRead, Series
from appointments.tests.factories import SeriesFactory
from booking.tests.admin import get_url
from therapists.models import Therapist

pytestmark = pytest.mark.django_db

# A year that only the appointments have. Within a longer word it is chance.
YEAR = re.compile(rb"\b2077\b")
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
FIELDS = [
    field
    for model in apps.get_models()
    for field in model._meta.get_fields()
    if field.related_model in MODELS
]
SHOWN = [
    (model, page)
    for model in (Appointment, Series)
    for page in ("changelist", "change", "history")
]


@pytest.fixture
def series():
    return SeriesFactory(start=datetime.fromisoformat("2077-03-01T09:00:00Z"))


@pytest.fixture
def shows_appointment(boss, series):
    """Open a page; tell whether it shows an appointment, which must be in the log."""
    boss.post(
        get_url(Appointment, "change", series.appointments.first().pk), {"status": "x"}
    )

    def open_page(url, data=None, method="get"):
        before = AppointmentRead.objects.filter(client=series.client).count()
        response = getattr(boss, method)(url, data)
        after = AppointmentRead.objects.filter(client=series.client).count()
        is_shown = bool(YEAR.search(response.content))
        assert not is_shown or after > before, url
        return is_shown

    return open_page


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_each_page_that_shows_an_appointment_is_logged(
    shows_appointment, series, model
):
    rows = {Appointment: series.appointments.first(), Therapist: series.therapist}
    row = rows.get(model) or model._default_manager.first()

    shown = [
        page
        for page in ("changelist", "add", "change", "delete", "history")
        if shows_appointment(_get_page(model, page, row))
    ]
    in_popup = shows_appointment(get_url(model, "changelist"), {"_popup": "1"})

    assert [(model, page) for page in shown] == [s for s in SHOWN if s[0] == model]
    assert in_popup == ("changelist" in shown)


def _get_page(model, page, row):
    needs_row = page in ("change", "delete", "history")
    return get_url(model, page, *[row.pk if row else 0] * needs_row)


@pytest.mark.parametrize("name", ["client", "therapist"])
def test_a_deletion_that_appointments_prevent_shows_none(
    shows_appointment, series, name
):
    person = getattr(series, name)
    picked = {"action": "delete_selected", "_selected_action": person.pk}

    pages = [
        shows_appointment(get_url(type(person), "delete", person.pk)),
        shows_appointment(get_url(type(person), "changelist"), picked, "post"),
    ]

    assert pages == [False, False]
    assert type(person).objects.filter(pk=person.pk).exists()


@pytest.mark.parametrize("field", FIELDS, ids=str)
def test_no_search_of_a_field_shows_an_appointment(boss, series, field):
    names = {
        "app_label": field.model._meta.app_label,
        "model_name": field.model._meta.model_name,
        "field_name": field.name,
    }

    for term in ("", series.client.email, series.therapist.name):
        response = boss.get(reverse("admin:autocomplete"), names | {"term": term})

        assert not YEAR.search(response.content)
        if field.related_model in (Appointment, Series):
            assert response.status_code == 403
