"""What the OpenAPI document says about appointments."""

from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema,
)
from drf_standardized_errors.openapi_validation_errors import extend_validation_errors
from rest_framework.exceptions import NotFound, PermissionDenied

from appointments.errors import OVERLAPS, RULES
from appointments.serializers import (
    AppointmentSerializer,
    SlotSerializer,
    WishSerializer,
)
from booking.api.schema import refusals

BOOKED = OpenApiExample(
    "Booked",
    {
        "id": 7,
        "start": "2027-06-06T11:41:00Z",
        "end": "2027-06-06T12:41:00Z",
        "duration": 60,
        "type": "one-off",
        "status": "booked",
        "therapist": {"id": 1, "name": "Ada Quill", "specialisms": ["Addiction"]},
        "client": {"id": 9, "name": "Kit Moss", "email": "kit@example.com"},
        "created_at": "2027-05-01T08:00:00.123456Z",
        "updated_at": "2027-05-01T08:00:00.123456Z",
        "overridden": [],
    },
    response_only=True,
)
WISH = OpenApiExample(
    "An hour",
    {
        "start": "2027-06-06 12:41",
        "duration": 60,
        "type": "one-off",
        "therapist_id": 1,
    },
    request_only=True,
)
ADDED = {
    201: AppointmentSerializer,
    403: refusals("NotYours", PermissionDenied),
    409: refusals("Taken", *OVERLAPS.values()),
    422: refusals("AgainstTheRules", *RULES.values()),
}
ADDING = """
A client books the period for themselves; if it equals an `available` appointment, they
take that one. Staff, and the therapist in their own diary, publish an `available`
appointment, or book it for the client whom they name.

409 means that only another appointment is in the way; its body is the same whoever and
whatever that is. 422 lists every rule of the practice that refuses. Staff and the
therapist are not bound by these rules; `overridden` tells them which ones refused.
"""
CODES_OF_A_WISH = {
    "start": [
        "required",
        "null",
        "invalid",
        "not_whole_minute",
        "nonexistent_time",
        "ambiguous_time",
        "out_of_range",
        "in_the_past",
    ],
    "duration": ["required", "null", "invalid", "min_value", "max_value"],
    "type": ["required", "null", "invalid_choice"],
    "therapist_id": ["does_not_exist"],
    "client_id": ["does_not_exist", "own_therapist"],
}


listing = extend_schema(
    summary="List the appointments you may see",
    description="Ordered by start. Clients see what they could take and their own "
    "appointments, therapists their diary, staff everything.",
    examples=[BOOKED],
)
showing = extend_schema(
    summary="Show one appointment",
    description="404 also for one that you may not see.",
    parameters=[OpenApiParameter("id", int, OpenApiParameter.PATH)],
    examples=[BOOKED],
)
adding = extend_schema(
    summary="Book or publish an appointment",
    description=ADDING,
    request=WishSerializer,
    responses=ADDED,
    examples=[WISH, BOOKED],
)
adding_from_query = extend_schema(
    summary="Book or publish an appointment, with query parameters",
    description=ADDING,
    request=None,
    parameters=[WishSerializer],
    responses=ADDED,
    examples=[BOOKED],
)


def codes(viewset):
    """Add the codes that cannot be seen in the fields."""
    for field, found in CODES_OF_A_WISH.items():
        viewset = extend_validation_errors(found, field, methods=["post"])(viewset)
    return extend_validation_errors(["required", "inverted"], "end", methods=["get"])(
        viewset
    )


SLOT = OpenApiExample(
    "Slot",
    {
        "start": "2027-03-01T09:00:00Z",
        "end": "2027-03-01T09:50:00Z",
        "type": "one-off",
        "duration": 50,
        "therapist": {
            "id": 3,
            "name": "Ada Quill",
            "specialisms": ["Anxiety"],
            "time_zone": "Europe/London",
        },
        "appointment_id": None,
    },
    response_only=True,
)
searching = extend_schema(
    summary="Find free times",
    description="Every time at which a client could book an offering of this type, by "
    "start, then therapist: computed from working hours, absences, closures and what is "
    "taken, and the appointments that were published. Book one with its start, duration, "
    "type and therapist. 404 for a therapist who is not listed.",
    responses={200: SlotSerializer(many=True), 404: refusals("NoTherapist", NotFound)},
    examples=[SLOT],
)
next_slot = extend_schema(
    summary="Find a therapist's first free time",
    description="Null where there is none within the therapist's horizon.",
    parameters=[
        OpenApiParameter("type", str, required=True, enum=["one-off", "consultation"])
    ],
    responses=SlotSerializer(allow_null=True),
    examples=[SLOT],
)
codes_of_search = extend_validation_errors(
    ["required", "inverted", "too_long"], "end", methods=["get"]
)
codes_of_next_slot = extend_validation_errors(
    ["required", "invalid_choice", "unknown_parameter", "repeated"], "type"
)
