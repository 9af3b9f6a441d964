from django.http import JsonResponse
from psycopg.types.numeric import Int8
from rest_framework import generics, viewsets
from rest_framework.exceptions import NotFound
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from appointments import listing, schema, services, slots
from appointments.filters import AppointmentFilterSet, NextSlotFilterSet, SlotFilterSet
from appointments.models import Appointment
from appointments.serializers import (
    AppointmentSerializer,
    SlotSerializer,
    WishSerializer,
)
from therapists.models import Therapist

# One for all requests: `run_validation` keeps nothing, and to copy the fields for each
# request takes longer than to validate it.
WISH = WishSerializer()


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
        rows = listing.visible(request.user, {"id": Int8(int(pk))}, limit=1)
        if not rows:
            raise NotFound
        return Response(AppointmentSerializer(rows[0]).data)

    @schema.adding
    def create(self, request):
        return self._add(request.data)

    @schema.adding_from_query
    def add_from_query(self, request):
        return self._add(request.query_params)

    def _add(self, data):
        row = services.add(user=self.request.user, **WISH.run_validation(data))
        return Response(AppointmentSerializer(row).data, status=201)


@schema.codes_of_search
class SlotViewSet(viewsets.GenericViewSet):
    """The free times of therapists who are booked in slots."""

    # For the OpenAPI document only; `slots` computes the rows.
    queryset = Appointment.objects.none()
    serializer_class = SlotSerializer
    filterset_class = SlotFilterSet
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @schema.searching
    def list(self, request):
        wanted = self.filterset_class.wanted(request.query_params)
        if "therapist_id" in wanted:
            get_object_or_404(Therapist.objects.listed(), pk=wanted["therapist_id"])
        self.paginator.begin(request)
        rows = slots.page(wanted, self.paginator)
        return self.paginator.get_paginated_response(
            SlotSerializer(rows, many=True).data
        )


@schema.codes_of_next_slot
class NextSlotView(generics.GenericAPIView):
    queryset = Therapist.objects.listed()
    serializer_class = SlotSerializer
    filterset_class = NextSlotFilterSet
    pagination_class = None
    authentication_classes = ()
    permission_classes = (AllowAny,)
    lookup_url_kwarg = "therapist_id"

    @schema.next_slot
    def get(self, request, therapist_id):
        wanted = self.filterset_class.asked(request.query_params)
        therapist = get_object_or_404(self.get_queryset(), pk=therapist_id)
        row = slots.next_one(therapist, wanted["type"])
        # DRF would answer None with no body at all.
        return JsonResponse(row and SlotSerializer(row).data, safe=False)
