from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError

from accounts.throttling import login_wait


class ThrottledAuthenticationForm(AdminAuthenticationForm):
    """Counts with the API's logins: the admin is no way around their limit."""

    def clean(self):
        seconds = login_wait(self.request, self.cleaned_data.get("username"))
        if seconds:
            raise ValidationError(
                f"Too many attempts. Try again in {seconds} seconds.", code="throttled"
            )
        return super().clean()


class PracticeAdminSite(AdminSite):
    site_header = site_title = "Practice"
    index_title = "The practice's diaries and people"
    login_form = ThrottledAuthenticationForm
