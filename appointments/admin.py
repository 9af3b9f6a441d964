from contextlib import ExitStack, contextmanager
from datetime import datetime, time, timedelta

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join

from appointments import chronicle, conflicts
from appointments.forms import AppointmentForm
from appointments.models import Appointment, Series
from booking.admin import AutocompletingAdmin
from therapists import admin as therapists
from therapists.models import Closure, Therapist

# Of how many appointments a warning names each.
NAMED = 200


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
        return _changes(chronicle.everything(appointment.pk))


def _changes(entries):
    """Each change with who made it; raw SQL's too, without a name."""
    rows = [
        (
            _day_and_time(entry["at"]),
            entry["what"],
            _day_and_time(entry.get("start")),
            (entry["user"] or {}).get("email", ""),
            entry["role"] or "",
            entry["request_id"] or "",
        )
        for entry in entries
    ]
    return format_html(
        "<table><tr><th>When<th>What<th>Start<th>Who<th>As<th>Request</tr>{}</table>",
        format_html_join("", f"<tr>{'<td>{}</td>' * 6}</tr>", rows),
    )


def _day_and_time(moment):
    if moment is None:
        return ""
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


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
class SeriesAdmin(admin.ModelAdmin):
    """For looking only: dates are changed one by one, or as a series by the API."""

    list_display = ["start", "therapist", "client", "type", "every_weeks", "count"]
    list_select_related = ["therapist", "client"]
    search_fields = ["therapist__name", "client__name", "client__email"]
    date_hierarchy = "start"
    inlines = [DatesInline]
    fields = readonly_fields = [
        "therapist",
        "client",
        "type",
        "start",
        "duration",
        "every_weeks",
        "count",
        "what_happened",
    ]

    @admin.display(description="changes, oldest first")
    def what_happened(self, series):
        return _changes(chronicle.of_series(series))

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


# Here and not with their models, because a change warns of the appointments that it
# leaves outside the rules.
admin.site.unregister([Therapist, Closure])


@admin.register(Therapist)
class TherapistAdmin(therapists.TherapistAdmin):
    def change_view(self, request, object_id, *args, **kwargs):
        with self._warned(request, object_id):
            return super().change_view(request, object_id, *args, **kwargs)

    def _warned(self, request, object_id):
        therapist = None
        if request.method == "POST":
            therapist = self.get_object(request, unquote(object_id))
        # The time zone moves the hours, the break reaches into absences and closures.
        rules = list(conflicts.OUTSIDE) if therapist else []
        return _warned(request, rules, therapist)


@admin.register(Closure)
class ClosureAdmin(therapists.ClosureAdmin):
    def changeform_view(self, request, *args, **kwargs):
        rules = ["practice_closed"] if request.method == "POST" else []
        with _warned(request, rules):
            return super().changeform_view(request, *args, **kwargs)


@contextmanager
def _warned(request, rules, therapist=None):
    """Show whom somebody has to call because of what the request changes, if it does."""
    with ExitStack() as stack:
        changes = [conflicts.noted(rule, therapist) for rule in rules]
        found = [stack.enter_context(change) for change in changes]
        yield
    outside = {id for ids in found for id in ids}
    if outside:
        messages.warning(request, _warning(outside))


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
