"""Logs in the admin: they are read, found by an account, and never changed."""

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from booking.admin.lists import LargeListAdmin


class ReadOnlyAdmin(LargeListAdmin):
    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class LogAdmin(ReadOnlyAdmin):
    """Rows of a log, newest first. `accounts` are its columns that name an account."""

    accounts = ["user"]
    ordering = ["-id"]
    search_fields = ["request_id"]
    search_help_text = (
        "The whole email address or number of an account, or a request id."
    )

    def get_search_results(self, request, queryset, search_term):
        term = search_term.strip()
        if not term:
            return queryset, False
        is_account = "@" in term or (term.isdecimal() and len(term) < 19)
        # Apart, because only accounts have an index.
        if is_account:
            number = _find_number(term)
            found = Q.create([(f"{name}_id", number) for name in self.accounts], Q.OR)
        else:
            found = Q(request_id=term) | Q(caller_request_id=term)
        return queryset.filter(found), False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related(*self.accounts)


def _find_number(term):
    """Return the number of the account with this address; a number is one already."""
    if "@" not in term:
        return int(term)
    users = get_user_model().objects
    number = users.filter(email=users.normalize_email(term)).values_list(
        "pk", flat=True
    )
    # No account has 0.
    return number.first() or 0


def describe_account(entry, name):
    """Return the account and its number, which is all that is left of a deleted one."""
    number = getattr(entry, f"{name}_id")
    if number is None:
        return "-"
    return f"{getattr(entry, name) or 'deleted'} ({number})"


class HistoryAdmin(ReadOnlyAdmin):
    """The changes of all rows of a model, as its history's triggers record them."""

    ordering = ["-pgh_id"]
    list_filter = ["pgh_label"]
    list_display = fields = readonly_fields = [
        "pgh_created_at",
        "pgh_label",
        "row",
        "actor",
        "role",
        "server_request_id",
        "caller_request_id",
    ]

    def get_queryset(self, request):
        id = Cast(KT("pgh_context__user"), models.BigIntegerField())
        users = get_user_model().objects.filter(pk=models.OuterRef("actor_id"))
        events = super().get_queryset(request).annotate(actor_id=id)
        return events.annotate(actor_email=models.Subquery(users.values("email")))

    @admin.display(description="row, as the change left it")
    def row(self, event):
        # Moments in UTC: the local date of some is out of range.
        columns = [field.attname for field in self.model._meta.fields]
        return ", ".join(
            f"{name} {getattr(event, name)}"
            for name in columns
            if not name.startswith("pgh_")
        )

    @admin.display(description="by")
    def actor(self, event):
        if event.actor_id is None:
            return "-"
        return f"{event.actor_email or 'deleted'} ({event.actor_id})"

    @admin.display
    def role(self, event):
        return (event.pgh_context or {}).get("role")

    @admin.display(description="our request id")
    def server_request_id(self, event):
        return (event.pgh_context or {}).get("request_id")

    @admin.display(description="caller's request id")
    def caller_request_id(self, event):
        return (event.pgh_context or {}).get("caller_request_id")
