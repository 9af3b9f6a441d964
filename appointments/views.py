from django.http import JsonResponse
from rest_framework import generics, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from accounts.idempotency import idempotent
from appointments import (
    chronicle,
    lifecycle,
    lifecycle_schema,
    listing,
    schema,
    services,
    slots,
    slots_schema,
)
from appointments.filters import AppointmentFilterSet, NextSlotFilterSet, SlotFilterSet
from appointments.looking import look
from appointments.models import Appointment
from appointments.serializers import (
    AppointmentSerializer,
    EventSerializer,
    SlotSerializer,
)
from appointments.wishes import (
    CancellationSerializer,
    MoveSerializer,
    NothingSerializer,
    TakingSerializer,
    WishSerializer,
)
from booking.api.preconditions import if_match, tagged
from therapists.models import Therapist

# One for all requests: `run_validation` keeps nothing, and to copy the fields for each
# request takes longer than to validate it.
WISH = WishSerializer()
TAKING = TakingSerializer()
MOVE = MoveSerializer()
CANCELLATION = CancellationSerializer()
NOTHING = NothingSerializer()


@schema.codes
class AppointmentViewSet(viewsets.GenericViewSet):
    """Appointments that the signed-in user may see."""

    # For the OpenAPI document only; `listing` reads the rows.
    queryset = Appointment.objects.none()
    serializer_class = AppointmentSerializer
    filterset_class = AppointmentFilterSet
    lookup_value_regex = "[0-9]{1,18}"

    @schema.listing
    def list(self, request):
        wanted = self.filterset_class.wanted(request.query_params)
        self.paginator.begin(request)
        rows = listing.page(request.user, wanted, self.paginator)
        return self.paginator.get_paginated_response(
            AppointmentSerializer(rows, many=True).data
        )

    @schema.showing
    def retrieve(self, request, pk):
        row = listing.one(request.user, int(pk))
        if row is None:
            raise NotFound
        return _shown(row)

    @schema.adding
    @idempotent
    def create(self, request):
        return self._add(request.data)

    @schema.adding_from_query
    @idempotent
    def add_from_query(self, request):
        return self._add(request.query_params)

    def _add(self, data):
        row = services.add(user=self.request.user, **WISH.run_validation(data))
        return _shown(row, status=201)

    @lifecycle_schema.booking
    @action(detail=True, methods=["post"])
    @idempotent
    def book(self, request, pk):
        return self._operate(lifecycle.book, TAKING)

    @lifecycle_schema.moving
    @action(detail=True, methods=["post"])
    @idempotent
    def move(self, request, pk):
        return self._operate(lifecycle.move, MOVE)

    @lifecycle_schema.cancelling
    @action(detail=True, methods=["post"])
    @idempotent
    def cancel(self, request, pk):
        return self._operate(lifecycle.cancel, CANCELLATION)

    @lifecycle_schema.completing
    @action(detail=True, methods=["post"])
    @idempotent
    def complete(self, request, pk):
        return self._operate(lifecycle.complete, NOTHING)

    @lifecycle_schema.missing
    @action(detail=True, methods=["post"])
    @idempotent
    def no_show(self, request, pk):
        return self._operate(lifecycle.no_show, NOTHING)

    @lifecycle_schema.reopening
    @action(detail=True, methods=["post"])
    @idempotent
    def reopen(self, request, pk):
        return self._operate(lifecycle.reopen, NOTHING)

    def _operate(self, operation, serializer):
        request, id = self.request, int(self.kwargs["pk"])
        sent = serializer.run_validation(request.data)
        row = operation(user=request.user, id=id, wanted=if_match(request), **sent)
        return _shown(row)

    @lifecycle_schema.history
    @action(detail=True)
    def history(self, request, pk):
        seen = look(request.user, int(pk))
        if seen is None:
            raise NotFound
        entries = chronicle.of(seen, request.user)
        return Response({"results": EventSerializer(entries, many=True).data})


def _shown(row, status=200):
    answer = Response(AppointmentSerializer(row).data, status=status)
    return tagged(answer, row[-1])


@slots_schema.codes_of_search
class SlotViewSet(viewsets.GenericViewSet):
    """The free times of therapists who are booked in slots."""

    # For the OpenAPI document only; `slots` computes the rows.
    queryset = Appointment.objects.none()
    serializer_class = SlotSerializer
    filterset_class = SlotFilterSet
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @slots_schema.searching
    def list(self, request):
        wanted = self.filterset_class.wanted(request.query_params)
        if "therapist_id" in wanted:
            get_object_or_404(Therapist.objects.listed(), pk=wanted["therapist_id"])
        self.paginator.begin(request)
        rows = slots.page(wanted, self.paginator)
        return self.paginator.get_paginated_response(
            SlotSerializer(rows, many=True).data
        )


@slots_schema.codes_of_next_slot
class NextSlotView(generics.GenericAPIView):
    queryset = Therapist.objects.listed()
    serializer_class = SlotSerializer
    filterset_class = NextSlotFilterSet
    pagination_class = None
    authentication_classes = ()
    permission_classes = (AllowAny,)
    lookup_url_kwarg = "therapist_id"

    @slots_schema.next_slot
    def get(self, request, therapist_id):
        wanted = self.filterset_class.asked(request.query_params)
        therapist = get_object_or_404(self.get_queryset(), pk=therapist_id)
        row = slots.next_one(therapist, wanted["type"])
        # DRF would answer None with no body at all.
        return JsonResponse(row and SlotSerializer(row).data, safe=False)
