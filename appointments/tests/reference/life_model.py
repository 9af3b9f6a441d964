"""The lives of appointments in slow, obvious Python, to compare the product with.

Shares no code with it. A hold is released the moment it is over, and every question is
answered by looking at every row.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HOLD_LASTS, MOST_HOLDS = 10 * MINUTE, 3
OVER = {"completed", "no_show", "cancelled"}
FROM = {
    "book": {"available", "held"},
    "move": {"booked"},
    "cancel": {"available", "held", "booked"},
    "complete": {"booked"},
    "no_show": {"booked"},
    "reopen": {"completed", "no_show"},
}
NOT_FOR = {
    "complete": {"client"},
    "no_show": {"client"},
    "reopen": {"client", "therapist"},
}


class Refused(Exception):
    """With this status, and with one of these codes."""

    def __init__(self, status: int, *codes: str):
        super().__init__(status, codes)
        self.status, self.codes = status, set(codes)


@dataclass(frozen=True)
class Person:
    id: int
    is_staff: bool = False
    is_therapist: bool = False


@dataclass(frozen=True)
class Practitioner:
    id: int
    user: Person | None
    rest: timedelta
    notice: timedelta
    cancellation_notice: timedelta


@dataclass(eq=False)
class Row:
    therapist: Practitioner
    client: Person | None
    type: str
    status: str
    start: datetime
    end: datetime
    rest: timedelta
    id: int = 0
    was_published: bool = False
    hold_expires_at: datetime | None = None
    concluded_at: datetime | None = None
    cancelled_by: str | None = None
    cancelled_late: bool = False
    former_holders: set[Person] = field(default_factory=set)

    @property
    def place(self):
        return (self.therapist, self.start, self.end, self.type)

    def shown(self, person: Person):
        knows = person.is_staff or person in (self.client, self.therapist.user)
        expires = self.hold_expires_at
        return (
            self.id,
            self.therapist.id,
            self.client.id if knows and self.client else 0,
            self.type,
            self.status,
            f"{self.start:%Y-%m-%dT%H:%M:%SZ}",
            f"{self.end:%Y-%m-%dT%H:%M:%SZ}",
            expires.isoformat().replace("+00:00", "Z") if expires else "",
            self.cancelled_by or "",
            self.cancelled_late,
        )

    def collisions(self, other: "Row"):
        if self.therapist == other.therapist and (
            self.start < other.end + other.rest and other.start < self.end + self.rest
        ):
            yield "therapist_busy"
        if (
            self.client
            and self.client == other.client
            and (self.start < other.end and other.start < self.end)
        ):
            yield "client_busy"


class Lives:
    def __init__(self, now: datetime):
        self.now = now
        self.rows: list[Row] = []
        self.gone: list[Row] = []

    def pass_time(self, moment: datetime) -> None:
        self.now = moment
        for row in [row for row in self.rows if row.status == "held"]:
            if row.hold_expires_at > moment:
                continue
            row.former_holders.add(row.client)
            row.hold_expires_at = None
            if row.was_published:
                row.status, row.client = "available", None
            else:
                self.rows.remove(row)
                self.gone.append(row)

    def shown(self, person: Person):
        """What the person is shown of the rows that they see."""
        return [row.shown(person) for row in self.rows if self.sees(person, row)]

    def sees(self, person, row):
        if person.is_staff or person in (row.client, row.therapist.user):
            return True
        is_on_offer = row.status == "available" and row.start > self.now
        return is_on_offer and not person.is_therapist

    def add(self, by, therapist, start, minutes, type, client=None, hold=False):
        """Return the row, which may have been there before."""
        self._refuse_past(start)
        manages = by.is_staff or by == therapist.user
        if hold if manages else client:
            raise Refused(403, "permission_denied")
        if client:
            self._refuse_client(by, therapist, client)
        end, taker = start + minutes * MINUTE, client if manages else by
        status = "held" if hold else "booked" if taker else "available"
        row = Row(therapist, None, type, "available", start, end, therapist.rest)
        taken = {
            "status": status,
            "client": taker,
            "hold_expires_at": self.now + HOLD_LASTS if hold else None,
        }
        if not manages:
            for other in self.rows:
                if other.status == "available" and other.place == row.place:
                    row = other
        if row not in self.rows:
            row.was_published = taker is None
            if not manages:
                self._refuse_notice(therapist, start)
        self._change(row, **taken)
        return row

    def _refuse_past(self, start):
        if start <= self.now:
            raise Refused(400, "in_the_past")

    def _refuse_notice(self, therapist, start):
        if start <= self.now + therapist.notice:
            raise Refused(422, "too_soon")

    def _refuse_client(self, by, therapist, client):
        if client == therapist.user:
            raise Refused(400, "own_therapist", "does_not_exist")
        known = any(r.client == client and r.therapist == therapist for r in self.rows)
        if not by.is_staff and not known:
            raise Refused(400, "does_not_exist")

    def _change(self, row, **changes):
        """Make this of the row, if nothing is in the way."""
        wished = replace(row, **changes)
        others = [other for other in self.rows if other is not row]
        problems = {
            code
            for other in others
            if other.status != "cancelled"
            for code in wished.collisions(other)
        }
        if problems:
            raise Refused(409, *problems)
        if wished.status == "held":
            held = [other for other in others if other.status == "held"]
            if sum(other.client == wished.client for other in held) >= MOST_HOLDS:
                raise Refused(409, "too_many_holds")
        vars(row).update(changes)
        self.rows = [*others, row]

    def _found(self, by, row, operation):
        """Refuse whoever may not do this to the row in its state; tell their side."""
        if row in self.gone or not self.sees(by, row):
            if operation == "book" and by in row.former_holders:
                raise Refused(409, "hold_expired")
            raise Refused(404, "not_found")
        side = "client"
        if by == row.therapist.user:
            side = "therapist"
        elif by.is_staff:
            side = "practice"
        takes = operation == "book" and row.client is None
        is_theirs = side != "client" or row.client == by or takes
        if side in NOT_FOR.get(operation, ()) or not is_theirs:
            raise Refused(403, "permission_denied")
        if row.status not in FROM[operation]:
            raise Refused(409, self._state(operation, row.status))
        return side

    @staticmethod
    def _state(operation, status):
        if status in OVER or operation == "book":
            return f"already_{status}"
        return "not_completed" if operation == "reopen" else "not_booked"

    def book(self, by, row, client=None):
        side = self._found(by, row, "book")
        if side == "client":
            if client is not None:
                raise Refused(403, "permission_denied")
            client = by
        elif row.status == "held":
            raise Refused(409, "already_held")
        elif client is None:
            raise Refused(400, "required")
        else:
            self._refuse_client(by, row.therapist, client)
        if row.start <= self.now:
            raise Refused(409, "already_started")
        self._change(row, status="booked", client=client, hold_expires_at=None)

    def move(self, by, row, start, therapist=None):
        self._refuse_past(start)
        side = self._found(by, row, "move")
        if row.start <= self.now:
            raise Refused(409, "already_started")
        therapist = therapist or row.therapist
        if (start, therapist) == (row.start, row.therapist):
            return
        changes = {"start": start, "end": start + (row.end - row.start)}
        if therapist != row.therapist:
            if side == "therapist":
                raise Refused(403, "permission_denied")
            if therapist.user == row.client:
                raise Refused(400, "own_therapist")
            changes |= {"therapist": therapist, "rest": therapist.rest}
        if side == "client":
            self._refuse_notice(therapist, start)
        self._change(row, **changes)

    def cancel(self, by, row):
        """Return what is published instead, if anything is."""
        side = self._found(by, row, "cancel")
        if self.now >= row.end:
            raise Refused(409, "already_over")
        latest = row.start - row.therapist.cancellation_notice
        late = row.status == "booked" and self.now > latest
        if late and side == "client":
            raise Refused(422, "too_late_to_cancel")
        was_taken, row.status = row.status != "available", "cancelled"
        row.cancelled_by, row.cancelled_late = side, late
        row.hold_expires_at = None
        if not (was_taken and row.was_published and self.now < row.start):
            return None
        what = (row.type, "available", row.start, row.end, row.rest)
        again = Row(row.therapist, None, *what, was_published=True)
        self._change(again)
        return again

    def complete(self, by, row):
        self._conclude(by, row, "complete", "completed")

    def no_show(self, by, row):
        self._conclude(by, row, "no_show", "no_show")

    def _conclude(self, by, row, operation, status):
        self._found(by, row, operation)
        if self.now < row.start:
            raise Refused(409, "not_started")
        row.status, row.concluded_at = status, self.now

    def reopen(self, by, row):
        self._found(by, row, "reopen")
        if self.now > row.concluded_at + 7 * DAY:
            raise Refused(409, "too_late_to_reopen")
        row.status, row.concluded_at = "booked", None
