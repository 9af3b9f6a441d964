"""Every way in which an appointment can be refused."""

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
