from django.contrib import admin
from procrastinate.contrib.django.models import ProcrastinateJob

from booking.admin.lists import LargeListAdmin
from notifications.models import Delivery, DeliveryStatus
from notifications.sending import send_again

# Its rows name only ids. Staff find what they need in the deliveries.
admin.site.unregister(ProcrastinateJob)


@admin.register(Delivery)
class DeliveryAdmin(LargeListAdmin):
    """Messages to people, sent or failed. Failed ones can be sent again."""

    list_display = ["created_at", "kind", "user", "status", "confirmed_at", "error"]
    list_filter = ["status", "kind"]
    list_select_related = ["user"]
    ordering = ["-created_at", "-id"]
    sortable_by = []
    actions = ["send_again"]
    fields = readonly_fields = [
        "created_at",
        "kind",
        "channel",
        "user",
        "address",
        "appointment_id",
        "series_id",
        "status",
        "attempts",
        "finished_at",
        "confirmed_at",
        "error",
    ]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        # Only the action changes anything.
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_send_again_permission(self, request):
        return request.user.has_right("notifications.change_delivery")

    @admin.action(description="Send again", permissions=["send_again"])
    def send_again(self, request, deliveries):
        failed = list(deliveries.filter(status=DeliveryStatus.FAILED))
        for delivery in failed:
            send_again(delivery)
        self.message_user(request, f"{len(failed)} are sent again.")
