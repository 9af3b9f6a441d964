"""Logs in the admin: they are read, found by an account, and never changed."""

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Q


class LogAdmin(admin.ModelAdmin):
    """Rows of a log, newest first. `accounts` are its columns that name an account."""

    accounts = ["user"]
    ordering = ["-id"]
    search_fields = ["request_id"]
    search_help_text = (
        "The whole email address or number of an account, or a request id."
    )
    show_full_result_count = False

    def get_search_results(self, request, queryset, search_term):
        term = search_term.strip()
        if not term:
            return queryset, False
        users = get_user_model().objects
        ids = list(
            users.filter(email=users.normalize_email(term)).values_list("pk", flat=True)
        )
        if term.isdecimal() and len(term) < 19:
            ids.append(int(term))
        found = Q(request_id=term) | Q(caller_request_id=term)
        for name in self.accounts:
            found |= Q(**{f"{name}_id__in": ids})
        return queryset.filter(found), False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related(*self.accounts)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


def describe_account(entry, name):
    """Return the account and its number, which is all that is left of a deleted one."""
    number = getattr(entry, f"{name}_id")
    if number is None:
        return "-"
    return f"{getattr(entry, name) or 'deleted'} ({number})"
