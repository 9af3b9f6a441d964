"""A practice in the database and in the reference; every request goes to both."""

import time_machine
from django.db import transaction
from rest_framework.test import APIClient

from accounts.tests.factories import UserFactory
from appointments.tests.factories import NOW
from appointments.tests.reference.appointments import Person, Therapist
from appointments.tests.reference.lifecycle import (
    HOUR,
    MINUTE,
    SOURCES,
    Lifecycle,
    Refused,
)
from booking.tests import codes
from therapists.tests.factories import TherapistFactory

URL = "/api/v1/appointments"


class Practice:
    """Two clients, a therapist with an account and one without, and staff.

    Until it is closed, it stops the clock and keeps a transaction open.
    """

    def __init__(self):
        self._transaction = transaction.atomic()
        self._transaction.__enter__()
        self._travel = time_machine.travel(NOW, tick=False)
        self._clock = self._travel.start()
        self.reference = Lifecycle(NOW)
        self.users = {
            "kit": UserFactory(),
            "moss": UserFactory(),
            "ada": UserFactory(),
            "staff": UserFactory(staff=True),
        }
        self.people = {
            name: Person(user.pk, name == "staff", name == "ada")
            for name, user in self.users.items()
        }
        self.therapists = {
            "ada": self._create_therapist(
                self.users["ada"],
                break_minutes=10,
                notice_hours=2,
                cancellation_notice_hours=24,
            ),
            "bob": self._create_therapist(None, cancellation_notice_hours=0),
        }
        # Appointments of the reference, with the ids of their rows; also deleted ones.
        self.appointments = []

    def _create_therapist(self, user, **settings):
        row = TherapistFactory(user=user, **settings)
        return Therapist(
            row.pk,
            user and self.people["ada"],
            row.break_minutes * MINUTE,
            row.notice_hours * HOUR,
            row.cancellation_notice_hours * HOUR,
        )

    def close(self):
        self._travel.stop()
        transaction.set_rollback(True)
        self._transaction.__exit__(None, None, None)

    @property
    def morning(self):
        """Nine o'clock today."""
        return self.reference.now.replace(hour=9, minute=0)

    def pass_time(self, moment):
        """Move both clocks forward to the moment, if it is not past."""
        moment = max(moment, self.reference.now)
        self._clock.move_to(moment)
        self.reference.pass_time(moment)
        self.compare_lists(*self.people)

    def pick(self, number, operation=None):
        """Return one of the last appointments, mostly one that suits the operation."""
        statuses = SOURCES.get(operation, {"available"})
        suitable = [a for a in self.reference.appointments if a.status in statuses]
        appointments = (number % 4 and suitable) or self.appointments
        return appointments[-1 - number % len(appointments)]

    def find_user(self, role, appointment):
        """Return the name of a user in the role; in a role without users, Kit's.

        Names of users stand for themselves.
        """
        people = {"client": appointment.client, "therapist": appointment.therapist.user}
        person = people.get(role)
        names = [name for name, other in self.people.items() if other == person]
        return names[0] if names else role if role in self.people else "kit"

    def compare(self, by, path, body, expect):
        """Send a request; compare its response and every row with the reference.

        `expect` does to the reference what the request does to the service.
        """
        response = self._get_api(by).post(f"{URL}{path}", body)
        appointment, refusal = _call(expect)
        if refusal:
            assert response.status_code == refusal.status, response.data
            assert set(codes(response)) <= refusal.codes
        else:
            assert response.status_code == (200 if path else 201), response.data
            self._remember(appointment, response.data["id"])
        self.compare_lists("staff")

    def compare_lists(self, *names):
        """Compare what these users see with what they see by the reference."""
        for name in names:
            rows = [_describe(row) for row in self._list_rows(name)]
            expected = self.reference.list_visible(self.people[name])
            assert sorted(rows) == sorted(expected)

    def _remember(self, appointment, id):
        """Give an appointment of the reference the id of its row.

        The response has that id, unless the row is one that was published again.
        """
        if appointment is None or appointment in self.appointments:
            return
        self.appointments.append(appointment)
        if appointment.status == "available" and appointment.id == 0:
            ids = {row["id"] for row in self._list_rows("staff")}
            [id] = ids - {other.id for other in self.appointments} or {id}
        appointment.id = id

    def _list_rows(self, name):
        return self._get_api(name).get(URL, {"page_size": 200}).json()["results"]

    def _get_api(self, name):
        client = APIClient()
        client.force_authenticate(self.users[name])
        return client


def _call(expect):
    try:
        return expect(), None
    except Refused as refusal:
        return None, refusal


def _describe(row):
    """Return what a response says of an appointment, in the form of the reference."""
    return (
        row["id"],
        row["therapist"]["id"],
        row["client"]["id"] if row["client"] else 0,
        row["type"],
        row["status"],
        row["start"],
        row["end"],
        row["hold_expires_at"] or "",
        row["cancelled_by"] or "",
        row["cancelled_late"],
    )
