from datetime import timedelta

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.utils import timezone

from appointments import history
from appointments.admin.forms import AddAppointmentForm, ChangeAppointmentForm
from appointments.admin.history import make_changes_table
from appointments.admin.people import DiaryListAdmin
from appointments.admin.reads import ReadLoggingAdmin
from appointments.models import Appointment
from appointments.models.statuses import Status
from booking.admin.lists import DayFilter, Literal, get_midnight
from booking.admin.widgets import AutocompletingAdmin


class WhenFilter(admin.SimpleListFilter):
    """Periods that a front desk needs, in days of the practice's time zone."""

    title = "when"
    parameter_name = "when"

    def lookups(self, request, model_admin):
        return [
            ("today", "Today"),
            ("week", "The next 7 days"),
            ("upcoming", "Upcoming"),
            ("past", "Past"),
        ]

    def queryset(self, request, queryset):
        now, today = timezone.now(), timezone.localdate()
        return {
            "today": queryset.filter(
                start__gte=get_midnight(today), start__lt=get_midnight(today, later=1)
            ),
            "week": queryset.filter(
                start__gte=now, start__lt=get_midnight(today, later=7)
            ),
            "upcoming": queryset.filter(start__gte=now),
            "past": queryset.filter(start__lt=now),
        }.get(self.value(), queryset)


class StatusFilter(admin.SimpleListFilter):
    title = "status"
    parameter_name = "status__exact"

    def lookups(self, request, model_admin):
        return Status.choices

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        if self.value() not in Status:
            raise IncorrectLookupParameters
        return queryset.filter(status=Literal(self.value()))


@admin.register(Appointment)
class AppointmentAdmin(ReadLoggingAdmin, DiaryListAdmin, AutocompletingAdmin):
    form = ChangeAppointmentForm
    # Short enough for the status to be seen beside the filters. Django never breaks a
    # line in the column of a foreign key.
    list_display = ["start", "status", "therapist_name", "client_name", "session"]
    list_filter = [DayFilter, WhenFilter, StatusFilter, "type"]
    autocomplete_fields = ["therapist", "client"]
    readonly_fields = [
        "end",
        "busy_until",
        "hold_expires_at",
        "cancelled_by",
        "cancelled_at",
        "cancelled_late",
        "moved_late",
        "concluded_at",
        "series",
        "occurrence",
        "is_exception",
        "overridden",
        "created_at",
        "updated_at",
        "changes",
    ]

    def has_delete_permission(self, request, obj=None):
        """Refuse everyone: an appointment is cancelled, and its history stays."""
        return False

    def get_fieldsets(self, request, obj=None):
        written = ["therapist", "client", "type", "start", "duration"]
        if obj is None:
            return [(None, {"fields": written})]
        *computed, history = self.readonly_fields
        status = ["status", "cancellation_reason"]
        if self.has_change_permission(request, obj):
            status.append("seen")
        else:
            # Only the form knows the duration; a page without one shows the end.
            written.remove("duration")
        return [
            (None, {"fields": [*written, *status]}),
            ("Computed", {"fields": computed}),
            ("History", {"fields": [history]}),
        ]

    def get_form(self, request, obj=None, change=False, **kwargs):
        if not change:
            kwargs["form"] = AddAppointmentForm
        form = super().get_form(request, obj, change=change, **kwargs)
        # A class of this request alone.
        form.user = request.user
        return form

    def save_model(self, request, obj, form, change):
        """Read what the services have written."""
        obj.refresh_from_db()

    def get_ordering(self, request):
        past = request.GET.get(WhenFilter.parameter_name) == "past"
        return ["-start", "-id"] if past else ["start", "id"]

    @admin.display(description="therapist")
    def therapist_name(self, appointment):
        return appointment.therapist.name

    @admin.display(description="client")
    def client_name(self, appointment):
        client = appointment.client
        return client and (client.name or client.email)

    @admin.display
    def session(self, appointment):
        minutes = (appointment.end - appointment.start) // timedelta(minutes=1)
        return f"{appointment.get_type_display()}, {minutes} min"

    @admin.display(description="changes, oldest first")
    def changes(self, appointment):
        return make_changes_table(history.get_full_history(appointment.pk))
