from django.contrib import admin

from appointments import history
from appointments.admin.history import make_changes_table
from appointments.admin.people import DiaryListAdmin
from appointments.admin.reads import ReadLoggingAdmin
from appointments.models import Appointment, Series
from booking.admin.lists import DayFilter


class DatesInline(admin.TabularInline):
    model = Appointment
    fields = readonly_fields = ["occurrence", "start", "status", "is_exception"]
    ordering = ["occurrence"]
    can_delete = False
    show_change_link = True
    extra = 0

    def has_add_permission(self, request, obj=None):
        return False


@admin.register(Series)
class SeriesAdmin(ReadLoggingAdmin, DiaryListAdmin):
    """Read-only: staff change dates one by one, or the series through the API."""

    list_display = ["start", "therapist", "client", "type", "every_weeks", "count"]
    list_filter = [DayFilter]
    inlines = [DatesInline]
    fields = readonly_fields = [
        "therapist",
        "client",
        "type",
        "start",
        "duration",
        "every_weeks",
        "count",
        "changes",
    ]

    @admin.display(description="changes, oldest first")
    def changes(self, series):
        return make_changes_table(history.get_series_history(series))

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
