"""The schedule: working hours, absences and offerings of a therapist, and closures.

These views are not in `therapists`, because a change responds with the appointments
that it leaves outside the rules.
"""

from functools import cached_property

from rest_framework import viewsets
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import (
    SAFE_METHODS,
    BasePermission,
    IsAuthenticated,
    IsAuthenticatedOrReadOnly,
)
from rest_framework.response import Response

from appointments.availability.conflicts import report_conflicts
from appointments.errors import OutsideWorkingHours, PracticeClosed, TherapistAbsent
from appointments.openapi import schedule as openapi
from booking.api.errors import violations_as
from booking.api.filters import StrictFilterSet
from booking.api.idempotency import idempotent
from booking.api.serializers import EmptySerializer
from therapists.errors import ClosureExists
from therapists.models import Absence, Closure, Offering, Therapist, WorkingHours
from therapists.serializers import (
    AbsenceSerializer,
    ClosureSerializer,
    OfferingSerializer,
    WorkingHoursSerializer,
)


class ScheduleViewSet(viewsets.ModelViewSet):
    """Rows of the schedule. A change responds with its `conflicts`."""

    http_method_names = ["get", "post", "patch", "delete", "head", "options"]
    lookup_value_regex = "[0-9]{1,18}"
    filterset_class = StrictFilterSet
    # The rule that these rows are for, and the therapist if they are one's own.
    rule = None
    therapist = None

    @idempotent
    def create(self, request, *args, **kwargs):
        with self.report_conflicts() as conflicts:
            serializer = self.get_serializer(data=request.data)
            self._save(serializer)
        return Response(serializer.data | {"conflicts": conflicts}, status=201)

    def partial_update(self, request, *args, **kwargs):
        with self.report_conflicts() as conflicts:
            row = self.get_object()
            serializer = self.get_serializer(row, data=request.data, partial=True)
            self._save(serializer)
        return Response(serializer.data | {"conflicts": conflicts})

    def destroy(self, request, *args, **kwargs):
        EmptySerializer().run_validation(request.data)
        with self.report_conflicts() as conflicts:
            self.get_object().delete()
        if conflicts:
            return Response({"conflicts": conflicts})
        return Response(status=204)

    def report_conflicts(self):
        # This locks the therapist, so that a valid row is still valid when it is saved.
        rules = [self.rule] if self.rule else []
        return report_conflicts(*rules, therapist=self.therapist)

    def get_serializer_context(self):
        row = {"therapist_id": self.therapist.pk} if self.therapist else {}
        return super().get_serializer_context() | {"row": row}

    def _save(self, serializer):
        serializer.is_valid(raise_exception=True)
        with violations_as([ClosureExists]):
            serializer.save(**self.get_serializer_context()["row"])


class TherapistScheduleViewSet(ScheduleViewSet):
    """Rows of one therapist's schedule, for that therapist and staff; 404 for others.

    An inactive therapist is one of the others.
    """

    permission_classes = (IsAuthenticated,)

    @cached_property
    def therapist(self):
        therapists = Therapist.objects.filter(pk=self.kwargs["therapist_id"])
        if not self.request.user.is_staff:
            therapists = therapists.filter(user=self.request.user, is_active=True)
        return get_object_or_404(therapists)

    def get_queryset(self):
        return super().get_queryset().filter(therapist=self.therapist)


@openapi.hours
class WorkingHoursViewSet(TherapistScheduleViewSet):
    queryset = WorkingHours.objects.all()
    serializer_class = WorkingHoursSerializer
    rule = OutsideWorkingHours
    ordering = ("weekday", "id")


@openapi.absences
class AbsenceViewSet(TherapistScheduleViewSet):
    queryset = Absence.objects.all()
    serializer_class = AbsenceSerializer
    rule = TherapistAbsent
    ordering = ("start", "id")


@openapi.offerings
class OfferingViewSet(TherapistScheduleViewSet):
    """Offerings bind new appointments only, so a change has no conflicts."""

    queryset = Offering.objects.all()
    serializer_class = OfferingSerializer
    ordering = ("type", "id")


class StaffOrReadOnly(BasePermission):
    def has_permission(self, request, view):
        return request.method in SAFE_METHODS or request.user.is_staff


@openapi.closures
class ClosureViewSet(ScheduleViewSet):
    queryset = Closure.objects.all()
    serializer_class = ClosureSerializer
    # The first is enough. The second tells the OpenAPI document that reading is public.
    permission_classes = (StaffOrReadOnly, IsAuthenticatedOrReadOnly)
    rule = PracticeClosed
    ordering = ("start", "id")
