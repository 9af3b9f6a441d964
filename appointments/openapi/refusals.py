"""The OpenAPI document about refusals whose body has more than the errors."""

from drf_spectacular.utils import OpenApiExample, OpenApiResponse

from appointments.errors import TherapistBusy
from appointments.errors.rules import OffGrid, OutsideWorkingHours
from appointments.serializers.series import SeriesDateSerializer
from appointments.serializers.slots import AlternativesSerializer, SlotSerializer
from booking.api.openapi.responses import ErrorResponseSerializer, get_example
from booking.api.serializers import ErrorSerializer

DATE = {
    "occurrence": 1,
    "start": "2027-03-01T09:00:00Z",
    "status": "booked",
    "errors": [],
    "appointment_id": 7,
    "is_exception": False,
    "nearest": None,
}


class RefusedTimeSerializer(ErrorResponseSerializer):
    """Why a time was refused, and other times that are free."""

    alternatives = AlternativesSerializer(
        required=False,
        help_text="Missing if no other time would help. Empty for a therapist at any time.",
    )


ALTERNATIVES = {
    "day": "2027-06-06T13:00:00Z",
    "week": "2027-06-06T13:00:00Z",
    "colleagues": [SlotSerializer().get_initial()],
}


def _describe_refused_time(description, refusal):
    body = get_example(refusal) | {"alternatives": ALTERNATIVES}
    example = OpenApiExample(refusal.__name__, body, status_codes=[refusal.status_code])
    return OpenApiResponse(RefusedTimeSerializer, description, examples=[example])


REFUSED_TIMES = {
    409: _describe_refused_time("The time or the thing is taken.", TherapistBusy),
    422: _describe_refused_time("The rules of the practice refuse.", OffGrid),
}


class RefusedDatesSerializer(ErrorResponseSerializer):
    errors = ErrorSerializer(many=True, help_text="`attr` is the start of the date.")
    dates = SeriesDateSerializer(
        many=True,
        required=False,
        help_text="The dates that are refused, and only those.",
    )


def refuse_date(refusal):
    error = {
        "code": refusal.default_code,
        "detail": refusal.default_detail,
        "attr": None,
    }
    return DATE | {"status": None, "errors": [error], "appointment_id": None}


def _describe_refused_dates(description, refusal):
    date = refuse_date(refusal)
    error = date["errors"][0] | {"attr": date["start"]}
    body = {"type": "client_error", "errors": [error], "dates": [date]}
    example = OpenApiExample("Dates", body, status_codes=[refusal.status_code])
    return OpenApiResponse(RefusedDatesSerializer, description, examples=[example])


# `SeriesRefused` has either status, and a body of its own.
REFUSED_DATES = {
    409: _describe_refused_dates(
        "A date is taken, or the status of the series does not allow this. Other dates can "
        "have the reasons of 422.",
        TherapistBusy,
    ),
    422: _describe_refused_dates(
        "The rules of the practice refuse a date.", OutsideWorkingHours
    ),
}
