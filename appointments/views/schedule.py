"""The schedule: working hours, absences and offerings of a therapist, and closures.

These views are not in `therapists`, because a change responds with the appointments
that it leaves outside the rules.
"""

from contextlib import contextmanager
from functools import cached_property

from django.db import transaction
from django.db.models import Model
from rest_framework import viewsets
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import (
    BasePermission,
    IsAuthenticated,
    IsAuthenticatedOrReadOnly,
)
from rest_framework.response import Response

from appointments.availability.conflicts import report_conflicts
from appointments.errors.rules import (
    OutsideWorkingHours,
    PracticeClosed,
    TherapistAbsent,
)
from appointments.models.statuses import Role
from appointments.openapi import schedule as openapi
from appointments.reads import log_reads_of_appointments
from appointments.services.conflicts import record_conflicts
from appointments.services.participants import get_role
from booking.api.errors import violations_as
from booking.api.filters import StrictFilterSet
from booking.api.idempotency import idempotent
from booking.api.serializers import EmptySerializer
from booking.audit import set_actor_of_transaction
from therapists.errors import ClosureExists
from therapists.models import Absence, Closure, Offering, Therapist, WorkingHours
from therapists.serializers import (
    AbsenceSerializer,
    ClosureSerializer,
    OfferingSerializer,
    WorkingHoursSerializer,
)

# The model permission that staff need for each method. Others change nothing.
VERBS = {"POST": "add", "PATCH": "change", "DELETE": "delete"}


def get_right(verb: str, model: type[Model]) -> str:
    """Return the model permission by which staff do this to rows of the model."""
    return f"{model._meta.app_label}.{verb}_{model._meta.model_name}"


class StaffMayChange(BasePermission):
    """Requires the model permission to change rows that are not one's own.

    An inactive therapist has none of their own.
    """

    def has_permission(self, request, view):
        if request.method not in VERBS:
            return True
        user, therapist = request.user, view.therapist
        is_own = therapist is not None and therapist.user_id == user.pk
        right = get_right(VERBS[request.method], view.queryset.model)
        return (is_own and therapist.is_active) or user.has_right(right)


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

    @contextmanager
    def report_conflicts(self):
        rules, user = [self.rule] if self.rule else [], self.request.user
        # This locks the therapist, so that a valid row is still valid when it is saved.
        with transaction.atomic():
            set_actor_of_transaction(user, self._get_role())
            with report_conflicts(*rules, therapist=self.therapist) as conflicts:
                yield conflicts
            record_conflicts(user, conflicts)
            log_reads_of_appointments(user, conflicts)

    def _get_role(self):
        if self.therapist is None:
            return Role.PRACTICE
        return get_role(
            self.request.user,
            self.therapist.user_id,
            therapist_is_active=self.therapist.is_active,
        )

    def get_serializer_context(self):
        row = {"therapist_id": self.therapist.pk} if self.therapist else {}
        return super().get_serializer_context() | {"row": row}

    def _save(self, serializer):
        serializer.is_valid(raise_exception=True)
        with violations_as([ClosureExists]):
            serializer.save(**self.get_serializer_context()["row"])


class TherapistScheduleViewSet(ScheduleViewSet):
    """Rows of one therapist's schedule, for that therapist and for staff.

    It is 404 to others, such as inactive therapists, and to staff who may not view these
    rows; 403 to staff who may view and not change them.
    """

    permission_classes = (IsAuthenticated, StaffMayChange)

    @cached_property
    def therapist(self):
        """The therapist, to whoever may view these rows."""
        user, therapists = self.request.user, Therapist.objects.all()
        if not user.has_right(get_right("view", self.queryset.model)):
            therapists = therapists.filter(user=user, is_active=True)
        return get_object_or_404(therapists, pk=self.kwargs["therapist_id"])

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


@openapi.closures
class ClosureViewSet(ScheduleViewSet):
    queryset = Closure.objects.all()
    serializer_class = ClosureSerializer
    permission_classes = (IsAuthenticatedOrReadOnly, StaffMayChange)
    rule = PracticeClosed
    ordering = ("start", "id")
