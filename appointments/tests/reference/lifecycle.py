"""The operations on appointments in slow, obvious Python, to compare the service with.

It shares no code with the service. Simplified: a hold is released the moment it expires,
and every question is answered by looking at every appointment. There are no series,
schedules or overrides, and of the rules only the notice.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from appointments.tests.reference.appointments import Appointment, Person

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HOLD, MOST_HOLDS = 10 * MINUTE, 3
ENDED = {"completed", "no_show", "cancelled"}
# The statuses in which each operation is possible.
SOURCES = {
    "book": {"available", "held"},
    "move": {"booked"},
    "cancel": {"available", "held", "booked"},
    "complete": {"booked"},
    "no_show": {"booked"},
    "reopen": {"completed", "no_show"},
}
EXCLUDED_ROLES = {
    "complete": {"client"},
    "no_show": {"client"},
    "reopen": {"client", "therapist"},
}


class Refused(Exception):
    """The service must refuse with this status, and with one of these codes."""

    def __init__(self, status: int, *codes: str):
        super().__init__(status, codes)
        self.status, self.codes = status, set(codes)


class Lifecycle:
    """The appointments of a practice at one moment, and what can be done with them."""

    def __init__(self, now: datetime):
        self.now = now
        self.appointments: list[Appointment] = []
        self.deleted: list[Appointment] = []

    def pass_time(self, moment: datetime) -> None:
        self.now = moment
        for held in [other for other in self.appointments if other.status == "held"]:
            if held.hold_expires_at > moment:
                continue
            held.former_holders.add(held.client)
            held.hold_expires_at = None
            if held.was_published:
                held.status, held.client = "available", None
            else:
                self.appointments.remove(held)
                self.deleted.append(held)

    def list_visible(self, person: Person):
        """Describe the appointments that the person sees."""
        return [
            appointment.describe(person)
            for appointment in self.appointments
            if appointment.is_visible(person, self.now)
        ]

    def add(self, by, therapist, start, minutes, type, client=None, hold=False):
        """Return the appointment, which is an available one if that was requested."""
        self._refuse_past(start)
        manages = by.is_staff or by == therapist.user
        if hold if manages else client:
            raise Refused(403, "permission_denied")
        if client:
            self._refuse_client(by, therapist, client)
        client = client if manages else by
        end, rest = start + minutes * MINUTE, therapist.break_after
        new = Appointment(therapist, None, type, "available", start, end, rest)
        new.was_published = client is None
        available = None if manages else self._find_available(new)
        if not manages and not available:
            self._refuse_notice(therapist, start)
        self._change(
            available or new,
            status="held" if hold else "booked" if client else "available",
            client=client,
            hold_expires_at=self.now + HOLD if hold else None,
        )
        return available or new

    def book(self, by, appointment, client=None):
        role = self._check(by, appointment, "book")
        if role == "client":
            if client is not None:
                raise Refused(403, "permission_denied")
            client = by
        elif appointment.status == "held":
            raise Refused(409, "already_held")
        elif client is None:
            raise Refused(400, "required")
        else:
            self._refuse_client(by, appointment.therapist, client)
        if appointment.start <= self.now:
            raise Refused(409, "already_started")
        self._change(appointment, status="booked", client=client, hold_expires_at=None)

    def move(self, by, appointment, start, therapist=None):
        self._refuse_past(start)
        role = self._check(by, appointment, "move")
        if appointment.start <= self.now:
            raise Refused(409, "already_started")
        therapist = therapist or appointment.therapist
        if (start, therapist) == (appointment.start, appointment.therapist):
            return
        duration = appointment.end - appointment.start
        changes = {"start": start, "end": start + duration}
        if therapist != appointment.therapist:
            if role == "therapist":
                raise Refused(403, "permission_denied")
            if therapist.user == appointment.client:
                raise Refused(400, "own_therapist")
            changes |= {"therapist": therapist, "break_after": therapist.break_after}
        is_late = appointment.is_late(self.now)
        is_soon = start <= self.now + therapist.notice
        if role == "client" and (is_late or is_soon):
            codes = ["too_late_to_cancel"] * is_late + ["too_soon"] * is_soon
            raise Refused(422, *codes)
        changes["moved_late"] = appointment.moved_late or is_late
        self._change(appointment, **changes)

    def cancel(self, by, appointment):
        """Return the appointment that is published in its place, if there is one."""
        role = self._check(by, appointment, "cancel")
        if self.now >= appointment.end:
            raise Refused(409, "already_over")
        is_late = appointment.status == "booked" and appointment.is_late(self.now)
        if is_late and role == "client":
            raise Refused(422, "too_late_to_cancel")
        was_available = appointment.status == "available"
        appointment.status, appointment.hold_expires_at = "cancelled", None
        appointment.cancelled_by = role
        appointment.cancelled_late = is_late or appointment.moved_late
        was_offered = appointment.was_published and not was_available
        if was_offered and self.now < appointment.start:
            return self._republish(appointment)
        return None

    def complete(self, by, appointment):
        self._conclude(by, appointment, "complete", "completed")

    def no_show(self, by, appointment):
        self._conclude(by, appointment, "no_show", "no_show")

    def reopen(self, by, appointment):
        self._check(by, appointment, "reopen")
        if self.now > appointment.concluded_at + 7 * DAY:
            raise Refused(409, "too_late_to_reopen")
        appointment.status, appointment.concluded_at = "booked", None

    def _conclude(self, by, appointment, operation, status):
        self._check(by, appointment, operation)
        if self.now < appointment.start:
            raise Refused(409, "not_started")
        appointment.status, appointment.concluded_at = status, self.now

    def _find_available(self, requested):
        for other in self.appointments:
            if (
                other.status == "available"
                and other.booking_request == requested.booking_request
            ):
                return other
        return None

    def _refuse_past(self, start):
        if start <= self.now:
            raise Refused(400, "in_the_past")

    def _refuse_notice(self, therapist, start):
        if start <= self.now + therapist.notice:
            raise Refused(422, "too_soon")

    def _refuse_client(self, by, therapist, client):
        if client == therapist.user:
            raise Refused(400, "own_therapist", "does_not_exist")
        is_known = any(
            other.client == client
            and other.therapist == therapist
            and other.status in {"booked", "completed", "no_show"}
            for other in self.appointments
        )
        if not by.is_staff and not is_known:
            raise Refused(400, "does_not_exist")

    def _check(self, by, appointment, operation):
        """Refuse the operation to this person in this status, or return their role."""
        if appointment in self.deleted or not appointment.is_visible(by, self.now):
            if operation == "book" and by in appointment.former_holders:
                raise Refused(409, "hold_expired")
            raise Refused(404, "not_found")
        role = appointment.get_role(by)
        is_theirs = role != "client" or appointment.client == by
        books = operation == "book" and appointment.client is None
        if role in EXCLUDED_ROLES.get(operation, ()) or not (is_theirs or books):
            raise Refused(403, "permission_denied")
        if appointment.status not in SOURCES[operation]:
            raise Refused(409, _get_code(operation, appointment.status))
        return role

    def _change(self, appointment, **changes):
        """Change or add the appointment, unless others are in the way."""
        changed = replace(appointment, **changes)
        others = [other for other in self.appointments if other is not appointment]
        collisions = {
            code
            for other in others
            if other.status != "cancelled"
            for code in changed.list_collisions(other)
        }
        if collisions:
            raise Refused(409, *collisions)
        if changed.status == "held":
            held = [other for other in others if other.status == "held"]
            if sum(other.client == changed.client for other in held) >= MOST_HOLDS:
                raise Refused(409, "too_many_holds")
        vars(appointment).update(changes)
        self.appointments = [*others, appointment]

    def _republish(self, cancelled):
        published = replace(
            cancelled,
            id=0,
            client=None,
            status="available",
            cancelled_by=None,
            cancelled_late=False,
            moved_late=False,
            former_holders=set(),
        )
        self._change(published)
        return published


def _get_code(operation, status):
    if status in ENDED or operation == "book":
        return f"already_{status}"
    return "not_completed" if operation == "reopen" else "not_booked"
