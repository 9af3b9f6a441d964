from contextlib import contextmanager

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join

import therapists.admin
from appointments.availability.conflicts import SCHEDULE_RULES, report_conflicts
from appointments.errors import PracticeClosed
from appointments.models import Appointment
from therapists.models import Closure, Therapist

# Of how many appointments a warning names each.
NAMED = 200

# Here and not with their models, because a change warns of the appointments that it
# leaves outside the rules.
admin.site.unregister([Therapist, Closure])


@admin.register(Therapist)
class TherapistAdmin(therapists.admin.TherapistAdmin):
    def change_view(self, request, object_id, *args, **kwargs):
        with self._warned(request, object_id):
            return super().change_view(request, object_id, *args, **kwargs)

    def _warned(self, request, object_id):
        therapist = None
        if request.method == "POST":
            therapist = self.get_object(request, unquote(object_id))
        # The time zone moves the hours, the break reaches into absences and closures.
        rules = list(SCHEDULE_RULES) if therapist else []
        return _warned(request, rules, therapist)


@admin.register(Closure)
class ClosureAdmin(therapists.admin.ClosureAdmin):
    def changeform_view(self, request, *args, **kwargs):
        rules = [PracticeClosed] if request.method == "POST" else []
        with _warned(request, rules):
            return super().changeform_view(request, *args, **kwargs)


@contextmanager
def _warned(request, rules, therapist=None):
    """Show whom somebody has to call because of what the request changes, if it does."""
    with report_conflicts(*rules, therapist=therapist) as outside:
        yield
    if outside:
        messages.warning(request, _warning(set(outside)))


def _warning(outside):
    named = Appointment.objects.filter(pk__in=outside).select_related("therapist")
    links = [
        (reverse("admin:appointments_appointment_change", args=[a.pk]), _label(a))
        for a in named[:NAMED]
    ]
    return format_html(
        "Nothing was cancelled. Booked or held appointments that are outside the rules "
        "now, and whose clients somebody has to call ({}): {}{}",
        len(outside),
        format_html_join(", ", '<a href="{}">{}</a>', links),
        ", …" if len(outside) > NAMED else ".",
    )


def _label(appointment):
    # The browser keeps messages: no client is named in them.
    local = timezone.localtime(appointment.start)
    return f"{date_format(local, 'DATETIME_FORMAT')} with {appointment.therapist}"
