from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from appointments import history, visibility
from appointments.filters import AppointmentFilterSet
from appointments.models import Appointment
from appointments.openapi import appointments as openapi
from appointments.openapi import operations
from appointments.serializers.appointment_requests import (
    CancellationSerializer,
    MoveSerializer,
    NothingSerializer,
    TakingSerializer,
    WishSerializer,
)
from appointments.serializers.appointments import AppointmentSerializer
from appointments.serializers.history import EventSerializer
from appointments.services import add as services
from appointments.services import lifecycle
from appointments.services.change import look
from booking.api.conditional import add_etag, get_precondition
from booking.api.idempotency import idempotent

# One for all requests: `run_validation` keeps nothing, and to copy the fields for each
# request takes longer than to validate it.
WISH = WishSerializer()
TAKING = TakingSerializer()
MOVE = MoveSerializer()
CANCELLATION = CancellationSerializer()
NOTHING = NothingSerializer()


@openapi.codes
class AppointmentViewSet(viewsets.GenericViewSet):
    """Appointments that the signed-in user may see."""

    # For the OpenAPI document only; `listing` reads the rows.
    queryset = Appointment.objects.none()
    serializer_class = AppointmentSerializer
    filterset_class = AppointmentFilterSet
    lookup_value_regex = "[0-9]{1,18}"

    @openapi.listing
    def list(self, request):
        wanted = self.filterset_class.wanted(request.query_params)
        self.paginator.read_request(request)
        rows = visibility.page(request.user, wanted, self.paginator)
        return self.paginator.get_paginated_response(
            AppointmentSerializer(rows, many=True).data
        )

    @openapi.showing
    def retrieve(self, request, pk):
        row = visibility.get_appointment(request.user, int(pk))
        if row is None:
            raise NotFound
        return _shown(row)

    @openapi.adding
    @idempotent
    def create(self, request):
        return self._add(request.data)

    @openapi.adding_from_query
    @idempotent
    def add_from_query(self, request):
        return self._add(request.query_params)

    def _add(self, data):
        row = services.add(user=self.request.user, **WISH.run_validation(data))
        return _shown(row, status=201)

    @operations.booking
    @action(detail=True, methods=["post"])
    @idempotent
    def book(self, request, pk):
        return self._operate(lifecycle.book, TAKING)

    @operations.moving
    @action(detail=True, methods=["post"])
    @idempotent
    def move(self, request, pk):
        return self._operate(lifecycle.move, MOVE)

    @operations.cancelling
    @action(detail=True, methods=["post"])
    @idempotent
    def cancel(self, request, pk):
        return self._operate(lifecycle.cancel, CANCELLATION)

    @operations.completing
    @action(detail=True, methods=["post"])
    @idempotent
    def complete(self, request, pk):
        return self._operate(lifecycle.complete, NOTHING)

    @operations.missing
    @action(detail=True, methods=["post"])
    @idempotent
    def no_show(self, request, pk):
        return self._operate(lifecycle.no_show, NOTHING)

    @operations.reopening
    @action(detail=True, methods=["post"])
    @idempotent
    def reopen(self, request, pk):
        return self._operate(lifecycle.reopen, NOTHING)

    def _operate(self, operation, serializer):
        request, id = self.request, int(self.kwargs["pk"])
        sent = serializer.run_validation(request.data)
        row = operation(
            user=request.user, id=id, wanted=get_precondition(request), **sent
        )
        return _shown(row)

    @operations.history
    @action(detail=True)
    def history(self, request, pk):
        seen = look(request.user, int(pk))
        if seen is None:
            raise NotFound
        entries = history.of(seen, request.user)
        return Response({"results": EventSerializer(entries, many=True).data})


def _shown(row, status=200):
    answer = Response(AppointmentSerializer(row).data, status=status)
    return add_etag(answer, row[-1])
