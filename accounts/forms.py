from django import forms
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm

from accounts.models import User
from booking.zones import time_zones


class TimeZoneSelect(forms.Select):
    def __init__(self, attrs=None):
        names = sorted(time_zones())
        super().__init__(attrs, choices=[(name, name) for name in names])


class AccountForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"
        widgets = {"time_zone": TimeZoneSelect}


class NewAccountForm(AdminUserCreationForm):
    usable_password = AdminUserCreationForm.create_usable_password_field(
        "Without one, the person cannot sign in until somebody sets it."
    )

    class Meta:
        model = User
        fields = ["email", "name", "time_zone"]
        widgets = {"time_zone": TimeZoneSelect}
