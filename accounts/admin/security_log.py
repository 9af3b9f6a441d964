from django.contrib import admin

from accounts.models import SecurityEvent
from booking.admin.logs import LogAdmin, LogDayFilter, describe_account


@admin.register(SecurityEvent)
class SecurityEventAdmin(LogAdmin):
    """Sign-ins, and changes of passwords, second factors, addresses and rights."""

    accounts = ["account", "user"]
    list_display = ["at", "kind", "whose", "details", "actor", "address", "request_id"]
    list_filter = [LogDayFilter, "kind"]
    fields = readonly_fields = [
        "at",
        "kind",
        "whose",
        "details",
        "actor",
        "path",
        "address",
        "request_id",
        "caller_request_id",
    ]

    @admin.display(description="account")
    def whose(self, event):
        return describe_account(event, "account")

    @admin.display(description="by")
    def actor(self, event):
        return describe_account(event, "user")
