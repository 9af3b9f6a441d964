from django.contrib import admin

from appointments.models import AppointmentRead, ClientBusyRefusal
from booking.admin.logs import LogAdmin, describe_account


@admin.register(AppointmentRead)
class AppointmentReadAdmin(LogAdmin):
    """The log of reads: users, and whose appointments they opened."""

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


@admin.register(ClientBusyRefusal)
class ClientBusyRefusalAdmin(LogAdmin):
    """Which therapist learned when that a client is busy elsewhere."""

    accounts = ["user", "client"]
    list_display = ["at", "by", "busy", "start", "request_id"]
    fields = readonly_fields = [
        "at",
        "by",
        "busy",
        "start",
        "path",
        "address",
        "request_id",
        "caller_request_id",
    ]

    @admin.display(description="therapist")
    def by(self, refusal):
        return describe_account(refusal, "user")

    @admin.display(description="client")
    def busy(self, refusal):
        return describe_account(refusal, "client")
