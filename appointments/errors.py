"""Every way in which an appointment can be refused."""

from datetime import UTC, datetime

from rest_framework.exceptions import APIException, ErrorDetail

from booking.api.errors import Conflict, Rule


class TherapistBusy(Conflict):
    default_code = "therapist_busy"
    default_detail = "The therapist is not free during that whole period."


class ClientBusy(Conflict):
    default_code = "client_busy"
    default_detail = "The client has another appointment in that period."


class TooManyHolds(Conflict):
    default_code = "too_many_holds"
    default_detail = "You hold three times already; book or cancel one of them first."


class HoldExpired(Conflict):
    default_code = "hold_expired"
    default_detail = "Your hold is over; look for the time again."


class AlreadyHeld(Conflict):
    default_code = "already_held"
    default_detail = "Somebody is holding it; only they can book it."


class AlreadyBooked(Conflict):
    default_code = "already_booked"
    default_detail = "It is booked already."


class AlreadyCompleted(Conflict):
    default_code = "already_completed"
    default_detail = "It was completed already."


class AlreadyNoShow(Conflict):
    default_code = "already_no_show"
    default_detail = "It was marked as missed already."


class AlreadyCancelled(Conflict):
    default_code = "already_cancelled"
    default_detail = "It was cancelled already."


class NotBooked(Conflict):
    default_code = "not_booked"
    default_detail = "Only a booked appointment can be changed so."


class NotCompleted(Conflict):
    default_code = "not_completed"
    default_detail = "Only a completed or missed appointment can be reopened."


class NotStarted(Conflict):
    default_code = "not_started"
    default_detail = "It has not started yet."


class AlreadyStarted(Conflict):
    default_code = "already_started"
    default_detail = "It has started already."


class AlreadyOver(Conflict):
    default_code = "already_over"
    default_detail = "It is over already."


class TooLateToReopen(Conflict):
    default_code = "too_late_to_reopen"
    default_detail = "It was completed more than seven days ago."


class TooLateToCancel(Rule):
    default_code = "too_late_to_cancel"
    default_detail = "Clients cannot cancel so shortly before; ask the practice."


class NothingToCome(Conflict):
    default_code = "nothing_to_come"
    default_detail = "No booked date of the series is still to come."


class NonexistentTime(Rule):
    default_code = "nonexistent_time"
    default_detail = "The therapist's clock skips this time on that day."


class TherapistInactive(Rule):
    default_code = "therapist_inactive"
    default_detail = "The therapist takes no appointments."


class OutsideWorkingHours(Rule):
    default_code = "outside_working_hours"
    default_detail = "The therapist does not work during that whole period."


class OffGrid(Rule):
    default_code = "off_grid"
    default_detail = "The therapist starts at other times; search for slots."


class TherapistAbsent(Rule):
    default_code = "therapist_absent"
    default_detail = "The therapist is away at that time."


class PracticeClosed(Rule):
    default_code = "practice_closed"
    default_detail = "The practice is closed on that day."


class TooSoon(Rule):
    default_code = "too_soon"
    default_detail = "The therapist needs to be asked longer before."


class TooFar(Rule):
    default_code = "too_far"
    default_detail = "The therapist does not plan that far ahead."


class TypeNotOffered(Rule):
    default_code = "type_not_offered"
    default_detail = "The therapist does not offer this type of appointment."


class WrongDuration(Rule):
    default_code = "wrong_duration"
    default_detail = "The therapist offers this type with another duration."


RULES = {
    rule.default_code: rule
    for rule in (
        TherapistInactive,
        TypeNotOffered,
        WrongDuration,
        TooSoon,
        TooFar,
        OutsideWorkingHours,
        OffGrid,
        TherapistAbsent,
        PracticeClosed,
    )
}

OVERLAPS = {
    "appointment_therapist_overlap": TherapistBusy,
    "appointment_client_overlap": ClientBusy,
}

# Refusals of an operation by the state that it finds, by their codes.
STATES = {
    one.default_code: one
    for one in (
        AlreadyHeld,
        AlreadyBooked,
        AlreadyCompleted,
        AlreadyNoShow,
        AlreadyCancelled,
        NotBooked,
        NotCompleted,
    )
}


class SeriesRefused(APIException):
    """Dates of a series that cannot be, each with every reason; nothing was changed.

    It is a conflict if anything is taken, else the rules refuse.
    """

    default_code = "series_refused"

    def __init__(self, failing: list[tuple[int, datetime, list[type[APIException]]]]):
        self.failing = failing
        self.status_code = min(
            one.status_code for _, _, refusals in failing for one in refusals
        )
        self.detail = {
            written(start): _details(refusals) for _, start, refusals in failing
        }

    @property
    def more(self) -> dict:
        """What the answer has beside its errors."""
        return {"dates": [unbooked(*date) for date in self.failing]}


def unbooked(occurrence, start, refusals):
    """Return what an answer shows of a date that was not booked."""
    return {
        "occurrence": occurrence,
        "start": written(start),
        "status": None,
        "errors": [
            {"code": one.code, "detail": str(one), "attr": None}
            for one in _details(refusals)
        ],
        "appointment_id": None,
        "is_exception": False,
        "nearest": None,
    }


def _details(refusals):
    return [ErrorDetail(one.default_detail, one.default_code) for one in refusals]


def written(moment: datetime, to: str = "seconds") -> str:
    """Write a moment as the API sends it; one without an offset is a local time."""
    if moment.tzinfo is None:
        return moment.isoformat(timespec=to)
    return moment.astimezone(UTC).isoformat(timespec=to).replace("+00:00", "Z")
