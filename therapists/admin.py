from django.contrib import admin
from django.db.models import Count
from django.utils import timezone

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
    verbose_name_plural = "offerings (without any: both types at any time, no slots)"


class WorkingHoursInline(admin.TabularInline):
    model = WorkingHours
    form = WorkingHoursForm
    extra = 0
    verbose_name_plural = "working hours (on the therapist's own clock)"


class AbsenceInline(admin.TabularInline):
    model = Absence
    form = AbsenceForm
    extra = 0
    verbose_name_plural = "absences to come (on the practice's clock)"

    def get_queryset(self, request):
        # Over the years there would be more than one form can carry.
        absences = super().get_queryset(request)
        return absences.filter(end__gt=timezone.now()).order_by("start", "id")


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
                "description": "Slots lie within the working hours below, which are "
                "on the therapist's own clock: the one of their time zone.",
                "fields": ["time_zone", "booking_mode", "start_step_minutes"],
            },
        ),
        (
            "Every booking",
            {
                "description": "Notices and horizon bind clients, not staff; the break "
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

    @admin.display(description="specialisms")
    def specialism_names(self, therapist):
        return ", ".join(specialism.name for specialism in therapist.specialisms.all())


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
    search_fields = ["name"]

    def get_queryset(self, request):
        counted = Count("therapists")
        return super().get_queryset(request).annotate(therapist_count=counted)

    @admin.display(description="therapists", ordering="therapist_count")
    def therapist_count(self, specialism):
        return specialism.therapist_count
