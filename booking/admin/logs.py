"""Logs in the admin: staff read them, and find rows by an account, a request or a day."""

from datetime import datetime, timedelta

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils import timezone

from booking.admin.lists import DayFilter, LargeListAdmin, filter_period
from booking.time_zones import format_moment

# A request is looked for in so many days, or in the entered one: only accounts and moments
# have an index, because each further one would slow down every read that is logged.
REQUEST_DAYS = 7


class ReadOnlyAdmin(LargeListAdmin):
    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class LogDayFilter(DayFilter):
    moment = "at"


class LogAdmin(ReadOnlyAdmin):
    """Rows of a log, newest first. `accounts` are its columns that name an account."""

    accounts = ["user"]
    ordering = ["-id"]
    search_fields = ["request_id"]
    list_filter = [LogDayFilter]
    search_help_text = (
        "The whole email address or number of an account; or a request id, of the last "
        f"{REQUEST_DAYS} days or of the chosen one."
    )

    def get_search_results(self, request, queryset, search_term):
        term = search_term.strip()
        has_day = bool(request.GET.get(LogDayFilter.parameter_name))
        if _is_account(term):
            queryset = queryset.filter(self._get_account_condition(term))
        elif term:
            queryset = _filter_request(queryset, term, is_recent=not has_day)
        if has_day or (term and not _is_account(term)):
            # No index has this order, so PostgreSQL starts with the period. It might
            # walk along the ids instead, past all rows since.
            queryset = queryset.order_by((F("id") + 0).desc())
        return queryset, False

    def _get_account_condition(self, term):
        number = _find_number(term)
        return Q.create([(f"{name}_id", number) for name in self.accounts], Q.OR)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related(*self.accounts)


def _is_account(term):
    return "@" in term or (term.isdecimal() and len(term) < 19)


def _filter_request(queryset, id, *, is_recent):
    if is_recent:
        now = timezone.now()
        # With both ends, PostgreSQL expects few rows in any period.
        since, until = now - timedelta(days=REQUEST_DAYS), now + timedelta(days=1)
        queryset = filter_period(queryset, "at", since, until)
    return queryset.filter(Q(request_id=id) | Q(caller_request_id=id))


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
        columns = [field.attname for field in self.model._meta.fields]
        return ", ".join(
            f"{name} {_format(getattr(event, name))}"
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


def _format(value):
    return format_moment(value) if isinstance(value, datetime) else value
