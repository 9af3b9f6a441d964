from django.contrib import admin
from procrastinate.contrib.django.models import ProcrastinateJob

from booking.admin.lists import LargeListAdmin
from notifications.models import Delivery, DeliveryStatus, WebhookDelivery
from notifications.sending import send_again
from notifications.webhooks.endpoints import replay

# Its rows name only ids. Staff find what they need in the deliveries.
admin.site.unregister(ProcrastinateJob)


class SentAdmin(LargeListAdmin):
    """A list of what was sent, which only its action changes."""

    sortable_by = []

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Delivery)
class DeliveryAdmin(SentAdmin):
    """Messages to people, sent or failed. Failed ones can be sent again."""

    list_display = ["created_at", "kind", "user", "status", "confirmed_at", "error"]
    list_filter = ["status", "kind"]
    list_select_related = ["user"]
    ordering = ["-created_at", "-id"]
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

    def has_send_again_permission(self, request):
        return request.user.has_right("notifications.change_delivery")

    @admin.action(description="Send again", permissions=["send_again"])
    def send_again(self, request, deliveries):
        failed = list(deliveries.filter(status=DeliveryStatus.FAILED))
        for delivery in failed:
            send_again(delivery)
        self.message_user(request, f"{len(failed)} are sent again.")


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(SentAdmin):
    """Events that were sent to other systems. The API looks after the endpoints."""

    list_display = [
        "created_at",
        "type",
        "webhook",
        "status",
        "response_status",
        "attempts",
        "error",
    ]
    list_filter = ["status", "type", "webhook"]
    list_select_related = ["webhook"]
    ordering = ["-created_at", "-id"]
    actions = ["replay"]
    fields = readonly_fields = [
        "webhook",
        "message_id",
        "type",
        "happened_at",
        "appointment_id",
        "series_id",
        "therapist_id",
        "version",
        "created_at",
        "status",
        "attempts",
        "finished_at",
        "response_status",
        "error",
    ]

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("notifications.view_webhook")

    def has_replay_permission(self, request):
        return request.user.has_perm("notifications.change_webhook")

    @admin.action(description="Send again", permissions=["replay"])
    def replay(self, request, deliveries):
        for delivery in deliveries.select_related("webhook"):
            replay(delivery.webhook, delivery_id=delivery.pk)
        self.message_user(request, f"{len(deliveries)} are sent again.")
