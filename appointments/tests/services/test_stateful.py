"""Whatever people do in whatever order, the diary is as the obvious model has it."""

import pytest
import time_machine
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)
from rest_framework.test import APIClient

from accounts.tests.factories import UserFactory
from appointments.services import holds
from appointments.tests.factories import NOW
from appointments.tests.reference.appointments import Person, Therapist
from appointments.tests.reference.lifecycle import (
    DAY,
    HOUR,
    MINUTE,
    SOURCES,
    Lifecycle,
    Refused,
)
from booking.tests import codes
from booking.tests.depth import choose
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"

# Resolved for the row that it is about, so that not everything is refused.
sides = st.sampled_from(["client", "client", "therapist", "staff", "kit", "moss"])
clients = st.sampled_from(["kit", "moss", "ada"])
practitioners = st.sampled_from(["ada", "bob"])
# Few, so that they are often in each other's way; some are over, some too soon.
places = st.builds(
    lambda days, half_hours: days * DAY + half_hours * HOUR / 2,
    st.sampled_from([0, 1, 1, 1, 1, 2]),
    st.integers(0, 5),
)
minutes = st.sampled_from([30, 60, 60])
types = st.sampled_from(["one-off", "one-off", "one-off", "consultation"])
choices = st.integers(0, 7)


class Practice(RuleBasedStateMachine):
    """Two clients, a therapist with a user and one without, and staff."""

    def __init__(self):
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.clock = time_machine.travel(NOW, tick=False)
        self.traveller = self.clock.start()
        self.lives = Lifecycle(NOW)
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
            "ada": self.practitioner(
                self.users["ada"],
                break_minutes=10,
                notice_hours=2,
                cancellation_notice_hours=24,
            ),
            "bob": self.practitioner(None, cancellation_notice_hours=0),
        }
        self.known = []

    def practitioner(self, user, **rules):
        row = TherapistFactory(user=user, **rules)
        return Therapist(
            row.pk,
            user and self.people["ada"],
            row.break_minutes * MINUTE,
            row.notice_hours * HOUR,
            row.cancellation_notice_hours * HOUR,
        )

    def teardown(self):
        self.clock.stop()
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    @rule(
        by=st.sampled_from(["kit", "kit", "kit", "moss", "ada"]),
        therapist=practitioners,
        place=places,
        minutes=minutes,
        type=types,
        hold=st.booleans(),
    )
    def add(self, by, therapist, place, minutes, type, hold):
        start = self.morning() + place
        self._add(by, self.therapists[therapist], start, minutes, type, hold=hold)

    @precondition(lambda self: self.known)
    @rule(
        by=st.sampled_from(["kit", "kit", "moss"]), number=choices, hold=st.booleans()
    )
    def take(self, by, number, hold):
        row = self.row(number, "take")
        minutes = (row.end - row.start) // MINUTE
        self._add(by, row.therapist, row.start, minutes, row.type, hold=hold)

    @rule(
        by=st.sampled_from(["kit", "ada", "ada", "staff", "staff"]),
        therapist=practitioners,
        place=places,
        minutes=minutes,
        type=types,
        client=clients | st.none(),
    )
    def publish(self, by, therapist, place, minutes, type, client):
        start = self.morning() + place
        self._add(by, self.therapists[therapist], start, minutes, type, client)

    def _add(self, by, therapist, start, minutes, type, client=None, hold=False):
        wish = {
            "therapist_id": therapist.id,
            "start": start.isoformat(),
            "duration": minutes,
            "type": type,
            "hold": hold,
        }
        person, named = self.people[by], self.people.get(client)
        self.compare(
            by,
            URL,
            wish | self.naming(client),
            lambda: self.lives.add(
                person, therapist, start, minutes, type, named, hold
            ),
        )

    @precondition(lambda self: self.known)
    @rule(number=choices, client=clients)
    def sell(self, number, client):
        self._book(self.row(number, "book"), "staff", client)

    @precondition(lambda self: self.known)
    @rule(side=sides, number=choices)
    def book(self, side, number):
        row = self.row(number, "book")
        self._book(row, self.who(side, row), None)

    def _book(self, row, by, client):
        self.compare(
            by,
            f"{URL}/{row.id}/book",
            self.naming(client),
            lambda: self.lives.book(self.people[by], row, self.people.get(client)),
        )

    @precondition(lambda self: self.known)
    @rule(
        side=sides,
        number=choices,
        place=places,
        therapist=st.none() | practitioners,
    )
    def move(self, side, number, place, therapist):
        row, start = self.row(number, "move"), self.morning() + place
        by = self.who(side, row)
        target = self.therapists.get(therapist)
        self.compare(
            by,
            f"{URL}/{row.id}/move",
            {"start": start.isoformat(), "therapist_id": target and target.id},
            lambda: self.lives.move(self.people[by], row, start, target),
        )

    @precondition(lambda self: self.known)
    @rule(side=sides, number=choices)
    def cancel(self, side, number):
        row = self.row(number, "cancel")
        by = self.who(side, row)
        self.compare(
            by,
            f"{URL}/{row.id}/cancel",
            {},
            lambda: self.lives.cancel(self.people[by], row),
        )

    @precondition(lambda self: self.known)
    @rule(
        side=sides,
        number=choices,
        operation=st.sampled_from(["complete", "no_show", "reopen"]),
        on_time=st.booleans(),
    )
    def conclude(self, side, number, operation, on_time):
        row = self.row(number, operation)
        by = self.who(side, row)
        if on_time:
            self.pass_time(max(self.lives.now, row.start))
        self.compare(
            by,
            f"{URL}/{row.id}/{operation}",
            {},
            lambda: getattr(self.lives, operation)(self.people[by], row),
        )

    @rule(after=st.sampled_from([MINUTE, *[10 * MINUTE] * 3, HOUR, DAY, 7 * DAY]))
    def wait(self, after):
        self.pass_time(self.lives.now + after)

    @precondition(lambda self: self.known)
    @rule(number=choices, moment=st.sampled_from(["start", "end"]))
    def wait_for(self, number, moment):
        self.pass_time(max(self.lives.now, getattr(self.row(number), moment)))

    @rule()
    def sweep(self):
        holds.release_expired()
        self.compare_lists(*self.people)

    def pass_time(self, moment):
        self.traveller.move_to(moment)
        self.lives.pass_time(moment)
        self.compare_lists(*self.people)

    def morning(self):
        return self.lives.now.replace(hour=9, minute=0)

    def row(self, number, operation=None):
        """One of the latest, also of what is gone; mostly such as the operation is for."""
        states = SOURCES.get(operation, {"available"})
        fitting = [row for row in self.lives.appointments if row.status in states]
        rows = (number % 4 and fitting) or self.known
        return rows[-1 - number % len(rows)]

    def who(self, side, row):
        person = {"client": row.client, "therapist": row.therapist.user}.get(side)
        names = [name for name, one in self.people.items() if one == person]
        return names[0] if names else side if side in self.people else "kit"

    def naming(self, client):
        return {"client_id": self.people[client].id} if client else {}

    def api(self, name):
        client = APIClient()
        client.force_authenticate(self.users[name])
        return client

    def compare(self, by, url, body, expect):
        """Ask both the service and the model."""
        response = self.api(by).post(url, body)
        made, refusal = expected(expect)
        if refusal:
            assert response.status_code == refusal.status, response.data
            assert set(codes(response)) <= refusal.codes
        else:
            assert response.status_code == (201 if url == URL else 200), response.data
            self.know(made, response.data["id"])
        self.compare_lists("staff")

    def know(self, made, answered):
        if made is None or made in self.known:
            return
        self.known.append(made)
        if made.status == "available" and made.id == 0:
            shown = {row["id"] for row in self.listed("staff")}
            [made.id] = shown - {row.id for row in self.known} - {0} or {answered}
        else:
            made.id = answered

    def listed(self, name):
        return self.api(name).get(URL, {"page_size": 200}).json()["results"]

    def compare_lists(self, *names):
        for name in names:
            shown = [seen(row) for row in self.listed(name)]
            assert sorted(shown) == sorted(self.lives.list_visible(self.people[name]))


def expected(expect):
    try:
        return expect(), None
    except Refused as refusal:
        return None, refusal


def seen(row):
    """What an answer says of an appointment, in the terms of the model."""
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


@pytest.mark.depth
def test_any_sequence_of_operations_does_what_the_model_does(clock):
    run_state_machine_as_test(
        Practice,
        settings=settings(
            max_examples=choose(sample=10, thorough=60), stateful_step_count=40
        ),
    )
