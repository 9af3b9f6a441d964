"""What the OpenAPI document says about series."""

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from drf_standardized_errors.openapi_validation_errors import extend_validation_errors
from rest_framework import serializers
from rest_framework.exceptions import NotFound, PermissionDenied

from appointments.errors import NothingToCome, OutsideWorkingHours, TherapistBusy
from appointments.openapi.appointments import ETAG, ID, IF_MATCH, KEY
from appointments.serializers.series import (
    DATE_CODES,
    SeriesDateSerializer,
    SeriesPreviewSerializer,
    SeriesSerializer,
)
from appointments.serializers.series_requests import (
    BookSeriesSerializer,
    CancelSeriesSerializer,
    MoveSeriesSerializer,
    SeriesPlanSerializer,
)
from booking.api.errors import (
    KeyInUse,
    KeyReused,
    PreconditionFailed,
    PreconditionRequired,
)
from booking.api.openapi import refusals

WISH = {
    "therapist_id": 3,
    "type": "one-off",
    "start": "2027-03-01 09:00",
    "every_weeks": 1,
    "count": 12,
}
DATE = {
    "occurrence": 1,
    "start": "2027-03-01T09:00:00Z",
    "status": "booked",
    "errors": [],
    "appointment_id": 7,
    "is_exception": False,
    "nearest": None,
}
_BUSY = {
    "code": "therapist_busy",
    "detail": "The therapist is not free for the whole period.",
    "attr": None,
}
FAILED = DATE | {"status": None, "errors": [_BUSY], "appointment_id": None}
SHOWN = OpenApiExample(
    "Series",
    {
        "id": 5,
        "therapist": {"id": 3, "name": "Ada Quill", "specialisms": ["Anxiety"]},
        "client": {"id": 9, "name": "Kit Moss", "email": "kit@example.com"},
        "type": "one-off",
        "start": "2027-03-01T09:00:00Z",
        "duration": 50,
        "every_weeks": 1,
        "count": 12,
        "dates": [DATE],
        "created_at": "2027-02-01T08:00:00.123456Z",
        "updated_at": "2027-02-01T08:00:00.123456Z",
    },
    response_only=True,
    status_codes=["200", "201"],
)


class RefusedDatesErrorSerializer(serializers.Serializer):
    code = serializers.ChoiceField(
        choices=sorted(
            DATE_CODES
            | {one.default_code for one in (NothingToCome, KeyInUse, KeyReused)}
        )
    )
    detail = serializers.CharField()
    attr = serializers.CharField(allow_null=True, help_text="The start of the date.")


class RefusedDatesSerializer(serializers.Serializer):
    type = serializers.ChoiceField(choices=[("client_error", "Client Error")])
    errors = RefusedDatesErrorSerializer(many=True)
    dates = SeriesDateSerializer(
        many=True, required=False, help_text="The dates that fail, and only those."
    )


def _refused(status, description, refusal):
    error = {
        "code": refusal.default_code,
        "detail": refusal.default_detail,
        "attr": None,
    }
    body = {
        "type": "client_error",
        "errors": [error | {"attr": FAILED["start"]}],
        "dates": [FAILED | {"errors": [error]}],
    }
    return OpenApiResponse(
        RefusedDatesSerializer,
        description,
        examples=[OpenApiExample("Dates", body, status_codes=[status])],
    )


REFUSED = {
    403: refusals("NotYours", PermissionDenied),
    409: _refused(
        "409", "A date is taken, or the state of the series forbids it.", TherapistBusy
    ),
    422: _refused(
        "422", "The rules of the practice refuse a date.", OutsideWorkingHours
    ),
}
CHANGED = REFUSED | {
    200: SeriesSerializer,
    404: refusals("NoSeries", NotFound),
    412: refusals("Changed", PreconditionFailed),
    428: refusals("Unseen", PreconditionRequired),
}
EVERY_DATE = """
Every date has the same time on the therapist's clock, across changes of clocks; one on
which that time does not exist cannot be. Each is judged by the rules that bind a booking.
"""

listing = extend_schema(
    summary="List the series you may see",
    description="Ordered by their first date: a client's own, a therapist's diary, "
    "for staff all.",
    examples=[SHOWN],
)
showing = extend_schema(
    summary="Show one series", parameters=[ID, ETAG], examples=[SHOWN]
)
adding = extend_schema(
    summary="Book a weekly series",
    description=EVERY_DATE
    + "All of them are booked, or none: then the answer lists every "
    "date that fails, with every reason. With `on_conflict: skip` the rest is booked.",
    request=BookSeriesSerializer,
    parameters=[KEY, ETAG],
    responses=REFUSED | {201: SeriesSerializer},
    examples=[OpenApiExample("Twelve weeks", WISH, request_only=True), SHOWN],
)
previewing = extend_schema(
    summary="Try out a series",
    description=EVERY_DATE
    + "Nothing is written. For a date that cannot be, the answer "
    "has the nearest free slots.",
    request=SeriesPlanSerializer,
    responses={
        200: SeriesPreviewSerializer,
        403: REFUSED[403],
        422: REFUSED[422],
    },
    examples=[
        OpenApiExample("Twelve weeks", WISH, request_only=True),
        OpenApiExample(
            "Preview",
            {
                "dates": [
                    FAILED
                    | {
                        "nearest": {
                            "day": "2027-03-01T10:00:00Z",
                            "week": "2027-03-02T09:00:00Z",
                        }
                    }
                ]
            },
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
moving = extend_schema(
    summary="Move a series from a date on",
    description="The first date from `from` on goes to `start`, those that follow to the "
    "same weekday and time of their weeks; all of them or none. What was moved by itself "
    "stays where it is.",
    request=MoveSeriesSerializer,
    parameters=[ID, KEY, IF_MATCH, ETAG],
    responses=CHANGED,
    examples=[
        OpenApiExample(
            "To Thursdays",
            {"from": "2027-03-15T00:00:00Z", "start": "2027-03-18T10:00:00Z"},
            request_only=True,
        ),
        SHOWN,
    ],
)
cancelling = extend_schema(
    summary="Cancel a series from a date on",
    description="Cancels what is booked from `from` on, or all that is still to come: all "
    "of it or none. For a client, a date within the therapist's notice refuses.",
    request=CancelSeriesSerializer,
    parameters=[ID, KEY, IF_MATCH, ETAG],
    responses=CHANGED,
    examples=[
        OpenApiExample(
            "From a date on", {"from": "2027-03-15T00:00:00Z"}, request_only=True
        ),
        SHOWN,
    ],
)
CODES = {
    "start": [
        "nonexistent_time",
        "ambiguous_time",
        "not_whole_minute",
        "in_the_past",
        "out_of_range",
    ],
    "therapist_id": ["does_not_exist"],
    "client_id": ["does_not_exist", "own_therapist", "required"],
    "duration": ["required"],
}


def codes(viewset):
    """Add the codes that cannot be seen in the fields."""
    for name, found in CODES.items():
        viewset = extend_validation_errors(found, name, methods=["post"])(viewset)
    return viewset
