from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth import admin as auth
from django.shortcuts import redirect

from accounts.forms import AccountForm, LoginForm, NewAccountForm, PasswordForm
from accounts.models import SecurityEvent, User
from accounts.search import find_people
from booking.admin.lists import LargeListAdmin
from booking.admin.logs import LogAdmin, LogDayFilter, describe_account
from booking.admin.search import cut

admin.site.login_form = LoginForm
admin.site.password_form = PasswordForm


@admin.register(User)
class UserAdmin(LargeListAdmin, auth.UserAdmin):
    """Accounts, for the front desk only those of clients.

    Only superusers make staff, give rights, or change superusers.
    """

    form = AccountForm
    add_form = NewAccountForm
    list_display = ["__str__", "phone", "is_active", "is_staff", "date_joined"]
    list_filter = ["is_active", "is_staff", "is_superuser", "groups"]
    search_fields = ["email", "name", "phone"]
    ordering = sortable_by = ["email"]
    readonly_fields = ["last_login", "date_joined", "merged_into"]
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        (
            "Person",
            {
                "fields": [
                    "name",
                    "phone",
                    "time_zone",
                    "language",
                    "reminders",
                    "merged_into",
                ]
            },
        ),
        (
            "Access",
            {
                "fields": [
                    "is_active",
                    "is_staff",
                    "is_superuser",
                    "groups",
                    "user_permissions",
                ]
            },
        ),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (
            None,
            {
                "classes": ["wide"],
                "fields": [
                    "email",
                    "name",
                    "phone",
                    "time_zone",
                    "language",
                    "usable_password",
                    "password1",
                    "password2",
                ],
            },
        )
    ]

    def get_readonly_fields(self, request, obj=None):
        if request.user.is_superuser:
            return self.readonly_fields
        return [
            *self.readonly_fields,
            "is_staff",
            "is_superuser",
            "groups",
            "user_permissions",
        ]

    def get_queryset(self, request):
        users = super().get_queryset(request)
        return users if _sees_all(request.user) else users.clients()

    def get_search_results(self, request, queryset, search_term):
        if request.resolver_match.url_name == "autocomplete":
            # Inactive accounts are not booked for, and not linked to a therapist.
            queryset = queryset.filter(is_active=True)
        if not search_term.strip():
            return queryset, False
        ids = find_people(search_term, queryset)
        return queryset.filter(pk__in=cut(ids, request)), False

    def has_view_permission(self, request, obj=None):
        user = request.user
        clients = user.has_right("accounts.view_client")
        return _sees_all(user) or (clients and (obj is None or obj.is_client()))

    def has_add_permission(self, request):
        user = request.user
        return user.has_right("accounts.add_user") or user.has_right(
            "accounts.add_client"
        )

    def user_change_password(self, request, id, form_url=""):
        """Set another's password; for one's own, ask for the old one."""
        account = self.get_object(request, unquote(id))
        if account is not None and account.pk == request.user.pk:
            return redirect("admin:password_change")
        return super().user_change_password(request, id, form_url)

    # Django checks this for setting a password too.
    def has_change_permission(self, request, obj=None):
        return request.user.may_change(obj)

    def has_delete_permission(self, request, obj=None):
        allowed = super().has_delete_permission(request, obj)
        return allowed and request.user.may_change(obj)


@admin.register(SecurityEvent)
class SecurityEventAdmin(LogAdmin):
    """Sign-ins, and changes of passwords, addresses and rights."""

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


def _sees_all(user):
    return user.has_right("accounts.view_user")
