"""The list of appointments in the admin, and the rights to its pages."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.admin import URL, get_url
from appointments.tests.factories import HOUR, NOW, AppointmentFactory
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db


def test_the_list_needs_a_fixed_number_of_queries(staff, django_assert_num_queries):
    AppointmentFactory.create_batch(12, therapist=TherapistFactory(signs_in=True))

    # Session, user, second factor, two of rights, the count, the page with therapists and clients,
    # and the log of reads.
    with django_assert_num_queries(8):
        response = staff.get(URL)

    assert response.status_code == 200
    assert len(response.context["cl"].result_list) == 12


@pytest.mark.parametrize(
    ("when", "days"),
    [
        ("today", [0]),
        ("week", [1]),
        ("upcoming", [1, 40]),
        ("past", [0, -1]),
    ],
)
@pytest.mark.usefixtures("london")
def test_the_list_has_the_chosen_period(staff, when, days):
    starts = {day: NOW - HOUR + timedelta(days=day) for day in (-1, 0, 1, 40)}
    for start in starts.values():
        AppointmentFactory(start=start)

    response = staff.get(URL, {"when": when})

    listed = [appointment.start for appointment in response.context["cl"].queryset]
    assert listed == [starts[day] for day in days]


def test_an_appointment_is_never_deleted(staff, boss):
    appointment = AppointmentFactory()
    url = f"{URL}{appointment.pk}/delete/"

    responses = [browser.post(url, {"post": "yes"}) for browser in (staff, boss)]

    assert [response.status_code for response in responses] == [403, 403]
    assert Appointment.objects.get() == appointment


@pytest.mark.parametrize("party", ["client", "therapist"])
def test_people_with_appointments_are_not_deleted(boss, party):
    person = getattr(AppointmentFactory(), party)
    app = {"client": "accounts/user", "therapist": "therapists/therapist"}[party]
    picked = {"action": "delete_selected", "_selected_action": person.pk}

    one = boss.post(f"/admin/{app}/{person.pk}/delete/", {"post": "yes"})
    many = boss.post(f"/admin/{app}/", picked | {"post": "yes"})

    for response in (one, many):
        assert response.status_code == 200
        assert response.context["protected"]
    assert type(person).objects.filter(pk=person.pk).exists()


def test_staff_who_may_only_view_see_the_page_and_change_nothing(nothing_changes):
    viewer = UserFactory(staff=True, group="")
    appointment = AppointmentFactory()
    viewer.user_permissions.add(Permission.objects.get(codename="view_appointment"))
    browser = Client()
    browser.force_login(viewer)

    page = browser.get(get_url(appointment))
    with nothing_changes():
        response = browser.post(get_url(appointment), {"status": "cancelled"})

    assert page.status_code == 200
    assert appointment.client.name in page.content.decode()
    assert response.status_code == 403
