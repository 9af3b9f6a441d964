from datetime import datetime, time, timedelta

from django.contrib import admin
from django.utils import timezone

from appointments import history
from appointments.admin.forms import AppointmentForm
from appointments.admin.history import changes_table
from appointments.models import Appointment
from booking.admin.widgets import AutocompletingAdmin


class WhenFilter(admin.SimpleListFilter):
    """The periods that a front desk asks for; days are the practice's."""

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
            "today": queryset.filter(start__gte=_day(today), start__lt=_day(today, 1)),
            "week": queryset.filter(start__gte=now, start__lt=_day(today, 7)),
            "upcoming": queryset.filter(start__gte=now),
            "past": queryset.filter(start__lt=now),
        }.get(self.value(), queryset)


def _day(date, later=0):
    midnight = datetime.combine(date + timedelta(days=later), time())
    return midnight.replace(tzinfo=timezone.get_current_timezone())


@admin.register(Appointment)
class AppointmentAdmin(AutocompletingAdmin):
    form = AppointmentForm
    list_display = ["start", "minutes", "therapist", "client", "type", "status"]
    list_filter = [WhenFilter, "status", "type"]
    list_select_related = ["therapist", "client"]
    search_fields = ["therapist__name", "client__name", "client__email"]
    search_help_text = "By therapist, or by name or address of the client."
    date_hierarchy = "start"
    # Counting a million rows to say “of a million” helps nobody.
    show_full_result_count = False
    autocomplete_fields = ["therapist", "client"]
    readonly_fields = [
        "end",
        "busy_until",
        "hold_expires_at",
        "cancelled_by",
        "cancelled_at",
        "cancelled_late",
        "concluded_at",
        "series",
        "occurrence",
        "is_exception",
        "created_at",
        "updated_at",
        "what_happened",
    ]

    def has_delete_permission(self, request, obj=None):
        """Nobody: an appointment is cancelled, and what happened to it stays."""
        return False

    def get_fieldsets(self, request, obj=None):
        written = ["therapist", "client", "type", "status", "start", "duration"]
        if obj is None:
            return [(None, {"fields": written})]
        *computed, history = self.readonly_fields
        return [
            (None, {"fields": [*written, "cancellation_reason", "seen"]}),
            ("Computed", {"fields": computed}),
            ("History", {"fields": [history]}),
        ]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if change and form.cancels() and obj.is_to_publish_again:
            obj.publish_again()

    def get_ordering(self, request):
        past = request.GET.get(WhenFilter.parameter_name) == "past"
        return ["-start", "-id"] if past else ["start", "id"]

    @admin.display(description="minutes")
    def minutes(self, appointment):
        return (appointment.end - appointment.start) // timedelta(minutes=1)

    @admin.display(description="changes, oldest first")
    def what_happened(self, appointment):
        return changes_table(history.get_full_history(appointment.pk))
