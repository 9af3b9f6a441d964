"""An appointment as it was seen before an operation on it."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone
from psycopg.types.numeric import Int8

from accounts.models import User
from appointments.models.statuses import Role, Status
from appointments.services.statements.changing import LAST_HAD, LOOK
from booking import audit


class Seen(NamedTuple):
    """One version of an appointment that a user may see, and its therapist's part."""

    id: int
    version: str
    is_lapsed: bool | None
    stored_status: str
    type: str
    start: datetime
    end: datetime
    therapist_id: int
    client_id: int | None
    was_published: bool
    concluded_at: datetime | None
    therapist_user_id: int | None
    therapist_is_active: bool
    notice_hours: int

    @property
    def status(self) -> Status:
        return Status.AVAILABLE if self.is_lapsed else Status(self.stored_status)

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    @property
    def notice(self) -> timedelta:
        return timedelta(hours=self.notice_hours)

    @property
    def shown_version(self) -> str:
        """What the ETag is made of, as in `reading.ANSWER`."""
        lapsed = "-expired" if self.is_lapsed else ""
        return f"{self.id}-{self.version}{lapsed}"

    def party(self, user: User) -> Role:
        return party(user, self.therapist_user_id)

    def values(self, user: User) -> dict[str, Any]:
        """Return what a statement needs to change just this version."""
        return audit.actor_parameters(user) | {
            "id": Int8(self.id),
            "version": self.version,
            "therapist_id": Int8(self.therapist_id),
            "client_id": self.client_id and Int8(self.client_id),
            "now": timezone.now(),
        }


def party(user: User, therapist_user_id: int | None) -> Role:
    """Tell on whose side the user acts; in their own diary, the therapist's."""
    if therapist_user_id == user.pk:
        return Role.THERAPIST
    return Role.PRACTICE if user.is_staff else Role.CLIENT


def look(user: User, id: int) -> Seen | None:
    """Return the appointment as it is now, or None if the user may not see it."""
    values = {
        "user": Int8(user.pk),
        "is_staff": user.is_staff,
        "id": Int8(id),
        "now": timezone.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(LOOK, values)
        row = cursor.fetchone()
    return row and Seen(*row)


def has_let_a_hold_lapse(user: User, id: int) -> bool:
    """Tell whether the last that the user had of it was a hold, whatever became of it."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_HAD, {"id": Int8(id), "user": Int8(user.pk)})
        last = cursor.fetchone()
    return last is not None and last[0] == Status.HELD
