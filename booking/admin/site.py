from contextlib import nullcontext
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import BadRequest, ValidationError
from django.db import IntegrityError
from django.http import HttpResponseRedirect
from django.template.response import SimpleTemplateResponse
from django.utils import timezone
from psycopg.errors import ExclusionViolation, UniqueViolation

from accounts.throttling import login_wait
from booking.audit import set_actor

TAKEN = (ExclusionViolation, UniqueViolation)
# The role that the history gives to staff.
ROLE = "practice"


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
    """The admin, on the clock of the practice."""

    site_title = "Practice"
    index_title = "The practice's diaries and people"
    login_form = ThrottledAuthenticationForm

    def each_context(self, request):
        header = f"Practice, times in {settings.PRACTICE_TIME_ZONE}"
        return super().each_context(request) | {"site_header": header}

    def admin_view(self, view, cacheable=False):
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def on_practice_time(request, *args, **kwargs):
            if "%00" in request.META["QUERY_STRING"]:
                raise BadRequest("PostgreSQL's text has no NUL, so nothing matches.")
            with timezone.override(settings.PRACTICE_TIME_ZONE), _actor(request):
                # Somebody may save the same between the validation of a form and its
                # insert. Validated again, the form finds it; but Django validates no
                # constraint over the link between an inline row and its parent.
                response = (
                    _unless_taken(inner, request, *args, **kwargs)
                    or _unless_taken(inner, request, *args, **kwargs)
                    or _say_taken(request)
                )
                # Rendered later it would show the times of another zone.
                if isinstance(response, SimpleTemplateResponse):
                    response.render()
                return response

        return on_practice_time


def _actor(request):
    """Record the sender of a form as the actor of what it changes."""
    writes = request.method == "POST" and request.user.is_authenticated
    return set_actor(request.user, ROLE) if writes else nullcontext()


def _unless_taken(view, request, *args, **kwargs):
    try:
        return view(request, *args, **kwargs)
    except IntegrityError as error:
        if not isinstance(error.__cause__, TAKEN):
            raise
    return None


def _say_taken(request):
    messages.error(request, "Somebody else just saved the same. Nothing was changed.")
    return HttpResponseRedirect(request.get_full_path())
