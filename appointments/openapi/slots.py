"""What the OpenAPI document says about slots."""

from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
)
from drf_standardized_errors.openapi_validation_errors import extend_validation_errors
from rest_framework.exceptions import NotFound

from appointments.openapi.appointments import AppointmentView
from appointments.serializers.slots import (
    SlotSerializer,
)
from booking.api.openapi import refusals


class SlotView(AppointmentView):
    target_class = "appointments.views.slots.SlotViewSet"


SLOT = OpenApiExample(
    "Slot",
    SlotSerializer().get_initial(),
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
SLOT_OR_NULL = {"oneOf": [{"$ref": "#/components/schemas/Slot"}, {"type": "null"}]}
next_slot = extend_schema(
    summary="Find a therapist's first free time",
    description="Null where there is none within the therapist's horizon.",
    parameters=[
        OpenApiParameter(
            "type",
            str,
            required=True,
            enum=["one-off", "consultation"],
            description="The type of appointment that is wished for.",
        )
    ],
    # Of a serializer that may be null, drf-spectacular describes the object alone.
    responses={200: OpenApiResponse(SLOT_OR_NULL, examples=[SLOT])},
)
codes_of_search = extend_validation_errors(
    ["required", "inverted", "too_long"], "end", methods=["get"]
)
codes_of_next_slot = extend_validation_errors(
    ["required", "invalid_choice", "unknown_parameter", "repeated"], "type"
)
