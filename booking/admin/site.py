from contextlib import nullcontext
from functools import partial, wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpResponseRedirect
from django.template.response import SimpleTemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from psycopg.errors import ExclusionViolation, UniqueViolation

from booking.admin.queries import ignores_unusable_query, refuse_unusable_request
from booking.audit import set_actor

DUPLICATES = (ExclusionViolation, UniqueViolation)
# The role of staff in the history.
ACTOR_ROLE = "practice"
# Pages for those too who have yet to add a second factor.
SERVE_ENROLMENT = ("second_factors", "logout", "jsi18n")


class PracticeAdminSite(AdminSite):
    """The admin, with all times in the practice's time zone."""

    site_title = "Practice"
    index_title = "The practice's diaries and people"
    # With the request as its first argument.
    password_form = None
    # With the request and a context.
    second_factors_page = None

    @staticmethod
    def is_verified(request):
        """Tell whether a session has shown every factor that its user has."""
        return True

    @staticmethod
    def lacks_required_factor(user):
        """Tell whether the user has yet to add a second factor, which the practice requires."""
        return False

    def has_permission(self, request):
        return super().has_permission(request) and self.is_verified(request)

    def get_urls(self):
        page = self.admin_view(self.show_second_factors)
        mine = [path("second_factors/", page, name="second_factors")]
        return mine + super().get_urls()

    def show_second_factors(self, request):
        return self.second_factors_page(request, self.each_context(request))

    def password_change(self, request, extra_context=None):
        """Change one's own password. Django's view does not let its form be chosen."""
        view = PasswordChangeView.as_view(
            form_class=partial(self.password_form, request),
            success_url=reverse("admin:password_change_done", current_app=self.name),
            extra_context=self.each_context(request) | (extra_context or {}),
        )
        request.current_app = self.name
        return view(request)

    def autocomplete_view(self, request):
        return FieldAutocompleteView.as_view(admin_site=self)(request)

    def each_context(self, request):
        header = f"Practice, times in {settings.PRACTICE_TIME_ZONE}"
        return super().each_context(request) | {"site_header": header}

    def admin_view(self, view, cacheable=False):
        inner = super().admin_view(view, cacheable)

        @ignores_unusable_query
        @wraps(inner)
        def on_practice_time(request, *args, **kwargs):
            refuse_unusable_request(request)
            if self._has_to_enrol(request):
                return HttpResponseRedirect(reverse("admin:second_factors"))
            with timezone.override(settings.PRACTICE_TIME_ZONE), _set_actor(request):
                # Another user may save the same between a form's validation and its
                # insert. The second attempt validates again and shows the conflict in
                # the form. It can fail too: Django does not validate constraints that
                # include the link from an inline row to its parent.
                response = (
                    _try_view(inner, request, *args, **kwargs)
                    or _try_view(inner, request, *args, **kwargs)
                    or _report_duplicate(request)
                )
                # Rendered here, because the time zone is overridden only here.
                if isinstance(response, SimpleTemplateResponse):
                    response.render()
                return response

        return on_practice_time

    def _has_to_enrol(self, request):
        return (
            request.resolver_match.url_name not in SERVE_ENROLMENT
            and self.has_permission(request)
            and self.lacks_required_factor(request.user)
        )


class FieldAutocompleteView(AutocompleteJsonView):
    """Choices of a field. Django's view crashes if a name is that of a reverse relation."""

    def process_request(self, request):
        term, model_admin, field, to_field = super().process_request(request)
        if field.auto_created:
            raise PermissionDenied
        return term, model_admin, field, to_field


def _set_actor(request):
    """Record the sender of a form as the actor of its changes."""
    writes = request.method == "POST" and request.user.is_authenticated
    return set_actor(request.user, ACTOR_ROLE) if writes else nullcontext()


def _try_view(view, request, *args, **kwargs):
    """Return the response, or None if another user just saved the same."""
    try:
        return view(request, *args, **kwargs)
    except IntegrityError as error:
        if not isinstance(error.__cause__, DUPLICATES):
            raise
    return None


def _report_duplicate(request):
    messages.error(request, "Another user just saved the same. Nothing was changed.")
    return HttpResponseRedirect(request.get_full_path())
