from contextlib import contextmanager

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm, AdminPasswordChangeForm
from django.contrib.auth import forms as auth
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import ValidationError

from accounts.codes import announce_new_address, request_message
from accounts.counters import get_address
from accounts.errors import TooManyFailures, WrongCode, WrongPassword
from accounts.hashers import give_back_connection
from accounts.models import MessageKind, User
from accounts.second_factors import has_second_factor, use_code
from accounts.security_log import record_wrong_password
from accounts.sign_in import count_failures
from booking.api.errors import TooManyRequests
from booking.names import validate_name
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

    def save(self, commit=True):
        """Save. A new address is not verified, and both addresses are told."""
        if "email" in self.changed_data and self.initial.get("email"):
            self.instance.verified_at = self.instance.email_bounced_at = None
            announce_new_address(self.instance, self.initial["email"])
        return super().save(commit)


class NewAccountForm(AdminUserCreationForm):
    usable_password = AdminUserCreationForm.create_usable_password_field(
        "Without a password, the person cannot sign in until one is set."
    )

    class Meta:
        model = User
        fields = ["email", "name", "phone", "time_zone", "language"]
        widgets = {"time_zone": TimeZoneSelect}


class CodeField(forms.CharField):
    """A code of an authenticator app, or a recovery code."""

    def __init__(self, **options):
        attributes = {"autocomplete": "one-time-code", "spellcheck": "false"}
        widget = forms.TextInput(attrs=attributes)
        super().__init__(max_length=40, widget=widget, **options)


class LoginForm(AdminAuthenticationForm):
    """The admin's login. Its failures count together with the API's."""

    code = CodeField(
        required=False,
        label="Code of your authenticator app, or a recovery code, if you have a second factor",
    )

    def clean(self):
        if not {"username", "password"} <= self.cleaned_data.keys():
            # Nothing is tried, so nothing may count as a success.
            return self.cleaned_data
        # The session was looked up, and no actor is told to the connection yet.
        give_back_connection()
        with _count_failures(self.request, self.cleaned_data["username"]):
            super().clean()
        if has_second_factor(self.user_cache):
            self._use_code(self.cleaned_data.get("code"))
        return self.cleaned_data

    def _use_code(self, code):
        if not code:
            raise ValidationError("Enter the code too.", code="second_factor")
        try:
            # The session that begins is marked by this.
            self.user_cache.second_factor = use_code(self.user_cache, code)
        except WrongCode as refusal:
            raise ValidationError(refusal.default_detail, "invalid_code") from refusal
        except TooManyFailures as refusal:
            raise ValidationError(str(refusal.detail), "throttled") from refusal


class ProofForm(forms.Form):
    """The password of the user as a proof. A wrong one counts as a failure to sign in."""

    password = forms.CharField(
        strip=False,
        max_length=128,
        label="Your password",
        widget=forms.PasswordInput(
            attrs={"autocomplete": "current-password", "aria-label": "Your password"}
        ),
    )

    def __init__(self, request, **options):
        # A page has several of these, so a field has no id.
        super().__init__(auto_id=False, **options)
        self.request = request

    def clean_password(self):
        user, password = self.request.user, self.cleaned_data["password"]
        with _count_failures(self.request, user.email):
            if not user.check_password(password):
                record_wrong_password(user)
                raise ValidationError(WrongPassword.default_detail, "wrong_password")
        return password


class NewFactorForm(ProofForm):
    """An authenticator app to add."""

    name = forms.CharField(
        max_length=50,
        initial="Authenticator app",
        label="Name of the app or the phone",
        validators=[validate_name],
        widget=forms.TextInput(attrs={"aria-label": "Name of the app or the phone"}),
    )


class ConfirmationForm(forms.Form):
    code = CodeField(label="Code that the app shows")


class OthersPasswordForm(auth.AdminPasswordChangeForm):
    """A new password of somebody else, who is told."""

    def save(self, commit=True):
        request_message(self.user, MessageKind.CHANGED)
        return super().save(commit)


class PasswordForm(AdminPasswordChangeForm):
    """A new password of one's own. A wrong old one counts as a failure to sign in."""

    def save(self, commit=True):
        request_message(self.user, MessageKind.CHANGED)
        return super().save(commit)

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
