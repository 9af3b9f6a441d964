from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from appointments.errors import ClientNotAllowed, UnknownTherapist
from appointments.errors.rules import TypeNotOffered
from appointments.errors.series import DurationRequired, TooFarAhead
from appointments.models.statuses import Right, Role
from appointments.services.discretion import hides_client
from appointments.services.participants import check_client, get_managing_role
from appointments.services.series.occurrences import Occurrence, list_occurrences
from booking.api.errors import RulesRefuse
from therapists.models import FARTHEST_DAYS, BookingMode, Therapist


@dataclass(frozen=True)
class SeriesPlan:
    """The dates on which a client wants to see a therapist.

    `duration` is in minutes. `ignored` are the ids of appointments that are about to
    move away. A user who `manages` the diary is not bound by the practice's rules.
    """

    user: User
    therapist: Therapist
    client_id: int
    role: Role
    type: str
    duration: int
    dates: list[Occurrence]
    ignored: list[int] = field(default_factory=list)

    @property
    def hides_client(self) -> bool:
        """Whether the user may not know the client's appointments with others."""
        return hides_client(self.user, self.role)

    @property
    def manages(self) -> bool:
        return self.role != Role.CLIENT

    @property
    def takes_available(self) -> bool:
        """Whether an available appointment is booked where it is one of the dates."""
        return not (self.manages or self.ignored)


def plan_series(
    *,
    user: User,
    therapist_id: int,
    type: str,
    start: datetime,
    every_weeks: int,
    count: int,
    duration: int | None = None,
    client_id: int | None = None,
) -> SeriesPlan:
    """Plan a series: for whom, with whom, for how long and when.

    Without a duration, in minutes, it is what the therapist offers. Refuses people as
    `add` does; staff and the therapist have to name the client. Raises `TooFarAhead` for
    a last date that is more than ten years away, and `DurationRequired`.
    """
    therapist = Therapist.objects.filter(pk=therapist_id).first()
    if therapist is None:
        raise UnknownTherapist
    role = _get_role(user, therapist, client_id)
    return SeriesPlan(
        user=user,
        therapist=therapist,
        client_id=client_id or user.pk,
        role=role,
        type=type,
        dates=_list_dates(start, therapist, every_weeks, count),
        duration=duration or _get_offered_duration(therapist, type, role),
    )


def _get_role(user, therapist, client_id):
    """Return the role of the user, who may plan a series of this client there."""
    role = get_managing_role(
        user,
        therapist.user_id,
        Right.ADD_SERIES,
        therapist_is_active=therapist.is_active,
    )
    if role != Role.CLIENT:
        check_client(
            user,
            client_id,
            Right.ADD_SERIES,
            therapist_id=therapist.pk,
            therapist_user_id=therapist.user_id,
        )
    elif not therapist.is_active:
        raise UnknownTherapist
    elif client_id is not None:
        raise ClientNotAllowed
    return role


def _list_dates(start, therapist, every_weeks, count):
    dates = list_occurrences(
        start,
        therapist.time_zone,
        every_weeks=every_weeks,
        numbers=range(1, count + 1),
    )
    if dates[-1].at > timezone.now() + timedelta(days=FARTHEST_DAYS):
        raise TooFarAhead
    return dates


def _get_offered_duration(therapist, type, role):
    offerings = dict(therapist.offerings.values_list("type", "duration"))
    if type in offerings:
        return offerings[type]
    if role == Role.CLIENT and (
        offerings or therapist.booking_mode == BookingMode.WORKING_HOURS
    ):
        raise RulesRefuse([TypeNotOffered])
    raise DurationRequired
