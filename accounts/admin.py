from django.contrib import admin
from django.contrib.auth import admin as auth
from rest_framework_simplejwt.token_blacklist.models import (
    BlacklistedToken,
    OutstandingToken,
)

from accounts.forms import AccountForm, LoginForm, NewAccountForm
from accounts.models import User

admin.site.login_form = LoginForm
# Tokens need no page: a new password, or unticking `is_active`, ends them.
admin.site.unregister([BlacklistedToken, OutstandingToken])


@admin.register(User)
class UserAdmin(auth.UserAdmin):
    """All accounts. Only superusers may create staff, or change other staff."""

    form = AccountForm
    add_form = NewAccountForm
    list_display = ["email", "name", "is_active", "is_staff", "date_joined"]
    list_filter = ["is_active", "is_staff", "is_superuser", "groups"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        ("Person", {"fields": ["name", "time_zone"]}),
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
                    "time_zone",
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

    def get_search_results(self, request, queryset, search_term):
        if request.resolver_match.url_name == "autocomplete":
            # Inactive accounts are not booked for, and not linked to a therapist.
            queryset = queryset.filter(is_active=True)
        return super().get_search_results(request, queryset, search_term)

    # Django checks this for setting a password too.
    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        return allowed and _may_change(request.user, obj)

    def has_delete_permission(self, request, obj=None):
        allowed = super().has_delete_permission(request, obj)
        return allowed and _may_change(request.user, obj)


def _may_change(user, other):
    if other is None or user.is_superuser or other == user:
        return True
    return not (other.is_staff or other.is_superuser)
