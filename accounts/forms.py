from contextlib import contextmanager

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm, AdminPasswordChangeForm
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import ValidationError

from accounts.counters import get_address
from accounts.hashers import give_back_connection
from accounts.models import User
from accounts.security_log import record_wrong_password
from accounts.sign_in import count_failures
from booking.api.errors import TooManyRequests
from booking.time_zones import get_time_zones


class TimeZoneSelect(forms.Select):
    def __init__(self, attrs=None):
        names = sorted(get_time_zones())
        super().__init__(attrs, choices=[(name, name) for name in names])


class AccountForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"
        widgets = {"time_zone": TimeZoneSelect}

    def clean_email(self):
        email = self.cleaned_data["email"]
        if self.instance.email and not email:
            # It would lock the person out.
            raise ValidationError("Enter the new address.", code="address_kept")
        return email


class NewAccountForm(AdminUserCreationForm):
    usable_password = AdminUserCreationForm.create_usable_password_field(
        "Without a password, the person cannot sign in until one is set."
    )

    class Meta:
        model = User
        fields = ["email", "name", "phone", "time_zone", "language"]
        widgets = {"time_zone": TimeZoneSelect}


class LoginForm(AdminAuthenticationForm):
    """The admin's login. Its failures count together with the API's."""

    def clean(self):
        if not {"username", "password"} <= self.cleaned_data.keys():
            # Nothing is tried, so nothing may count as a success.
            return self.cleaned_data
        # The session was looked up, and no actor is told to the connection yet.
        give_back_connection()
        with _count_failures(self.request, self.cleaned_data["username"]):
            return super().clean()


class PasswordForm(AdminPasswordChangeForm):
    """A new password of one's own. A wrong old one counts as a failure to sign in."""

    def __init__(self, request, **options):
        super().__init__(**options)
        self.request = request

    def clean_old_password(self):
        with _count_failures(self.request, self.user.email):
            try:
                return super().clean_old_password()
            except ValidationError:
                record_wrong_password(self.user)
                raise


@contextmanager
def _count_failures(request, email):
    try:
        with count_failures(get_address(request), email):
            yield
    except TooManyRequests as refusal:
        raise ValidationError(str(refusal.detail), code="throttled") from refusal
