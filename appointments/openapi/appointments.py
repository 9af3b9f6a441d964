"""The OpenAPI document about appointments."""

from drf_spectacular.extensions import OpenApiViewExtension
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema,
)

from appointments.availability.rules import RULES
from appointments.errors import (
    OVERLAPS,
    ClientBusyTooOften,
    ClientNotAllowed,
    ClientRequired,
    HoldNotAllowed,
    NobodyFree,
    OperationNotAllowed,
    OwnTherapist,
    TooManyHolds,
    TooManyHoldsOfTherapist,
    UnknownClient,
    UnknownTherapist,
)
from appointments.errors.rules import TooManyAppointments
from appointments.filters.clients import TooManyPeople
from appointments.models import Appointment
from appointments.openapi.refusals import REFUSED_TIMES
from appointments.serializers.appointment_requests import (
    BookingQuerySerializer,
    BookingRequestSerializer,
)
from appointments.serializers.appointments import AppointmentSerializer
from booking.api.openapi.operations import ETAG, describe
from booking.api.serializers import EmptySerializer

BOOKED = OpenApiExample(
    "Booked",
    AppointmentSerializer().get_initial(),
    response_only=True,
)
HOUR = OpenApiExample(
    "An hour",
    {
        "start": "2030-06-06 12:41",
        "duration": 60,
        "type": "one-off",
        "therapist_id": 1,
    },
    request_only=True,
)
HOLD = OpenApiExample("A hold", HOUR.value | {"hold": True}, request_only=True)
ID = OpenApiParameter("id", int, OpenApiParameter.PATH)
DESCRIPTION = """
A client books the period for themselves. If an `available` appointment has exactly this
period, the client takes that one. Staff, and the therapist in their own diary, publish an
`available` appointment, or book it for the client whom they name.

409 means that only another appointment is in the way. The response does not tell which.
422 lists every rule of the practice that refuses. These rules do not bind staff and the
therapist: `overridden` tells them which rules they have overridden.

With both come `alternatives`: the nearest free times of the same day and week, and the first
ones of colleagues with a specialism of the therapist.

429 follows for an hour after ten bookings and moves of one therapist that failed with
`client_busy`.
"""
ANY = OpenApiExample(
    "Any therapist",
    {name: value for name, value in HOUR.value.items() if name != "therapist_id"}
    | {"any": {"specialisms": ["Anxiety"]}},
    request_only=True,
)
REFUSALS = (
    UnknownTherapist,
    UnknownClient,
    OwnTherapist,
    ClientNotAllowed,
    ClientRequired,
    HoldNotAllowed,
    OperationNotAllowed,
    *OVERLAPS,
    ClientBusyTooOften,
    TooManyHolds,
    TooManyHoldsOfTherapist,
    TooManyAppointments,
    *RULES,
)


class AppointmentView(OpenApiViewExtension):
    """Names the model for the OpenAPI document; the view itself has no queryset."""

    target_class = "appointments.views.appointments.AppointmentViewSet"

    def view_replacement(self):
        attributes = {"queryset": Appointment.objects.none()}
        return type(self.target_class.__name__, (self.target_class,), attributes)


list_appointments = describe(
    operation_id="listAppointments",
    summary="List the appointments you may see",
    description="Ordered by start. Clients see their own appointments and those that "
    "they can book (`mine=true` leaves these out), therapists see their diary, and staff "
    "with the right to view appointments see all.",
    refusals=[TooManyPeople],
    examples=[BOOKED],
)
show_appointment = extend_schema(
    operation_id="getAppointment",
    summary="Show one appointment",
    description="404 also for an appointment that you may not see.",
    parameters=[ID, ETAG],
    examples=[BOOKED],
)
add_appointment = describe(
    operation_id="addAppointment",
    summary="Book or publish an appointment",
    description=DESCRIPTION,
    request=BookingRequestSerializer,
    parameters=[ETAG],
    responses={201: AppointmentSerializer} | REFUSED_TIMES,
    refusals=(*REFUSALS, ClientRequired, NobodyFree),
    examples=[HOUR, HOLD, ANY, BOOKED],
)
add_appointment_from_query = describe(
    summary="Book or publish an appointment, with query parameters",
    description=DESCRIPTION,
    request=EmptySerializer,
    parameters=[BookingQuerySerializer, ETAG],
    responses={201: AppointmentSerializer} | REFUSED_TIMES,
    refusals=REFUSALS,
    examples=[BOOKED],
)
