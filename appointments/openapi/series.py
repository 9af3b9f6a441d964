"""The OpenAPI document about series."""

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.exceptions import NotFound

from appointments.errors import (
    ClientBusyTooOften,
    ClientNotAllowed,
    ClientRequired,
    OperationNotAllowed,
    OwnTherapist,
    TherapistBusy,
    UnknownClient,
    UnknownTherapist,
)
from appointments.errors.rules import (
    TooLateToCancel,
    TooManyAppointments,
    TypeNotOffered,
)
from appointments.errors.series import (
    DurationRequired,
    NothingToCome,
    TooFarAhead,
    TooManySeries,
)
from appointments.openapi.appointments import ID
from appointments.openapi.refusals import DATE, REFUSED_DATES, refuse_date
from appointments.serializers.series import (
    SeriesPreviewSerializer,
    SeriesSerializer,
)
from appointments.serializers.series_requests import (
    BookSeriesSerializer,
    CancelSeriesSerializer,
    MoveSeriesSerializer,
    SeriesPlanSerializer,
)
from appointments.services.series.check import DATE_REFUSALS
from booking.api.openapi.operations import ETAG, PRECONDITION, describe

PLAN = {
    "therapist_id": 1,
    "type": "one-off",
    "start": "2030-03-04 09:00",
    "duration": 50,
    "every_weeks": 1,
    "count": 12,
}
PLAN_EXAMPLE = OpenApiExample("Twelve weeks", PLAN, request_only=True)
SERIES = OpenApiExample(
    "Series",
    {
        "id": 5,
        "therapist": {
            "id": 3,
            "name": "Ada Quill",
            "specialisms": ["Anxiety"],
            "time_zone": "Europe/London",
        },
        "client": {
            "id": 9,
            "name": "Kit Moss",
            "email": "kit@example.com",
            "phone": "+442079460018",
        },
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


PLAN_REFUSALS = (
    UnknownTherapist,
    UnknownClient,
    ClientRequired,
    OwnTherapist,
    TooFarAhead,
    DurationRequired,
    ClientNotAllowed,
    OperationNotAllowed,
    TypeNotOffered,
)
EVERY_DATE = """
Every date has the same time on the therapist's clock, also when clocks change. A date is
refused if the clock skips this time on that day. The rules that bind a booking bind every
date.
"""

list_series = extend_schema(
    operation_id="listSeries",
    summary="List the series you may see",
    description="Ordered by their first date. Clients see their own series, therapists "
    "see those in their diary, and staff with the right to view series see all.",
    examples=[SERIES],
)
show_series = extend_schema(
    operation_id="getSeries",
    summary="Show one series",
    parameters=[ID, ETAG],
    examples=[SERIES],
)
book_series = describe(
    operation_id="bookSeries",
    summary="Book a weekly series",
    description=EVERY_DATE
    + "Either all dates are booked, or none: then the response lists every refused date "
    "with all reasons. With `on_conflict: skip`, the other dates are booked. To a "
    "therapist, `client_busy` refuses the whole series and names no date.",
    request=BookSeriesSerializer,
    parameters=[ETAG],
    responses=REFUSED_DATES | {201: SeriesSerializer},
    refusals=(
        *PLAN_REFUSALS,
        *DATE_REFUSALS,
        ClientBusyTooOften,
        TooManySeries,
        TooManyAppointments,
    ),
    examples=[PLAN_EXAMPLE, SERIES],
)
preview_series = describe(
    operation_id="previewSeries",
    summary="Preview a series",
    description=EVERY_DATE
    + "Nothing is booked. For a refused date, the response has the nearest free slots. A "
    "therapist's preview leaves out the client's appointments with others.",
    request=SeriesPlanSerializer,
    responses={200: SeriesPreviewSerializer, 422: REFUSED_DATES[422]},
    refusals=(*PLAN_REFUSALS, TooManySeries, TooManyAppointments),
    examples=[
        PLAN_EXAMPLE,
        OpenApiExample(
            "Preview",
            {
                "dates": [
                    refuse_date(TherapistBusy)
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
move_series = describe(
    operation_id="moveSeries",
    summary="Move a series from a date on",
    description="The first date from `from` on moves to `start`. The dates after it move "
    "to the same weekday and time of their weeks. Either all of them move, or none. A date "
    "that was moved on its own stays where it is. To a therapist, `client_busy` names no "
    "date.",
    request=MoveSeriesSerializer,
    parameters=[ID, ETAG],
    responses=REFUSED_DATES | {200: SeriesSerializer},
    refusals=(
        NotFound,
        OperationNotAllowed,
        NothingToCome,
        *DATE_REFUSALS,
        TooLateToCancel,
        ClientBusyTooOften,
        *PRECONDITION,
    ),
    examples=[
        OpenApiExample(
            "To Thursdays",
            {"from": "2027-03-15T00:00:00Z", "start": "2027-03-18T10:00:00Z"},
            request_only=True,
        ),
        SERIES,
    ],
)
cancel_series = describe(
    operation_id="cancelSeries",
    summary="Cancel a series from a date on",
    description="Cancels the booked dates from `from` on. The default is all dates still "
    "to come. Either all of them are cancelled, or none: a date within the therapist's "
    "notice refuses a client.",
    request=CancelSeriesSerializer,
    parameters=[ID, ETAG],
    responses=REFUSED_DATES | {200: SeriesSerializer},
    refusals=(
        NotFound,
        OperationNotAllowed,
        NothingToCome,
        TooLateToCancel,
        *PRECONDITION,
    ),
    examples=[
        OpenApiExample(
            "From a date on", {"from": "2027-03-15T00:00:00Z"}, request_only=True
        ),
        SERIES,
    ],
)
