from django.db import models
from django.db.models import Prefetch, Q
from django.utils import timezone

from appointments.models.statuses import Right, Status


class AppointmentQuerySet(models.QuerySet):
    """Questions about many appointments."""

    def with_expired_hold(self):
        """Expired holds that have not been released yet."""
        return self.filter(status=Status.HELD, hold_expires_at__lte=timezone.now())

    def bookable(self):
        """Published appointments that any client may book."""
        available = Q(status=Status.AVAILABLE)
        expired = Q(status=Status.HELD, hold_expires_at__lte=timezone.now())
        return self.filter(available | expired & Q(was_published=True))

    def upcoming(self):
        """Appointments that a client has ahead: booked, or held and not expired."""
        now = timezone.now()
        held = Q(status=Status.HELD, hold_expires_at__gt=now)
        return self.filter(Q(status=Status.BOOKED) | held, start__gt=now)

    def occupying(self):
        """Appointments that occupy their period now; an expired hold does not."""
        expired = Q(status=Status.HELD, hold_expires_at__lte=timezone.now())
        return self.exclude(status=Status.CANCELLED).exclude(expired)


class SeriesQuerySet(models.QuerySet):
    """Questions about many series."""

    def visible_to(self, user):
        """Series of which the user is client or active therapist; staff with the right
        see all.
        """
        if user.has_right(Right.VIEW_SERIES):
            return self
        in_diary = Q(therapist__user=user, therapist__is_active=True)
        return self.filter(Q(client=user) | in_diary)

    def with_details(self):
        """Load what a response shows, in a fixed number of queries."""
        appointments = self.model._meta.get_field("appointments").related_model.objects
        dates = appointments.only(
            "series", "occurrence", "start", "status", "is_exception"
        )
        return self.select_related("client", "therapist").prefetch_related(
            "therapist__specialisms", Prefetch("appointments", dates)
        )
