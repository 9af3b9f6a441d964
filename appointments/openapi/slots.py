"""The OpenAPI document about free times."""

from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiResponse,
    PolymorphicProxySerializer,
)
from rest_framework.exceptions import NotFound

from accounts.openapi.account import TokenScheme
from appointments.errors import NotInSlots, OnlyInSlots, OtherType, UnknownAppointment
from appointments.openapi.appointments import AppointmentView
from appointments.serializers.slots import (
    DayOfSlotsSerializer,
    FreeSerializer,
    SlotSerializer,
)
from booking.api.openapi.operations import describe


class SlotView(AppointmentView):
    target_class = "appointments.views.slots.SlotViewSet"


DAY = OpenApiExample("Day", DayOfSlotsSerializer().get_initial(), response_only=True)
SLOT = OpenApiExample("Slot", SlotSerializer().get_initial(), response_only=True)
search_slots = describe(
    operation_id="listSlots",
    summary="Find free times",
    description="Every time at which a client could book an offering of this type, ordered "
    "by start, then by therapist. This includes `available` appointments. To book a slot, "
    "send its start, duration, type and therapist. 404 for a therapist who is not listed, and "
    "422 for one at any time who has published nothing.\n\n"
    "`ignore_appointment` finds times to which you can move an appointment, with a token.\n\n"
    "`per_day` lists days instead, for a month's view: each day and therapist once, if "
    "there is a slot. A page of days may be short, or empty, and still have a next one.",
    # With a token only for `ignore_appointment`.
    auth=[{TokenScheme.name: []}, {}],
    responses={
        200: PolymorphicProxySerializer(
            "SlotOrDay",
            [SlotSerializer, DayOfSlotsSerializer],
            resource_type_field_name=None,
            many=True,
        )
    },
    refusals=(NotFound, NotInSlots, UnknownAppointment, OtherType),
    examples=[SLOT, DAY],
)
find_next_slots = describe(
    operation_id="nextSlots",
    summary="Find the first free time of each therapist",
    description="In order of time, within the next 62 days: each therapist once, who has "
    "a slot then, with one of the specialisms or with all.",
    filters=True,
    responses={200: SlotSerializer(many=True)},
    examples=[SLOT],
)
find_free = describe(
    operation_id="listFree",
    summary="Find the times at which a therapist is free",
    description="For a therapist whom clients book at any time (`booking_mode` "
    "`any_time`): the stretches without appointments, absences or closures, in order, "
    "from the notice to the horizon. A client can book any part of a stretch that is at "
    "most `longest_minutes` long; a therapist with offerings takes only their types and "
    "durations. No appointment may reach beyond its stretch, or over two of them.\n\n"
    "The stretches are cut at the ends of the period. Published times (`available`) are "
    "not in them: find these with `GET slots`.",
    filters=True,
    responses={200: FreeSerializer(many=True)},
    refusals=(OnlyInSlots,),
    examples=[
        OpenApiExample("Free", FreeSerializer().get_initial(), response_only=True)
    ],
)
SLOT_OR_NULL = {"oneOf": [{"$ref": "#/components/schemas/Slot"}, {"type": "null"}]}
find_next_slot = describe(
    operation_id="nextSlot",
    summary="Find a therapist's first free time",
    description="Null if the therapist has no free time within their horizon.",
    filters=True,
    # drf-spectacular cannot describe a serializer whose value may be null.
    responses={200: OpenApiResponse(SLOT_OR_NULL, examples=[SLOT])},
    refusals=(NotInSlots,),
)
