"""Operations in any order lead to the diary that the reference has."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)

from appointments.services import holds
from appointments.tests.reference.lifecycle import DAY, HOUR, MINUTE
from appointments.tests.reference.practice import Practice
from booking.tests.depth import choose

pytestmark = pytest.mark.django_db

# Mostly roles towards the appointment, or almost every request would be refused.
roles = st.sampled_from(["client", "client", "therapist", "staff", "kit", "moss"])
clients = st.sampled_from(["kit", "moss", "ada"])
therapists = st.sampled_from(["ada", "bob"])
# Few, so that appointments often overlap; some are in the past or too soon.
offsets = st.builds(
    lambda days, half_hours: days * DAY + half_hours * HOUR / 2,
    st.sampled_from([0, 1, 1, 1, 1, 2]),
    st.integers(0, 5),
)
durations = st.sampled_from([30, 60, 60])
types = st.sampled_from(["one-off", "one-off", "one-off", "consultation"])
choices = st.integers(0, 7)
has_appointments = precondition(lambda self: self.practice.appointments)


class Operations(RuleBasedStateMachine):
    """Requests of everyone in a practice; each rule sends one, or lets time pass."""

    def __init__(self):
        super().__init__()
        self.practice = Practice()
        self.reference = self.practice.reference
        self.people = self.practice.people

    def teardown(self):
        self.practice.close()

    @rule(
        by=st.sampled_from(["kit", "kit", "kit", "moss", "ada"]),
        therapist=therapists,
        offset=offsets,
        minutes=durations,
        type=types,
        hold=st.booleans(),
    )
    def add(self, by, therapist, offset, minutes, type, hold):
        therapist = self.practice.therapists[therapist]
        start = self.practice.morning + offset
        self._add(by, therapist, start, minutes, type, hold=hold)

    @has_appointments
    @rule(
        by=st.sampled_from(["kit", "kit", "moss"]), number=choices, hold=st.booleans()
    )
    def add_available(self, by, number, hold):
        """Send a booking request that equals an available appointment."""
        found = self.practice.pick(number)
        minutes = (found.end - found.start) // MINUTE
        self._add(by, found.therapist, found.start, minutes, found.type, hold=hold)

    @rule(
        by=st.sampled_from(["kit", "ada", "ada", "staff", "staff"]),
        therapist=therapists,
        offset=offsets,
        minutes=durations,
        type=types,
        client=clients | st.none(),
    )
    def publish_or_add_for(self, by, therapist, offset, minutes, type, client):
        therapist = self.practice.therapists[therapist]
        start = self.practice.morning + offset
        self._add(by, therapist, start, minutes, type, client)

    def _add(self, by, therapist, start, minutes, type, client=None, hold=False):
        request = {
            "therapist_id": therapist.id,
            "start": start.isoformat(),
            "duration": minutes,
            "type": type,
            "hold": hold,
        }
        person, named = self.people[by], self.people.get(client)
        self.practice.compare(
            by,
            "",
            request | self._name_client(client),
            lambda: self.reference.add(
                person, therapist, start, minutes, type, named, hold
            ),
        )

    @has_appointments
    @rule(number=choices, client=clients)
    def book_for(self, number, client):
        self._book(self.practice.pick(number, "book"), "staff", client)

    @has_appointments
    @rule(role=roles, number=choices)
    def book(self, role, number):
        appointment = self.practice.pick(number, "book")
        by = self.practice.find_user(role, appointment)
        self._book(appointment, by, None)

    def _book(self, appointment, by, client):
        person, named = self.people[by], self.people.get(client)
        self.practice.compare(
            by,
            f"/{appointment.id}/book",
            self._name_client(client),
            lambda: self.reference.book(person, appointment, named),
        )

    @has_appointments
    @rule(role=roles, number=choices, offset=offsets, therapist=st.none() | therapists)
    def move(self, role, number, offset, therapist):
        appointment = self.practice.pick(number, "move")
        by = self.practice.find_user(role, appointment)
        start = self.practice.morning + offset
        target = self.practice.therapists.get(therapist)
        self.practice.compare(
            by,
            f"/{appointment.id}/move",
            {"start": start.isoformat(), "therapist_id": target and target.id},
            lambda: self.reference.move(self.people[by], appointment, start, target),
        )

    @has_appointments
    @rule(role=roles, number=choices)
    def cancel(self, role, number):
        appointment = self.practice.pick(number, "cancel")
        by = self.practice.find_user(role, appointment)
        self.practice.compare(
            by,
            f"/{appointment.id}/cancel",
            {},
            lambda: self.reference.cancel(self.people[by], appointment),
        )

    @has_appointments
    @rule(
        role=roles,
        number=choices,
        operation=st.sampled_from(["complete", "no_show", "reopen"]),
        has_started=st.booleans(),
    )
    def conclude(self, role, number, operation, has_started):
        appointment = self.practice.pick(number, operation)
        by = self.practice.find_user(role, appointment)
        if has_started:
            self.practice.pass_time(appointment.start)
        self.practice.compare(
            by,
            f"/{appointment.id}/{operation}",
            {},
            lambda: getattr(self.reference, operation)(self.people[by], appointment),
        )

    @rule(after=st.sampled_from([MINUTE, *[10 * MINUTE] * 3, HOUR, DAY, 7 * DAY]))
    def wait(self, after):
        self.practice.pass_time(self.reference.now + after)

    @has_appointments
    @rule(number=choices, moment=st.sampled_from(["start", "end"]))
    def wait_for(self, number, moment):
        self.practice.pass_time(getattr(self.practice.pick(number), moment))

    @rule()
    def sweep(self):
        holds.release_expired()
        self.practice.compare_lists(*self.people)

    def _name_client(self, client):
        return {"client_id": self.people[client].id} if client else {}


@pytest.mark.depth
def test_operations_in_any_order_do_what_the_reference_does(clock):
    run_state_machine_as_test(
        Operations,
        settings=settings(
            max_examples=choose(sample=10, thorough=60), stateful_step_count=40
        ),
    )
