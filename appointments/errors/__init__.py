"""Every refusal of the diary: one class with its status, code, sentence and field.

Rules are in `rules.py`, and refusals of series alone in `series.py`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil

from rest_framework.exceptions import APIException, PermissionDenied

from appointments.errors.rules import TooManyAppointments
from booking.api.errors import Conflict, InvalidField, Rule


class UnknownTherapist(InvalidField):
    field = "therapist_id"
    default_code = "does_not_exist"
    default_detail = "This therapist does not exist."


class UnknownClient(InvalidField):
    field = "client_id"
    default_code = "does_not_exist"
    default_detail = "This client does not exist."


class ClientRequired(InvalidField):
    field = "client_id"
    default_code = "required"
    default_detail = "Name the client."


class OwnTherapist(InvalidField):
    """The request names the therapist as the client."""

    field = "client_id"
    default_code = "own_therapist"
    default_detail = "A therapist cannot be their own client."


class OwnDiary(InvalidField):
    """The request moves the client's appointment into the client's own diary."""

    field = "therapist_id"
    default_code = "own_therapist"
    default_detail = "A therapist cannot be their own client."


class OperationNotAllowed(PermissionDenied):
    default_detail = "You may not perform this operation."


class ClientNotAllowed(PermissionDenied):
    default_detail = "You may name a client only in your own diary."


class HoldNotAllowed(PermissionDenied):
    default_detail = "Only clients hold a time. In your diary, publish it or book it."


class ForeignDiary(PermissionDenied):
    default_detail = "You may move only within your own diary."


class UnknownAppointment(InvalidField):
    field = "ignore_appointment"
    default_code = "unknown_appointment"
    default_detail = "There is no such appointment that you may move."


class OtherType(InvalidField):
    field = "type"
    default_code = "other_type"
    default_detail = "The appointment to be moved has another type."


class OnlyInSlots(Rule):
    default_code = "only_in_slots"
    default_detail = "This therapist has slots. Find them with GET slots."


class NotInSlots(Rule):
    default_code = "not_in_slots"
    default_detail = (
        "This therapist has no slots, as clients book any time when the therapist is "
        "free. Find these times with GET therapists/ID/free."
    )


class TherapistBusy(Conflict):
    constraint = "appointment_therapist_overlap"
    default_code = "therapist_busy"
    default_detail = "The therapist is not free for the whole period."


class NobodyFree(Conflict):
    default_code = "nobody_free"
    default_detail = "No therapist who offers this is free at that time."


class ClientBusy(Conflict):
    constraint = "appointment_client_overlap"
    default_code = "client_busy"
    default_detail = "The client has another appointment in this period."

    def __init__(self, starts: Sequence[datetime] = ()):
        """`starts` are of the dates of a series that a therapist may not know."""
        super().__init__()
        self.starts = starts


class ClientBusyTooOften(APIException):
    """A therapist has found out too often that clients are busy elsewhere."""

    status_code = 429
    default_code = "throttled"
    default_detail = (
        "Too many of your bookings met clients who are busy. Ask the practice, or try "
        "again later."
    )

    def __init__(self, wait: timedelta):
        super().__init__()
        # Rounded up, so that a therapist who waits this long is not too early.
        self.wait = ceil(wait.total_seconds())


class TooManyHolds(Conflict):
    default_code = "too_many_holds"
    default_detail = "You already hold three times. Book or cancel one of them first."


class TooManyHoldsOfTherapist(TooManyHolds):
    default_detail = (
        "You have held times of this therapist too often in the last 24 hours. Book one "
        "without holding it first, or try again tomorrow."
    )


class HoldExpired(Conflict):
    default_code = "hold_expired"
    default_detail = "Your hold has expired. Please search again."


class AlreadyHeld(Conflict):
    default_code = "already_held"
    default_detail = (
        "A client holds this appointment, and only that client can book it."
    )


class AlreadyBooked(Conflict):
    default_code = "already_booked"
    default_detail = "This appointment is already booked."


class AlreadyCompleted(Conflict):
    default_code = "already_completed"
    default_detail = "This appointment is already completed."


class AlreadyNoShow(Conflict):
    default_code = "already_no_show"
    default_detail = "This appointment is already marked as missed."


class AlreadyCancelled(Conflict):
    default_code = "already_cancelled"
    default_detail = "This appointment is already cancelled."


class NotBooked(Conflict):
    default_code = "not_booked"
    default_detail = "This operation requires a booked appointment."


class NotCompleted(Conflict):
    default_code = "not_completed"
    default_detail = "Only a completed or missed appointment can be reopened."


class NotStarted(Conflict):
    default_code = "not_started"
    default_detail = "This appointment has not started yet."


class AlreadyStarted(Conflict):
    default_code = "already_started"
    default_detail = "This appointment has already started."


class AlreadyOver(Conflict):
    default_code = "already_over"
    default_detail = "This appointment has already ended."


class TooLateToReopen(Conflict):
    default_code = "too_late_to_reopen"
    default_detail = "This appointment was concluded more than seven days ago."


# The refusals of an overlap in a diary, by constraint.
OVERLAPS = (TherapistBusy, ClientBusy)
# The refusals of any write to a diary, by constraint.
VIOLATIONS = (*OVERLAPS, TooManyAppointments)
