from django.http import JsonResponse
from rest_framework import generics, viewsets
from rest_framework.exceptions import NotAuthenticated
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from accounts.authentication import TokenAuthentication
from accounts.throttling import SearchThrottle
from appointments.availability import days, free, next_slots
from appointments.availability.slots import (
    find_next_slot,
    find_page,
    refuse_without_slots,
)
from appointments.availability.therapist_filters import THERAPIST_FILTERS
from appointments.errors import OnlyInSlots
from appointments.filters.slots import (
    FreeFilterSet,
    NextSlotFilterSet,
    NextSlotsFilterSet,
    SlotFilterSet,
)
from appointments.openapi import slots as openapi
from appointments.serializers.slots import (
    DayOfSlotsSerializer,
    FreeSerializer,
    SlotSerializer,
)
from appointments.services.move import read_movable
from therapists.models import BookingMode, Therapist


class SlotViewSet(viewsets.GenericViewSet):
    """Free times of therapists with working hours, and available appointments."""

    # There is no queryset: slots are stored nowhere, and `availability.slots` computes
    # them.
    serializer_class = SlotSerializer
    filterset_class = SlotFilterSet
    authentication_classes = (TokenAuthentication,)
    permission_classes = (AllowAny,)
    throttle_classes = (SearchThrottle,)

    def get_authenticators(self):
        """Read the token only where the search depends on the user."""
        # There is no request while the OpenAPI document is made.
        reads = self.request is None or "ignore_appointment" in self.request.GET
        return super().get_authenticators() if reads else []

    @openapi.search_slots
    def list(self, request):
        filters = self.filterset_class.read_filters(request.query_params)
        if "therapist_id" in filters:
            refuse_without_slots(
                get_object_or_404(
                    Therapist.objects.listed(), pk=filters["therapist_id"]
                )
            )
        self.paginator.read_request(request)
        if "per_day" in filters:
            return self._list_days(filters)
        if id := filters.pop("ignore_appointment", None):
            if not request.user.is_authenticated:
                raise NotAuthenticated
            movable = read_movable(request.user, id, filters["type"])
            if movable is None:
                return self.paginator.get_paginated_response([])
            filters |= movable
        rows = find_page(filters, self.paginator)
        return self.paginator.get_paginated_response(
            SlotSerializer(rows, many=True).data
        )

    def _list_days(self, filters):
        period = self.filterset_class.read_days(self.request.query_params)
        searched = {
            name: value
            for name, value in filters.items()
            if name == "type" or name in THERAPIST_FILTERS
        }
        rows = days.find_page(searched, **period, paging=self.paginator)
        return self.paginator.get_paginated_response(
            DayOfSlotsSerializer(rows, many=True).data
        )


class NextSlotsView(generics.GenericAPIView):
    """The first slot of each of several therapists."""

    queryset = Therapist.objects.listed()
    serializer_class = SlotSerializer
    filterset_class = NextSlotsFilterSet
    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (SearchThrottle,)

    @openapi.find_next_slots
    def get(self, request):
        filters = self.filterset_class.validate(request.query_params)
        self.paginator.read_request(request)
        rows = next_slots.find_page(
            filters["type"],
            filters["specialisms"],
            match_all=filters["specialisms_match"] == "all",
            paging=self.paginator,
        )
        return self.paginator.get_paginated_response(
            SlotSerializer(rows, many=True).data
        )


class NextSlotView(generics.GenericAPIView):
    """The first slot of one therapist, or null."""

    queryset = Therapist.objects.listed()
    serializer_class = SlotSerializer
    filterset_class = NextSlotFilterSet
    pagination_class = None
    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (SearchThrottle,)
    lookup_url_kwarg = "therapist_id"

    @openapi.find_next_slot
    def get(self, request, therapist_id):
        filters = self.filterset_class.validate(request.query_params)
        therapist = get_object_or_404(self.get_queryset(), pk=therapist_id)
        refuse_without_slots(therapist)
        row = find_next_slot(therapist, filters["type"])
        if row is None:
            # DRF would respond with an empty body.
            return JsonResponse(None, safe=False)
        return Response(SlotSerializer(row).data)


class FreeView(generics.GenericAPIView):
    """The stretches in which one therapist at any time is free."""

    queryset = Therapist.objects.listed()
    serializer_class = FreeSerializer
    filterset_class = FreeFilterSet
    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (SearchThrottle,)
    lookup_url_kwarg = "therapist_id"

    @openapi.find_free
    def get(self, request, therapist_id):
        period = self.filterset_class.read_period(request.query_params)
        self.paginator.read_request(request)
        therapist = get_object_or_404(self.get_queryset(), pk=therapist_id)
        if therapist.booking_mode != BookingMode.ANY_TIME:
            raise OnlyInSlots
        rows = free.find_page(therapist.pk, **period, paging=self.paginator)
        return self.paginator.get_paginated_response(
            FreeSerializer(rows, many=True).data
        )
