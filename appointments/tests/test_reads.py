"""The log of reads: who of staff or therapists opened whose appointments."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from accounts.tests.factories import UserFactory
from appointments.models import AppointmentRead
from appointments.tests.factories import (
    NOW,
    AppointmentFactory,
    SeriesFactory,
    get_user,
)
from booking.tests import codes
from therapists.tests.factories import ClosureFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"
ROUTES = {
    "list": lambda row: URL,
    "one": lambda row: f"{URL}/{row.pk}",
    "history": lambda row: f"{URL}/{row.pk}/history",
    "series": lambda row: "/api/v1/series",
    "one series": lambda row: f"/api/v1/series/{row.series_id}",
}
PAGES = {
    "list": "/admin/appointments/appointment/",
    "page": "/admin/appointments/appointment/{id}/change/",
    "log": "/admin/appointments/appointment/{id}/history/",
    "series": "/admin/appointments/series/",
    "one series": "/admin/appointments/series/{series}/change/",
}


@pytest.fixture
def row(therapist):
    """The first of two appointments of a series."""
    return SeriesFactory(therapist=therapist).appointments.first()


@contextmanager
def read_only_database():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")
        yield
        # Back to what it was before.
        transaction.set_rollback(True)


def list_reads():
    return list(AppointmentRead.objects.values_list("user_id", "client_id"))


@pytest.mark.parametrize("role", ["practice", "therapist"])
@pytest.mark.parametrize("route", ROUTES)
def test_a_read_is_logged_once_for_each_client(api, row, route, role):
    user, url = get_user(row, role), ROUTES[route](row)
    headers = {"X-Request-ID": "trace-7", "X-Forwarded-For": "192.0.2.7"}

    response = api(user).get(url, headers=headers, REMOTE_ADDR="198.51.100.7")

    assert response.status_code == 200
    read = AppointmentRead.objects.get()
    assert (read.user, read.client) == (user, row.client)
    assert (read.caller_request_id, len(read.request_id)) == ("trace-7", 32)
    assert (read.address, read.path) == ("198.51.100.7", f"GET {url}")
    assert NOW <= read.at <= NOW + timedelta(minutes=1)


@pytest.mark.parametrize("route", ROUTES)
def test_clients_read_their_own_without_a_log(api, row, route):
    response = api(row.client).get(ROUTES[route](row))

    assert response.status_code == 200
    assert list_reads() == []


def test_a_list_logs_only_the_clients_of_its_page(api, clerk):
    first, second, _ = AppointmentFactory.create_batch(3)
    AppointmentFactory(available=True, start=NOW + timedelta(hours=1))

    api(clerk).get(URL, {"page_size": 3})

    assert set(list_reads()) == {
        (clerk.pk, first.client_id),
        (clerk.pk, second.client_id),
    }


def test_what_is_not_there_is_not_logged(api, clerk, row):
    assert api(clerk).get(f"{URL}/0").status_code == 404
    assert api(UserFactory()).get(f"{URL}/{row.pk}").status_code == 404

    assert list_reads() == []


def test_a_history_logs_the_clients_whom_the_appointment_had(api, clerk, operate):
    row = AppointmentFactory(available=True)
    former, present = UserFactory(), UserFactory()
    for client in (former, present):
        assert operate(client, "book", row).status_code == 200
        row.refresh_from_db()
        if client == former:
            row.client, row.status = None, "available"
            row.save()

    api(clerk).get(f"{URL}/{row.pk}/history")

    assert set(list_reads()) == {(clerk.pk, former.pk), (clerk.pk, present.pk)}


def test_conflicts_of_a_change_are_logged(api, clerk, row):
    day = row.start.date().isoformat()
    body = {"name": "Flood", "start": day, "end": day}

    response = api(clerk).post("/api/v1/closures", body)

    assert response.json()["conflicts"] == [row.pk]
    assert list_reads() == [(clerk.pk, row.client_id)]


@pytest.mark.parametrize("page", PAGES)
def test_pages_of_the_admin_are_logged(staff, clerk, row, page):
    url = PAGES[page].format(id=row.pk, series=row.series_id)

    response = staff.get(url)

    assert response.status_code == 200
    assert list_reads() == [(clerk.pk, row.client_id)]
    assert AppointmentRead.objects.get().path == f"GET {url}"


def test_conflicts_in_the_admin_are_logged(staff, clerk, row):
    day = row.start.date().isoformat()
    closure = ClosureFactory(start=day, end=day, name="Flood")
    before = {"name": "Flood", "start": "2031-01-01", "end": "2031-01-01"}
    url = f"/admin/therapists/closure/{closure.pk}/change/"
    staff.post(url, before)

    staff.post(url, before | {"start": day})

    assert list_reads() == [(clerk.pk, row.client_id)]


@pytest.mark.parametrize("route", ROUTES)
def test_without_the_log_staff_and_therapists_get_no_answer(api, clerk, row, route):
    with read_only_database():
        refused = api(clerk).get(ROUTES[route](row))

    assert refused.status_code == 503
    assert codes(refused) == ["read_only"]


@pytest.mark.parametrize("route", ROUTES)
def test_clients_read_from_a_read_only_database(api, row, route):
    with read_only_database():
        response = api(row.client).get(ROUTES[route](row))

    assert response.status_code == 200


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE appointments_appointmentread SET client_id = NULL",
        "DELETE FROM appointments_appointmentread",
    ],
)
def test_a_read_cannot_be_changed_or_deleted(api, clerk, row, statement):
    api(clerk).get(URL)

    with (
        pytest.raises(DatabaseError, match="Cannot update or delete"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert list_reads() == [(clerk.pk, row.client_id)]


def test_the_log_outlives_its_accounts(api, clerk, boss):
    client = UserFactory()
    AppointmentRead.objects.create(user=clerk, client=client)
    ids = (clerk.pk, client.pk)

    client.delete()
    clerk.delete()

    assert list_reads() == [ids]
    page = boss.get("/admin/appointments/appointmentread/").content.decode()
    assert f"deleted ({ids[0]})" in page
    assert f"deleted ({ids[1]})" in page


def test_the_sweep_deletes_what_was_kept_long_enough(settings, clerk):
    settings.READ_LOG_DAYS = 30
    for days in (29, 31):
        AppointmentRead.objects.create(user=clerk, at=NOW - timedelta(days=days))

    call_command("sweep", stdout=None)

    assert AppointmentRead.objects.get().at == NOW - timedelta(days=29)


@pytest.mark.parametrize("group", ["Practice manager", "Auditor"])
def test_managers_and_auditors_find_reads_by_an_account(client, clerk, group):
    person, other = UserFactory(), UserFactory()
    for one in (person, other):
        AppointmentRead.objects.create(user=clerk, client=one, request_id=f"r{one.pk}")
    client.force_login(UserFactory(staff=True, group=group))
    url = "/admin/appointments/appointmentread/"

    for term in (person.email.upper(), str(person.pk), f"r{person.pk}"):
        [found] = client.get(url, {"q": term}).context["cl"].result_list
        assert found.client == person
    read = AppointmentRead.objects.first()
    assert client.get(f"{url}{read.pk}/change/").status_code == 200
    assert client.post(f"{url}{read.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"{url}add/").status_code == 403
