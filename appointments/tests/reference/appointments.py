"""An appointment of the reference, and its people; `lifecycle` has the operations."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Person:
    id: int
    is_staff: bool = False
    is_therapist: bool = False


@dataclass(frozen=True)
class Therapist:
    id: int
    user: Person | None
    break_after: timedelta
    notice: timedelta
    cancellation_notice: timedelta


@dataclass(eq=False)
class Appointment:
    therapist: Therapist
    client: Person | None
    type: str
    status: str
    start: datetime
    end: datetime
    break_after: timedelta
    id: int = 0
    was_published: bool = False
    hold_expires_at: datetime | None = None
    concluded_at: datetime | None = None
    cancelled_by: str | None = None
    cancelled_late: bool = False
    moved_late: bool = False
    former_holders: set[Person] = field(default_factory=set)

    @property
    def booking_request(self):
        """What a request must equal to book this appointment while it is available."""
        return (self.therapist, self.start, self.end, self.type)

    def get_role(self, person: Person):
        if person == self.therapist.user:
            return "therapist"
        return "practice" if person.is_staff else "client"

    def is_visible(self, person: Person, now: datetime):
        if person.is_staff or person in (self.client, self.therapist.user):
            return True
        is_bookable = self.status == "available" and self.start > now
        return is_bookable and not person.is_therapist

    def is_late(self, now: datetime):
        """Whether the therapist's notice for cancelling has begun."""
        return now > self.start - self.therapist.cancellation_notice

    def describe(self, person: Person):
        """What a response tells this person, who sees the appointment."""
        sees_client = person.is_staff or person in (self.client, self.therapist.user)
        expires = self.hold_expires_at
        return (
            self.id,
            self.therapist.id,
            self.client.id if sees_client and self.client else 0,
            self.type,
            self.status,
            f"{self.start:%Y-%m-%dT%H:%M:%SZ}",
            f"{self.end:%Y-%m-%dT%H:%M:%SZ}",
            expires.isoformat().replace("+00:00", "Z") if expires else "",
            self.cancelled_by or "",
            self.cancelled_late,
        )

    def list_collisions(self, other: "Appointment"):
        """Yield the code of each overlap that the database would refuse."""
        if self.therapist == other.therapist and (
            self.start < other.end + other.break_after
            and other.start < self.end + self.break_after
        ):
            yield "therapist_busy"
        if (
            self.client
            and self.client == other.client
            and (self.start < other.end and other.start < self.end)
        ):
            yield "client_busy"
