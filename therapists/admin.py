from django.contrib import admin
from django.db.models import Count
from django.utils import timezone

from booking.admin.forms import PracticeTimeWidget
from booking.admin.logs import HistoryAdmin
from booking.admin.widgets import AutocompletingAdmin
from therapists.forms import (
    AbsenceForm,
    ClosureForm,
    SpecialismForm,
    TherapistForm,
    WorkingHoursForm,
)
from therapists.models import (
    Absence,
    AppointmentType,
    Closure,
    Offering,
    Specialism,
    Therapist,
    WorkingHours,
)


class OfferingInline(admin.TabularInline):
    model = Offering
    max_num = len(AppointmentType)
    extra = 0
    verbose_name_plural = "offerings (none: both types, any duration, but no slots)"


class WorkingHoursInline(admin.TabularInline):
    model = WorkingHours
    form = WorkingHoursForm
    extra = 0
    verbose_name_plural = "working hours (in the therapist's time zone)"


# Django cannot show a moment whose local date is out of range.
@admin.display(description="start", ordering="start")
def _show_start(self, absence):
    return " ".join(map(str, PracticeTimeWidget().decompress(absence.start)))


@admin.display(description="end", ordering="end")
def _show_end(self, absence):
    return " ".join(map(str, PracticeTimeWidget().decompress(absence.end)))


class AbsenceInline(admin.TabularInline):
    model = Absence
    form = AbsenceForm
    extra = 0
    readonly_fields = ["starts", "ends"]
    verbose_name_plural = "future absences (in the practice's time zone)"

    def get_queryset(self, request):
        # All absences of many years would exceed the size of a form.
        absences = super().get_queryset(request)
        return absences.filter(end__gt=timezone.now()).order_by("start", "id")

    def get_fields(self, request, obj=None):
        edits = self.has_change_permission(request, obj)
        return ["start", "end"] if edits else ["starts", "ends"]

    starts, ends = _show_start, _show_end


@admin.register(Therapist)
class TherapistAdmin(AutocompletingAdmin):
    form = TherapistForm
    inlines = [OfferingInline, WorkingHoursInline, AbsenceInline]
    list_display = [
        "name",
        "specialism_names",
        "booking_mode",
        "time_zone",
        "user",
        "is_active",
    ]
    list_filter = ["is_active", "booking_mode", "specialisms", "offerings__type"]
    list_select_related = ["user"]
    search_fields = ["name", "user__email", "user__name"]
    autocomplete_fields = ["user", "specialisms"]
    fieldsets = [
        (None, {"fields": ["name", "is_active", "user", "specialisms"]}),
        (
            "Slots",
            {
                "description": "Slots are within the working hours below, which are in "
                "the therapist's time zone.",
                "fields": ["time_zone", "booking_mode", "start_step_minutes"],
            },
        ),
        (
            "Any time",
            {
                "description": "These bind clients of a therapist who can be booked at "
                "any time. Times of day are in the therapist's time zone.",
                "fields": ["any_time_from", "any_time_until", "longest_minutes"],
            },
        ),
        (
            "All bookings",
            {
                "description": "Notices and horizon bind clients, not staff. The break "
                "binds everyone.",
                "fields": [
                    "break_minutes",
                    "notice_hours",
                    "cancellation_notice_hours",
                    "horizon_days",
                ],
            },
        ),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("specialisms")

    def get_form(self, request, obj=None, change=False, **options):
        # A class of its own for each request.
        form = super().get_form(request, obj, change, **options)
        form.editor = request.user
        return form

    @admin.display(description="specialisms")
    def specialism_names(self, therapist):
        return ", ".join(specialism.name for specialism in therapist.specialisms.all())


@admin.register(Absence)
class AbsenceAdmin(AutocompletingAdmin):
    """Absences by themselves, for those who may not change therapists."""

    form = AbsenceForm
    readonly_fields = ["starts", "ends"]
    list_display = ["therapist", "starts", "ends"]
    list_select_related = ["therapist"]
    search_fields = ["therapist__name"]
    autocomplete_fields = ["therapist"]
    ordering = ["-start", "-id"]

    def get_fields(self, request, obj=None):
        edits = obj is None or self.has_change_permission(request, obj)
        return ["therapist", *(["start", "end"] if edits else ["starts", "ends"])]

    starts, ends = _show_start, _show_end


@admin.register(Closure)
class ClosureAdmin(admin.ModelAdmin):
    form = ClosureForm
    list_display = ["name", "start", "end"]
    search_fields = ["name"]
    date_hierarchy = "start"


@admin.register(Specialism)
class SpecialismAdmin(admin.ModelAdmin):
    form = SpecialismForm
    list_display = ["name", "therapist_count"]
    # The count would lose the model's order.
    ordering = search_fields = ["name"]

    def get_queryset(self, request):
        count = Count("therapists")
        return super().get_queryset(request).annotate(therapist_count=count)

    @admin.display(description="therapists", ordering="therapist_count")
    def therapist_count(self, specialism):
        return specialism.therapist_count


for tracked in (WorkingHours, Absence, Closure, Offering):
    admin.site.register(tracked.pgh_event_model, HistoryAdmin)
