"""What the OpenAPI document says about appointments."""

from drf_spectacular.extensions import OpenApiViewExtension
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema,
)
from drf_standardized_errors.openapi_validation_errors import extend_validation_errors
from rest_framework.exceptions import PermissionDenied

from appointments.errors import OVERLAPS, RULES, TooManyHolds
from appointments.models import Appointment
from appointments.serializers.appointment_requests import BookingRequestSerializer
from appointments.serializers.appointments import AppointmentSerializer
from booking.api.errors import KeyInUse, KeyReused
from booking.api.openapi import refusals

BOOKED = OpenApiExample(
    "Booked",
    AppointmentSerializer().get_initial(),
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
HOLD = OpenApiExample("A hold", WISH.value | {"hold": True}, request_only=True)
ADDED = {
    201: AppointmentSerializer,
    403: refusals("NotYours", PermissionDenied),
    409: refusals("Taken", *OVERLAPS, TooManyHolds, KeyInUse),
    422: refusals("AgainstTheRules", *RULES.values(), KeyReused),
}
KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="1 to 255 visible ASCII characters of your choice, such as a UUID. Sent "
    "again within 24 hours with the same route and body, the request is not done again "
    "but answered as before, with `Idempotent-Replayed: true`.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag of what you saw: if it has changed since, 412 and no change.",
)
ETAG = OpenApiParameter(
    "ETag",
    str,
    OpenApiParameter.HEADER,
    response=[200, 201],
    description="The version of what is shown.",
)
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


class AppointmentView(OpenApiViewExtension):
    """Names the model for the OpenAPI document; the view itself has no queryset."""

    target_class = "appointments.views.appointments.AppointmentViewSet"

    def view_replacement(self):
        attributes = {"queryset": Appointment.objects.none()}
        return type(self.target_class.__name__, (self.target_class,), attributes)


listing = extend_schema(
    summary="List the appointments you may see",
    description="Ordered by start. Clients see what they could take and their own "
    "appointments, therapists their diary, staff everything.",
    examples=[BOOKED],
)
ID = OpenApiParameter("id", int, OpenApiParameter.PATH)
showing = extend_schema(
    summary="Show one appointment",
    description="404 also for one that you may not see.",
    parameters=[ID, ETAG],
    examples=[BOOKED],
)
adding = extend_schema(
    summary="Book or publish an appointment",
    description=ADDING,
    request=BookingRequestSerializer,
    parameters=[KEY, ETAG],
    responses=ADDED,
    examples=[WISH, HOLD, BOOKED],
)
adding_from_query = extend_schema(
    summary="Book or publish an appointment, with query parameters",
    description=ADDING,
    request=None,
    parameters=[BookingRequestSerializer, KEY, ETAG],
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
