"""Changes of hours, absences, closures and offerings are recorded with their actor."""

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from accounts.tests.factories import UserFactory
from therapists.models import Absence, Closure, Offering, WorkingHours
from therapists.tests.factories import (
    AbsenceFactory,
    ClosureFactory,
    OfferingFactory,
    TherapistFactory,
    WorkingHoursFactory,
)

pytestmark = pytest.mark.django_db

HOURS = {"weekday": 1, "start": "09:00", "end": "12:00"}
ROWS = {
    "hours": (WorkingHours, HOURS, {"end": "13:00"}),
    "absences": (
        Absence,
        {"start": "2030-03-04T00:00:00Z", "end": "2030-03-05T00:00:00Z"},
        {"end": "2030-03-06T00:00:00Z"},
    ),
    "offerings": (Offering, {"type": "one-off", "duration": 50}, {"duration": 60}),
    "closures": (
        Closure,
        {"start": "2030-12-25", "end": "2030-12-25", "name": "Christmas"},
        {"end": "2030-12-26"},
    ),
}


def list_changes(model):
    """Return what happened, by whom in which role, and the ids of the request."""
    events = model.pgh_event_model.objects.order_by("pgh_id")
    for event in events:
        context = event.pgh_context
        ids = (len(context["request_id"]), context["caller_request_id"])
        yield (event.pgh_label, context["user"], context["role"], *ids)


@pytest.mark.parametrize("role", ["therapist", "practice"])
@pytest.mark.parametrize("kind", ROWS)
def test_each_change_is_recorded_with_its_actor(api, kind, role):
    if (kind, role) == ("closures", "therapist"):
        pytest.skip("Therapists change no closures.")
    therapist = TherapistFactory(signs_in=True)
    manager = UserFactory(staff=True, group="Practice manager")
    user = therapist.user if role == "therapist" else manager
    prefix = "" if kind == "closures" else f"therapists/{therapist.pk}/"
    url, client = f"/api/v1/{prefix}{kind}", api(user)
    model, body, changes = ROWS[kind]
    trace = {"X-Request-ID": "trace-7"}

    row = client.post(url, body, headers=trace)
    changed = client.patch(f"{url}/{row.json()['id']}", changes, headers=trace)
    deleted = client.delete(f"{url}/{row.json()['id']}", headers=trace)

    assert [row.status_code, changed.status_code, deleted.status_code] == [
        201,
        200,
        204,
    ]
    assert list(list_changes(model)) == [
        (label, user.pk, role, 32, "trace-7")
        for label in ("insert", "update", "delete")
    ]


def test_a_change_in_the_admin_is_recorded_with_its_actor(staff, clerk):
    staff.post(
        "/admin/therapists/closure/add/",
        ROWS["closures"][1],
        headers={"X-Request-ID": "t"},
    )

    assert list(list_changes(Closure)) == [("insert", clerk.pk, "practice", 32, "t")]


@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET pgh_label = 'x'", "DELETE FROM {}"]
)
@pytest.mark.parametrize(
    "factory", [WorkingHoursFactory, AbsenceFactory, OfferingFactory, ClosureFactory]
)
def test_the_history_of_the_schedule_cannot_be_changed(factory, statement):
    model = type(factory()).pgh_event_model

    with (
        pytest.raises(DatabaseError, match="Cannot update or delete"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(model._meta.db_table))


def test_the_pages_of_the_history_name_the_actor(client, api, clerk):
    api(clerk).post("/api/v1/closures", ROWS["closures"][1])
    client.force_login(UserFactory(staff=True, group="Auditor"))
    url = "/admin/therapists/closureevent/"

    before = client.get(url).content.decode()
    User.objects.filter(pk=clerk.pk).delete()
    after = client.get(url).content.decode()

    assert f"{clerk.email} ({clerk.pk})" in before
    assert f"deleted ({clerk.pk})" in after
    assert "name Christmas" in after
