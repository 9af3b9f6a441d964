"""Every way in which an appointment can be refused."""

from booking.api.errors import Conflict, Rule


class TherapistBusy(Conflict):
    default_code = "therapist_busy"
    default_detail = "The therapist is not free during that whole period."


class ClientBusy(Conflict):
    default_code = "client_busy"
    default_detail = "The client has another appointment in that period."


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
    rule.default_code: rule for rule in (TooSoon, TooFar, TypeNotOffered, WrongDuration)
}

OVERLAPS = {
    "appointment_therapist_overlap": TherapistBusy,
    "appointment_client_overlap": ClientBusy,
}
