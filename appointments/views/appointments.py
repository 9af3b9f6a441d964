from functools import partial

from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from appointments import history, visibility
from appointments.errors import ClientBusy, NobodyFree, TherapistBusy
from appointments.filters.appointments import (
    AppointmentFilterSet,
    StaffAppointmentFilterSet,
)
from appointments.openapi import appointments as openapi
from appointments.openapi import operations
from appointments.reads import log_reads
from appointments.serializers.appointment_requests import (
    BookingQuerySerializer,
    BookingRequestSerializer,
    BookSerializer,
    CancelSerializer,
    InvitationCodeSerializer,
    MoveSerializer,
)
from appointments.serializers.appointments import AppointmentSerializer
from appointments.serializers.history import HistoryEntrySerializer
from appointments.serializers.slots import AlternativesSerializer
from appointments.services.accept import accept
from appointments.services.add import add
from appointments.services.add_any import add_any
from appointments.services.alternatives import find_for_booking, find_for_move
from appointments.services.book import book
from appointments.services.cancel import cancel
from appointments.services.change import get_snapshot
from appointments.services.conclude import complete, mark_no_show, reopen
from appointments.services.decline import decline
from appointments.services.move import move
from booking.api.conditional import add_etag, get_precondition
from booking.api.errors import RulesRefuse
from booking.api.idempotency import idempotent
from booking.api.parameters import reads_query
from booking.api.serializers import EmptySerializer

# One of each for all requests: `run_validation` keeps no state, and copying the fields
# for every request takes longer than validating it.
BOOKING_REQUEST = BookingRequestSerializer()
BOOKING_QUERY = BookingQuerySerializer()
BOOK = BookSerializer()
MOVE = MoveSerializer()
CANCEL = CancelSerializer()
INVITATION_CODE = InvitationCodeSerializer()
EMPTY = EmptySerializer()


# The refusals of a time, for which another may be free.
TIME_REFUSALS = (TherapistBusy, ClientBusy, NobodyFree, RulesRefuse)


class AppointmentViewSet(viewsets.GenericViewSet):
    """Appointments that the user may see."""

    # Finds alternatives for the time that the request asks for.
    find_alternatives = None

    # There is no queryset: `visibility` reads the rows by hand-written SQL. A page of 50
    # takes 1.5 + 1.0 ms of CPU (server + PostgreSQL) that way, and 3.2 + 1.2 ms by the
    # ORM's `values()`.
    serializer_class = AppointmentSerializer
    filterset_class = StaffAppointmentFilterSet
    lookup_value_regex = "[0-9]{1,18}"

    def handle_exception(self, exc):
        response = super().handle_exception(exc)
        if self.find_alternatives and isinstance(exc, TIME_REFUSALS):
            alternatives = AlternativesSerializer(self.find_alternatives())
            response.data["alternatives"] = alternatives.data
        return response

    @openapi.list_appointments
    def list(self, request):
        sees_all = visibility.sees_all(request.user)
        filters = StaffAppointmentFilterSet if sees_all else AppointmentFilterSet
        listed = filters.read_list(request.query_params)
        self.paginator.read_request(request)
        rows = visibility.get_page(request.user, listed, self.paginator)
        log_reads(request.user, [row.client_id for row in rows])
        return self.paginator.get_paginated_response(
            AppointmentSerializer(rows, many=True).data
        )

    @openapi.show_appointment
    def retrieve(self, request, pk):
        row = visibility.get_appointment(request.user, int(pk))
        if row is None:
            raise NotFound
        log_reads(request.user, [row.client_id])
        return _respond(row)

    @openapi.add_appointment
    @idempotent
    def create(self, request):
        return self._add(BOOKING_REQUEST.run_validation(request.data))

    @openapi.add_appointment_from_query
    @reads_query
    @idempotent
    def add_from_query(self, request):
        EMPTY.run_validation(request.data)
        return self._add(BOOKING_QUERY.run_validation(request.query_params))

    def _add(self, fields):
        user = self.request.user
        self.find_alternatives = partial(find_for_booking, user, fields)
        operation = add if "therapist_id" in fields else add_any
        return _respond(operation(user=user, **fields), status=201)

    @operations.book
    @action(detail=True, methods=["post"])
    @idempotent
    def book(self, request, pk):
        return self._operate(book, BOOK)

    @operations.move
    @action(detail=True, methods=["post"])
    @idempotent
    def move(self, request, pk):
        return self._operate(move, MOVE)

    @operations.cancel
    @action(detail=True, methods=["post"])
    @idempotent
    def cancel(self, request, pk):
        return self._operate(cancel, CANCEL)

    @operations.complete
    @action(detail=True, methods=["post"])
    @idempotent
    def complete(self, request, pk):
        return self._operate(complete, EMPTY)

    @operations.no_show
    @action(detail=True, methods=["post"])
    @idempotent
    def no_show(self, request, pk):
        return self._operate(mark_no_show, EMPTY)

    @operations.reopen
    @action(detail=True, methods=["post"])
    @idempotent
    def reopen(self, request, pk):
        return self._operate(reopen, EMPTY)

    def _operate(self, operation, serializer):
        request, id = self.request, int(self.kwargs["pk"])
        fields = serializer.run_validation(request.data)
        precondition = get_precondition(request)
        if operation is move:
            self.find_alternatives = partial(find_for_move, request.user, id, fields)
        row = operation(user=request.user, id=id, precondition=precondition, **fields)
        return _respond(row)

    @operations.accept
    @action(detail=True, methods=["post"])
    @idempotent
    def accept(self, request, pk):
        return self._answer_invitation(accept)

    @operations.decline
    @action(detail=True, methods=["post"])
    @idempotent
    def decline(self, request, pk):
        return self._answer_invitation(decline)

    def _answer_invitation(self, operation):
        fields = INVITATION_CODE.run_validation(self.request.data)
        id = int(self.kwargs["pk"])
        return _respond(operation(user=self.request.user, id=id, **fields))

    @operations.show_history
    @action(detail=True)
    def history(self, request, pk):
        snapshot = get_snapshot(request.user, int(pk))
        if snapshot is None:
            raise NotFound
        entries = history.get_history(snapshot, request.user)
        log_reads(request.user, [snapshot.client_id, *(e.client_id for e in entries)])
        return Response({"results": HistoryEntrySerializer(entries, many=True).data})


def _respond(row, status=200):
    response = Response(AppointmentSerializer(row).data, status=status)
    return add_etag(response, row.version)
