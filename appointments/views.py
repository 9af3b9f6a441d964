from rest_framework import viewsets
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from appointments import listing, schema, services
from appointments.filters import AppointmentFilterSet
from appointments.models import Appointment
from appointments.serializers import AppointmentSerializer, WishSerializer
from booking.api.fields import LARGEST_ID

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
    lookup_value_regex = "[0-9]{1,19}"

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
        id = int(pk)
        rows = id <= LARGEST_ID and listing.visible(request.user, {"id": id}, limit=1)
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
