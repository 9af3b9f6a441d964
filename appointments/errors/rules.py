"""The rules of the practice that refuse a booking: all that apply are named at once."""

from booking.api.errors import Rule


class TooLateToCancel(Rule):
    default_code = "too_late_to_cancel"
    default_detail = (
        "It is too late to cancel or move this online. Please contact the practice."
    )
    precise_detail = (
        "It can be cancelled or moved online until {cancellation_notice_hours} h "
        "before the start. Please contact the practice."
    )


class TooManyAppointments(Rule):
    constraint = "client_upcoming_within_limit"
    default_code = "too_many_appointments"
    default_detail = (
        "You have as many upcoming appointments as you may book. Please contact the "
        "practice."
    )


class TherapistInactive(Rule):
    default_code = "therapist_inactive"
    default_detail = "This therapist takes no appointments."


class OutsideWorkingHours(Rule):
    default_code = "outside_working_hours"
    default_detail = "The therapist does not work during the whole period."


class OffGrid(Rule):
    default_code = "off_grid"
    default_detail = "This therapist starts at other times. Please search for slots."


class OutsideAnyTime(Rule):
    default_code = "outside_any_time"
    default_detail = "This therapist takes no appointments at that time of day."


class TooLong(Rule):
    default_code = "too_long"
    default_detail = "This therapist takes no appointments that long."
    precise_detail = (
        "This therapist takes appointments of at most {longest_minutes} min."
    )


class TherapistAbsent(Rule):
    default_code = "therapist_absent"
    default_detail = "The therapist is away at this time."


class PracticeClosed(Rule):
    default_code = "practice_closed"
    default_detail = "The practice is closed on this day."


class TooSoon(Rule):
    default_code = "too_soon"
    default_detail = "This therapist requires more notice."
    precise_detail = "This therapist must be booked {notice_hours} h before the start."


class TooFar(Rule):
    default_code = "too_far"
    default_detail = "This therapist does not take bookings that far ahead."
    precise_detail = "This therapist takes bookings at most {horizon_days} days ahead."


class TypeNotOffered(Rule):
    default_code = "type_not_offered"
    default_detail = "This therapist does not offer this type of appointment."


class WrongDuration(Rule):
    default_code = "wrong_duration"
    default_detail = "This therapist offers this type with another duration."
    precise_detail = "This therapist offers this type with {offered} min."
