from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.throttling import count_login
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


class NewAccountForm(AdminUserCreationForm):
    usable_password = AdminUserCreationForm.create_usable_password_field(
        "Without a password, the person cannot sign in until one is set."
    )

    class Meta:
        model = User
        fields = ["email", "name", "time_zone"]
        widgets = {"time_zone": TimeZoneSelect}


class LoginForm(AdminAuthenticationForm):
    """The admin's login. Its attempts count together with the API's."""

    def clean(self):
        seconds = count_login(self.request, self.cleaned_data.get("username"))
        if seconds:
            raise ValidationError(
                f"Too many attempts. Try again in {seconds} seconds.", code="throttled"
            )
        return super().clean()
