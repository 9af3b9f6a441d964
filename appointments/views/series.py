from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response

from appointments.errors.series import SeriesRefused
from appointments.models import Series
from appointments.openapi import series as openapi
from appointments.reads import log_reads
from appointments.serializers.series import (
    SeriesSerializer,
    represent_date,
    represent_refusal,
    represent_series,
)
from appointments.serializers.series_requests import (
    BookSeriesSerializer,
    CancelSeriesSerializer,
    MoveSeriesSerializer,
    SeriesPlanSerializer,
)
from appointments.services.series.book import book_series
from appointments.services.series.cancel import cancel_series
from appointments.services.series.change import SeriesVersion, get_version
from appointments.services.series.move import move_series
from appointments.services.series.plan import plan_series
from appointments.services.series.preview import preview_series
from booking.api.conditional import add_etag, get_precondition
from booking.api.filters import StrictFilterSet
from booking.api.idempotency import idempotent

# One of each for all requests, as in the views of appointments.
BOOK = BookSeriesSerializer()
PLAN = SeriesPlanSerializer()
MOVE = MoveSeriesSerializer()
CANCEL = CancelSeriesSerializer()


class SeriesViewSet(viewsets.GenericViewSet):
    """Series that the user may see."""

    queryset = Series.objects.with_details()
    serializer_class = SeriesSerializer
    filterset_class = StrictFilterSet
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self):
        return super().get_queryset().visible_to(self.request.user)

    def handle_exception(self, exc):
        response = super().handle_exception(exc)
        if isinstance(exc, SeriesRefused):
            response.data = represent_refusal(exc)
        return response

    @openapi.list_series
    def list(self, request):
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        log_reads(request.user, [series.client_id for series in page])
        return self.get_paginated_response(
            [represent_series(series, request.user) for series in page]
        )

    @openapi.show_series
    def retrieve(self, request, pk):
        # Before the series: if that changes in between, this ETag matches nothing.
        version = get_version(int(pk))
        series = get_object_or_404(self.get_queryset(), pk=int(pk))
        log_reads(request.user, [series.client_id])
        return self._respond(SeriesVersion(series, version))

    @openapi.book_series
    @idempotent
    def create(self, request):
        fields = BOOK.run_validation(request.data)
        skips = fields.pop("on_conflict", "refuse") == "skip"
        plan = plan_series(user=request.user, **fields)
        version, dates = book_series(
            plan, every_weeks=fields["every_weeks"], skips=skips
        )
        return self._respond(version, skipped=dates, status=201)

    @openapi.preview_series
    @action(detail=False, methods=["post"])
    def preview(self, request):
        plan = plan_series(user=request.user, **PLAN.run_validation(request.data))
        entries = [represent_date(*checked) for checked in preview_series(plan)]
        if not plan.hides_client:
            log_reads(request.user, [plan.client_id])
        return Response({"dates": entries})

    @openapi.move_series
    @action(detail=True, methods=["post"])
    @idempotent
    def move(self, request, pk):
        return self._operate(move_series, MOVE)

    @openapi.cancel_series
    @action(detail=True, methods=["post"])
    @idempotent
    def cancel(self, request, pk):
        return self._operate(cancel_series, CANCEL)

    def _operate(self, operation, serializer):
        request, id = self.request, int(self.kwargs["pk"])
        fields = serializer.run_validation(request.data)
        precondition = get_precondition(request)
        return self._respond(
            operation(user=request.user, id=id, precondition=precondition, **fields)
        )

    def _respond(self, version, skipped=(), status=200):
        body = represent_series(version.series, self.request.user, skipped)
        return add_etag(Response(body, status=status), version.etag_version)
