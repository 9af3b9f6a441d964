"""Every way in which an appointment can be refused."""

from booking.api.errors import Conflict, Rule


class TherapistBusy(Conflict):
    default_code = "therapist_busy"
    default_detail = "The therapist is not free during that whole period."


class ClientBusy(Conflict):
    default_code = "client_busy"
    default_detail = "The client has another appointment in that period."


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
