"""The refusals of series alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from rest_framework.exceptions import APIException, ErrorDetail

from booking.api.errors import Conflict, InvalidField, Rule


class TooFarAhead(InvalidField):
    field = "start"
    default_code = "out_of_range"
    default_detail = "The last date must be within the next ten years."


class DurationRequired(InvalidField):
    field = "duration"
    default_code = "required"
    default_detail = "Give a duration: this therapist has no offering of this type."


class TooManySeries(Rule):
    default_code = "too_many_series"
    default_detail = (
        "You have as many upcoming series as you may book. Please contact the practice."
    )


class NothingToCome(Conflict):
    default_code = "nothing_to_come"
    default_detail = "This series has no upcoming booked dates."


class NonexistentTime(Rule):
    default_code = "nonexistent_time"
    default_detail = "The therapist's clock skips this time on that day."


class RefusedDate(NamedTuple):
    """A date of a series with every refusal; a local time if the clock skips it."""

    occurrence: int
    start: datetime
    refusals: list[type[APIException]]


class SeriesRefused(APIException):
    """Some dates of a series are refused, so nothing was changed.

    The status is 409 if any of these times is taken, else that of the rules.
    """

    default_code = "series_refused"

    def __init__(self, dates: Sequence[RefusedDate]):
        self.dates = dates
        refusals = [refusal for date in dates for refusal in date.refusals]
        self.status_code = min(refusal.status_code for refusal in refusals)
        self.detail = [
            ErrorDetail(refusal.default_detail, refusal.default_code)
            for refusal in refusals
        ]
