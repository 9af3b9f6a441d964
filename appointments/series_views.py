from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response

from accounts.idempotency import idempotent
from appointments import judging, series
from appointments import series_schema as schema
from appointments.models import Series
from appointments.nearest import nearest
from appointments.series_serializers import (
    SeriesBookingSerializer,
    SeriesCancellationSerializer,
    SeriesMoveSerializer,
    SeriesSerializer,
    SeriesWishSerializer,
    shown,
    tried,
)
from booking.api.filters import StrictFilterSet
from booking.api.preconditions import if_match, tagged

BOOKING = SeriesBookingSerializer()
WISH = SeriesWishSerializer()
MOVE = SeriesMoveSerializer()
CANCELLATION = SeriesCancellationSerializer()


@schema.codes
class SeriesViewSet(viewsets.GenericViewSet):
    """Series that the signed-in user may see."""

    queryset = Series.objects.with_details()
    serializer_class = SeriesSerializer
    filterset_class = StrictFilterSet
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self):
        return super().get_queryset().visible_to(self.request.user)

    @schema.listing
    def list(self, request):
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response([shown(one, request.user) for one in page])

    @schema.showing
    def retrieve(self, request, pk):
        # Read first: if it changes meanwhile, the ETag is too old, and refuses.
        etag = series.version(int(pk))
        one = get_object_or_404(self.get_queryset(), pk=int(pk))
        return self._answer(series.Version(one, etag))

    @schema.adding
    @idempotent
    def create(self, request):
        sent = BOOKING.run_validation(request.data)
        skips = sent.pop("on_conflict", "refuse") == "skip"
        wish = judging.wished(user=request.user, **sent)
        booked, found = series.book(wish, every_weeks=sent["every_weeks"], skips=skips)
        return self._answer(booked, skipped=found, status=201)

    @schema.previewing
    @action(detail=False, methods=["post"])
    def preview(self, request):
        wish = judging.wished(user=request.user, **WISH.run_validation(request.data))
        found = judging.judged(wish)
        slots = nearest(wish, [date for date in found if date.codes])
        dates = [tried(date, slots.get(date.occurrence)) for date in found]
        return Response({"dates": dates})

    @schema.moving
    @action(detail=True, methods=["post"])
    @idempotent
    def move(self, request, pk):
        return self._operate(series.move, MOVE)

    @schema.cancelling
    @action(detail=True, methods=["post"])
    @idempotent
    def cancel(self, request, pk):
        return self._operate(series.cancel, CANCELLATION)

    def _operate(self, operation, serializer):
        request, id = self.request, int(self.kwargs["pk"])
        sent = serializer.run_validation(request.data)
        return self._answer(
            operation(user=request.user, id=id, wanted=if_match(request), **sent)
        )

    def _answer(self, version, skipped=(), status=200):
        told = shown(version.series, self.request.user, skipped)
        return tagged(Response(told, status=status), version.etag)
