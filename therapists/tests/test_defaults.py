"""A new therapist, of whom only the name is known, cannot be booked yet."""

from datetime import time
from importlib import import_module

import pytest
from django.db.migrations import AddField

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.factories import booking_request
from booking.tests import codes
from therapists.models import BookingMode, Therapist

pytestmark = pytest.mark.django_db

defaults = import_module("therapists.migrations.0005_safe_defaults")


def test_the_defaults_are_safe(settings):
    settings.PRACTICE_TIME_ZONE = "Europe/Berlin"

    therapist = Therapist.objects.create(name="Ada")

    assert therapist.booking_mode == BookingMode.WORKING_HOURS
    assert therapist.time_zone == "Europe/Berlin"
    assert therapist.notice_hours == 24
    assert therapist.any_time_from == time(6)
    assert therapist.any_time_until == time(22)
    assert therapist.longest_minutes == 120


def test_a_therapist_with_only_a_name_cannot_be_booked(api):
    therapist = Therapist.objects.create(name="Ada", horizon_days=3650)
    request = booking_request(therapist, start="2030-01-06T03:07Z", duration=480)

    response = api(UserFactory()).post("/api/v1/appointments", request)

    assert response.status_code == 422
    assert codes(response) == ["outside_working_hours", "type_not_offered"]
    assert not Appointment.objects.exists()


def test_a_day_cannot_end_before_it_starts(manager):
    page = manager.get("/admin/therapists/therapist/add/")
    form = page.context["adminform"].form
    data = {
        name: form.get_initial_for_field(field, name)
        for name, field in form.fields.items()
    }
    data = {name: value for name, value in data.items() if value not in (None, "")}
    data |= {"name": "Ada", "any_time_from": "12:00", "any_time_until": "11:00"}
    for formset in page.context["inline_admin_formsets"]:
        prefix = formset.formset.prefix
        data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}

    response = manager.post("/admin/therapists/therapist/add/", data)

    errors = response.context["adminform"].form.errors.as_data()
    assert {field: [e.code for e in found] for field, found in errors.items()} == {
        "any_time_until": ["ends_before_start"]
    }
    assert not Therapist.objects.exists()


def test_therapists_who_exist_already_can_be_booked_as_before():
    added = {
        operation.name: operation.field.db_default
        for operation in defaults.Migration.operations
        if isinstance(operation, AddField)
    }

    assert added == {
        "any_time_from": time(0),
        "any_time_until": time(0),
        "longest_minutes": 480,
    }
