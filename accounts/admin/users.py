from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth import admin as auth
from django.shortcuts import redirect

from accounts.forms import AccountForm, NewAccountForm, OthersPasswordForm
from accounts.models import SecondFactor, User
from accounts.search import find_people
from accounts.second_factors import remove
from booking.admin.lists import LargeListAdmin
from booking.admin.search import cut


@admin.register(User)
class UserAdmin(LargeListAdmin, auth.UserAdmin):
    """Accounts, for the front desk only those of clients.

    Only superusers make staff, give rights, or change superusers.
    """

    form = AccountForm
    add_form = NewAccountForm
    change_password_form = OthersPasswordForm
    list_display = ["__str__", "phone", "is_active", "is_staff", "date_joined"]
    list_filter = ["is_active", "is_staff", "is_superuser", "groups"]
    search_fields = ["email", "name", "phone"]
    ordering = sortable_by = ["email"]
    actions = ["remove_second_factors"]
    readonly_fields = [
        "last_login",
        "date_joined",
        "email_bounced_at",
        "merged_into",
        "second_factors",
    ]
    fieldsets = [
        (
            None,
            {"fields": ["email", "email_bounced_at", "password", "second_factors"]},
        ),
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

    @admin.display(description="second factors", empty_value="None")
    def second_factors(self, user):
        factors = user.second_factors.confirmed() if user.pk else ()
        return ", ".join(factor.name for factor in factors)

    def has_remove_second_factors_permission(self, request):
        return request.user.is_superuser

    @admin.action(
        description="Remove second factors, such as of a lost phone",
        permissions=["remove_second_factors"],
    )
    def remove_second_factors(self, request, users):
        ids = list(users.values_list("pk", flat=True))
        factors = list(SecondFactor.objects.confirmed().filter(user__in=ids))
        for factor in factors:
            remove(factor, by=request.user)
        self.message_user(request, f"{len(factors)} second factors were removed.")

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


def _sees_all(user):
    return user.has_right("accounts.view_user")
