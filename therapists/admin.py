from django.contrib import admin
from django.db.models import Count

from therapists.forms import SpecialismForm, TherapistForm
from therapists.models import AppointmentType, Offering, Specialism, Therapist


class OfferingInline(admin.TabularInline):
    model = Offering
    max_num = len(AppointmentType)
    extra = 0
    verbose_name_plural = "offerings (none: both types, with any duration)"


@admin.register(Therapist)
class TherapistAdmin(admin.ModelAdmin):
    form = TherapistForm
    inlines = [OfferingInline]
    list_display = ["name", "specialism_names", "time_zone", "user", "is_active"]
    list_filter = ["is_active", "specialisms", "offerings__type"]
    list_select_related = ["user"]
    search_fields = ["name", "user__email", "user__name"]
    autocomplete_fields = ["user", "specialisms"]
    fieldsets = [
        (None, {"fields": ["name", "is_active", "user", "time_zone", "specialisms"]}),
        ("Diary", {"fields": ["break_minutes", "notice_hours", "horizon_days"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("specialisms")

    @admin.display(description="specialisms")
    def specialism_names(self, therapist):
        return ", ".join(specialism.name for specialism in therapist.specialisms.all())


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
