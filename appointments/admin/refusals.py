from django.contrib import admin

from appointments.models import ClientBusyRefusal


@admin.register(ClientBusyRefusal)
class ClientBusyRefusalAdmin(admin.ModelAdmin):
    """Which therapist learned when that a client is busy elsewhere; read-only."""

    list_display = ["at", "therapist", "client", "start", "request_id"]
    list_select_related = ["therapist", "client"]
    search_fields = ["therapist__name", "client__name", "client__email"]
    date_hierarchy = "at"
    # Counting all rows takes longer than showing a page of them.
    show_full_result_count = False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
