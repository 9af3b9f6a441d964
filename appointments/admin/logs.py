from django.contrib import admin

from appointments.models import AppointmentRead, ClientBusyRefusal
from booking.admin.logs import LogAdmin, describe_account


@admin.register(AppointmentRead)
class AppointmentReadAdmin(LogAdmin):
    """The log of reads: users, and whose appointments they opened."""

    accounts = ["user", "client"]
    list_display = [
        "at",
        "user_account",
        "client_account",
        "path",
        "address",
        "request_id",
    ]
    fields = readonly_fields = [
        "at",
        "user_account",
        "client_account",
        "path",
        "address",
        "request_id",
        "caller_request_id",
    ]

    @admin.display(description="user")
    def user_account(self, read):
        return describe_account(read, "user")

    @admin.display(description="client")
    def client_account(self, read):
        return describe_account(read, "client")


@admin.register(ClientBusyRefusal)
class ClientBusyRefusalAdmin(LogAdmin):
    """Refusals from which a therapist learned that a client is busy elsewhere."""

    accounts = ["user", "client"]
    list_display = ["at", "therapist_account", "client_account", "start", "request_id"]
    fields = readonly_fields = [
        "at",
        "therapist_account",
        "client_account",
        "start",
        "path",
        "address",
        "request_id",
        "caller_request_id",
    ]

    @admin.display(description="therapist")
    def therapist_account(self, refusal):
        return describe_account(refusal, "user")

    @admin.display(description="client")
    def client_account(self, refusal):
        return describe_account(refusal, "client")
