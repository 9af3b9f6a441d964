from django.db import models
from django.db.models import Prefetch, Q
from django.utils import timezone

from appointments.models.statuses import Status


class AppointmentQuerySet(models.QuerySet):
    """The questions that the rest of the code asks about appointments."""

    def with_expired_hold(self):
        """Holds beyond their time that nothing has released yet."""
        return self.filter(status=Status.HELD, hold_expires_at__lte=timezone.now())

    def occupying(self):
        """Those that occupy time now; an expired hold does not."""
        expired = Q(status=Status.HELD, hold_expires_at__lte=timezone.now())
        return self.exclude(status=Status.CANCELLED).exclude(expired)


class SeriesQuerySet(models.QuerySet):
    """The questions that the rest of the code asks about series."""

    def visible_to(self, user):
        """Those of a client and of their therapist; staff see all."""
        if user.is_staff:
            return self
        return self.filter(Q(client=user) | Q(therapist__user=user))

    def with_details(self):
        """Load what an answer shows, in a fixed number of statements."""
        appointments = self.model._meta.get_field("appointments").related_model.objects
        dates = appointments.only(
            "series", "occurrence", "start", "status", "is_exception"
        )
        return self.select_related("client", "therapist").prefetch_related(
            "therapist__specialisms", Prefetch("appointments", dates)
        )
