from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response

from appointments.models import Series
from appointments.openapi import series as openapi
from appointments.serializers.series import (
    SeriesSerializer,
    shown,
    tried,
)
from appointments.serializers.series_requests import (
    SeriesBookingSerializer,
    SeriesCancellationSerializer,
    SeriesMoveSerializer,
    SeriesWishSerializer,
)
from appointments.services.series import changes, check
from appointments.services.series.alternatives import nearest
from booking.api.conditional import add_etag, get_precondition
from booking.api.filters import StrictFilterSet
from booking.api.idempotency import idempotent

BOOKING = SeriesBookingSerializer()
WISH = SeriesWishSerializer()
MOVE = SeriesMoveSerializer()
CANCELLATION = SeriesCancellationSerializer()


@openapi.codes
class SeriesViewSet(viewsets.GenericViewSet):
    """Series that the signed-in user may see."""

    queryset = Series.objects.with_details()
    serializer_class = SeriesSerializer
    filterset_class = StrictFilterSet
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self):
        return super().get_queryset().visible_to(self.request.user)

    @openapi.listing
    def list(self, request):
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response([shown(one, request.user) for one in page])

    @openapi.showing
    def retrieve(self, request, pk):
        # Read first: if it changes meanwhile, the ETag is too old, and refuses.
        etag = changes.version(int(pk))
        one = get_object_or_404(self.get_queryset(), pk=int(pk))
        return self._answer(changes.Version(one, etag))

    @openapi.adding
    @idempotent
    def create(self, request):
        sent = BOOKING.run_validation(request.data)
        skips = sent.pop("on_conflict", "refuse") == "skip"
        wish = check.wished(user=request.user, **sent)
        booked, found = changes.book(wish, every_weeks=sent["every_weeks"], skips=skips)
        return self._answer(booked, skipped=found, status=201)

    @openapi.previewing
    @action(detail=False, methods=["post"])
    def preview(self, request):
        wish = check.wished(user=request.user, **WISH.run_validation(request.data))
        found = check.judged(wish)
        slots = nearest(wish, [date for date in found if date.codes])
        dates = [tried(date, slots.get(date.occurrence)) for date in found]
        return Response({"dates": dates})

    @openapi.moving
    @action(detail=True, methods=["post"])
    @idempotent
    def move(self, request, pk):
        return self._operate(changes.move, MOVE)

    @openapi.cancelling
    @action(detail=True, methods=["post"])
    @idempotent
    def cancel(self, request, pk):
        return self._operate(changes.cancel, CANCELLATION)

    def _operate(self, operation, serializer):
        request, id = self.request, int(self.kwargs["pk"])
        sent = serializer.run_validation(request.data)
        return self._answer(
            operation(
                user=request.user, id=id, wanted=get_precondition(request), **sent
            )
        )

    def _answer(self, version, skipped=(), status=200):
        told = shown(version.series, self.request.user, skipped)
        return add_etag(Response(told, status=status), version.etag)
