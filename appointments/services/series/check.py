"""Whether the dates of a series can be, by the rules of any booking."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.utils import timezone
from psycopg.types.numeric import Int8

from accounts.models import User
from appointments.errors import (
    RULES,
    ClientBusy,
    ClientNotAllowed,
    DurationRequired,
    NonexistentTime,
    SeriesRefused,
    TherapistBusy,
    TooFarAhead,
    UnknownTherapist,
)
from appointments.services import add as services
from appointments.services.series.occurrences import Date, dates
from appointments.services.statements.series import JUDGE
from booking.api.errors import RulesRefuse
from therapists.models import FARTHEST_DAYS, BookingMode, Therapist

REFUSALS = RULES | {
    one.default_code: one for one in (TherapistBusy, ClientBusy, NonexistentTime)
}


@dataclass(frozen=True)
class Wanted:
    """The dates that somebody wishes for a client with a therapist.

    `duration` is in minutes. `ignored` are the ids of appointments that are about to
    move away. Whoever `manages` the diary is not bound by the practice's rules.
    """

    user: User
    therapist: Therapist
    client_id: int
    manages: bool
    type: str
    duration: int
    dates: list[Date]
    ignored: list[int] = field(default_factory=list)

    @property
    def takes(self) -> bool:
        """Whether a published appointment is taken where it is one of the dates."""
        return not (self.manages or self.ignored)


class Judged(NamedTuple):
    """A date with the codes that refuse it; staff are told of those they override."""

    occurrence: int
    local: datetime
    at: datetime
    start: datetime | None
    codes: list[str]
    overridden: list[str]


def wished(
    *,
    user: User,
    therapist_id: int,
    type: str,
    start: datetime,
    every_weeks: int,
    count: int,
    duration: int | None = None,
    client_id: int | None = None,
) -> Wanted:
    """Read a wish for a series: whose, with whom, for how long and when.

    Without a duration, in minutes, it is what the therapist offers. Refuses people as
    `services.add` does; staff and the therapist have to name the client.
    """
    therapist, manages = _therapist(user, therapist_id)
    if manages:
        client_id = services.named_client(user, client_id, therapist_id)
    elif client_id is not None:
        raise ClientNotAllowed
    planned = dates(
        start,
        therapist.time_zone,
        every_weeks=every_weeks,
        occurrences=range(1, count + 1),
    )
    if planned[-1].at > timezone.now() + timedelta(days=FARTHEST_DAYS):
        raise TooFarAhead
    return Wanted(
        user=user,
        therapist=therapist,
        client_id=client_id or user.pk,
        manages=manages,
        type=type,
        duration=duration or _offered(therapist, type, manages),
        dates=planned,
    )


def _therapist(user, therapist_id):
    """Return the therapist, and whether the user manages their diary."""
    therapist = Therapist.objects.filter(pk=therapist_id).first()
    manages = bool(therapist) and (user.is_staff or therapist.user_id == user.pk)
    if therapist is None or not (manages or therapist.is_active):
        raise UnknownTherapist
    return therapist, manages


def _offered(therapist, type, manages):
    offerings = dict(therapist.offerings.values_list("type", "duration"))
    if type in offerings:
        return offerings[type]
    if not manages and (
        offerings or therapist.booking_mode == BookingMode.WORKING_HOURS
    ):
        raise RulesRefuse([RULES["type_not_offered"]])
    raise DurationRequired


def judged(wish: Wanted) -> list[Judged]:
    """Judge every date by the rules, and by what is in the diaries, in one statement.

    True until somebody else changes these diaries, so for good while they are locked.
    """
    exist = [date for date in wish.dates if date.start is not None]
    numbers = [date.occurrence for date in exist]
    answers = dict(zip(numbers, _asked(wish, exist), strict=True))
    return [
        _judged(date, wish.manages, answers.get(date.occurrence)) for date in wish.dates
    ]


def _asked(wish, exist):
    values = {
        "therapist_id": Int8(wish.therapist.pk),
        "client_id": Int8(wish.client_id),
        "takes": wish.takes,
        "type": wish.type,
        "duration": wish.duration,
        "starts": [date.start for date in exist],
        "ignored": wish.ignored,
        "now": timezone.now(),
        "practice": settings.PRACTICE_TIME_ZONE,
    }
    with connection.cursor() as cursor:
        cursor.execute(JUDGE, values)
        return cursor.fetchall()


def _judged(date, manages, answer):
    if answer is None:
        return Judged(*date, [NonexistentTime.default_code], [])
    reasons, therapist_busy, client_busy = answer
    codes = [] if manages else list(reasons)
    codes += [TherapistBusy.default_code] * therapist_busy
    codes += [ClientBusy.default_code] * client_busy
    return Judged(*date, codes, reasons if manages else [])


def refuse(failing: Iterable[Judged]):
    """Refuse a series for the dates that fail, with every reason of each."""
    raise SeriesRefused(
        [
            (
                date.occurrence,
                date.start or date.local,
                [REFUSALS[c] for c in date.codes],
            )
            for date in failing
        ]
    )
