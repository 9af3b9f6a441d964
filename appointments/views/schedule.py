"""The rows behind the rules, for the therapist whose diary it is and for staff.

They are here and not with their models, because a change answers with the appointments
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
from therapists.errors import ClosureExists
from therapists.models import Absence, Closure, Offering, Therapist, WorkingHours
from therapists.serializers import (
    AbsenceSerializer,
    ClosureSerializer,
    OfferingSerializer,
    WorkingHoursSerializer,
)


class RuleViewSet(viewsets.ModelViewSet):
    """Rows of one kind; a change answers with its `conflicts`."""

    http_method_names = ["get", "post", "patch", "delete", "head", "options"]
    lookup_value_regex = "[0-9]{1,18}"
    filterset_class = StrictFilterSet
    rule = None
    therapist = None

    @idempotent
    def create(self, request, *args, **kwargs):
        with self.change() as found:
            serializer = self.get_serializer(data=request.data)
            self._save(serializer)
        return Response(serializer.data | {"conflicts": found}, status=201)

    def partial_update(self, request, *args, **kwargs):
        with self.change() as found:
            row = self.get_object()
            serializer = self.get_serializer(row, data=request.data, partial=True)
            self._save(serializer)
        return Response(serializer.data | {"conflicts": found})

    def destroy(self, request, *args, **kwargs):
        with self.change() as found:
            self.get_object().delete()
        return Response({"conflicts": found}) if found else Response(status=204)

    def change(self):
        # A diary is locked meanwhile: what is valid in it stays so until it is saved.
        rules = [self.rule] if self.rule else []
        return report_conflicts(*rules, therapist=self.therapist)

    def get_serializer_context(self):
        of = {"therapist_id": self.therapist.pk} if self.therapist else {}
        return super().get_serializer_context() | {"row": of}

    def _save(self, serializer):
        serializer.is_valid(raise_exception=True)
        with violations_as([ClosureExists]):
            serializer.save(**self.get_serializer_context()["row"])


class DiaryViewSet(RuleViewSet):
    """Rows of one therapist's diary. Nobody else learns whether they exist."""

    permission_classes = (IsAuthenticated,)

    @cached_property
    def therapist(self):
        mine = Therapist.objects.filter(pk=self.kwargs["therapist_id"])
        if not self.request.user.is_staff:
            mine = mine.filter(user=self.request.user)
        return get_object_or_404(mine)

    def get_queryset(self):
        return super().get_queryset().filter(therapist=self.therapist)


@openapi.hours
class WorkingHoursViewSet(DiaryViewSet):
    queryset = WorkingHours.objects.all()
    serializer_class = WorkingHoursSerializer
    rule = OutsideWorkingHours
    ordering = ("weekday", "id")


@openapi.absences
class AbsenceViewSet(DiaryViewSet):
    queryset = Absence.objects.all()
    serializer_class = AbsenceSerializer
    rule = TherapistAbsent
    ordering = ("start", "id")


@openapi.offerings
class OfferingViewSet(DiaryViewSet):
    """What is offered binds new appointments only, so it conflicts with none."""

    queryset = Offering.objects.all()
    serializer_class = OfferingSerializer
    ordering = ("type", "id")


class StaffWrites(BasePermission):
    def has_permission(self, request, view):
        return request.method in SAFE_METHODS or request.user.is_staff


@openapi.closures
class ClosureViewSet(RuleViewSet):
    queryset = Closure.objects.all()
    serializer_class = ClosureSerializer
    # The first alone would do; the second tells the OpenAPI document who may read.
    permission_classes = (StaffWrites, IsAuthenticatedOrReadOnly)
    rule = PracticeClosed
    ordering = ("start", "id")
