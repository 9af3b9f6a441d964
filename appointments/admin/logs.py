from django.contrib import admin

from appointments.models import AppointmentRead
from booking.admin.logs import LogAdmin, describe_account


@admin.register(AppointmentRead)
class AppointmentReadAdmin(LogAdmin):
    """Who opened whose appointments."""

    accounts = ["user", "client"]
    list_display = ["at", "reader", "opened", "path", "address", "request_id"]
    fields = readonly_fields = [
        "at",
        "reader",
        "opened",
        "path",
        "address",
        "request_id",
        "caller_request_id",
    ]

    @admin.display(description="who")
    def reader(self, read):
        return describe_account(read, "user")

    @admin.display(description="client")
    def opened(self, read):
        return describe_account(read, "client")
