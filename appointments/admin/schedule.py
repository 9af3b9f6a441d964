from contextlib import contextmanager

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join

import therapists.admin
from appointments.availability.conflicts import SCHEDULE_RULES, report_conflicts
from appointments.errors.rules import PracticeClosed, TherapistAbsent
from appointments.models import Appointment
from appointments.reads import log_reads_of_appointments
from appointments.services.conflicts import record_conflicts
from therapists.models import Absence, Closure, Therapist

# A warning links to at most this many appointments.
MOST_LINKS = 200

# Registered here and not beside their models, because a change warns of the appointments
# that it leaves outside the rules.
admin.site.unregister([Therapist, Absence, Closure])


@admin.register(Therapist)
class TherapistAdmin(therapists.admin.TherapistAdmin):
    def change_view(self, request, object_id, *args, **kwargs):
        with self._warn_of_conflicts(request, object_id):
            return super().change_view(request, object_id, *args, **kwargs)

    def _warn_of_conflicts(self, request, object_id):
        therapist = None
        if request.method == "POST":
            therapist = self.get_object(request, unquote(object_id))
        # The time zone moves the hours; the break can reach into absences and closures.
        rules = list(SCHEDULE_RULES) if therapist else []
        return _warn_of_conflicts(request, rules, therapist)


@admin.register(Closure)
class ClosureAdmin(therapists.admin.ClosureAdmin):
    def changeform_view(self, request, *args, **kwargs):
        rules = [PracticeClosed] if request.method == "POST" else []
        with _warn_of_conflicts(request, rules):
            return super().changeform_view(request, *args, **kwargs)


@admin.register(Absence)
class AbsenceAdmin(therapists.admin.AbsenceAdmin):
    def changeform_view(self, request, *args, **kwargs):
        rules = [TherapistAbsent] if request.method == "POST" else []
        with _warn_of_conflicts(request, rules):
            return super().changeform_view(request, *args, **kwargs)


@contextmanager
def _warn_of_conflicts(request, rules, therapist=None):
    """Warn of the appointments that the request leaves outside the rules."""
    if not rules:
        yield
        return
    with transaction.atomic():
        with report_conflicts(*rules, therapist=therapist) as outside:
            yield
        record_conflicts(request.user, outside)
        log_reads_of_appointments(request.user, outside)
    if outside:
        messages.warning(request, _get_warning(set(outside)))


def _get_warning(outside):
    rows = Appointment.objects.filter(pk__in=outside).select_related("therapist")
    links = [
        (reverse("admin:appointments_appointment_change", args=[a.pk]), _get_label(a))
        for a in rows[:MOST_LINKS]
    ]
    return format_html(
        "Nothing was cancelled. Booked or held appointments that are now outside the "
        "rules ({}). Please call their clients: {}{}",
        len(outside),
        format_html_join(", ", '<a href="{}">{}</a>', links),
        ", …" if len(outside) > MOST_LINKS else ".",
    )


def _get_label(appointment):
    # A message is stored in the browser, so it names no client.
    local = timezone.localtime(appointment.start)
    return f"{date_format(local, 'DATETIME_FORMAT')} with {appointment.therapist}"
