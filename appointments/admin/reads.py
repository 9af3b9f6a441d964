"""Pages of the admin that show appointments, and log the user who opens them."""

from django.contrib import admin

from appointments.reads import log_reads


class ReadLoggingAdmin(admin.ModelAdmin):
    """A model admin of rows with a client, which logs what its pages show."""

    def changelist_view(self, request, extra_context=None):
        response = super().changelist_view(request, extra_context)
        page = _get_context(response).get("cl")
        if page is not None:
            log_reads(request.user, [row.client_id for row in page.result_list])
        return response

    def changeform_view(self, request, object_id=None, *args, **kwargs):
        response = super().changeform_view(request, object_id, *args, **kwargs)
        return _log_row(request, response, "original")

    def history_view(self, request, object_id, extra_context=None):
        response = super().history_view(request, object_id, extra_context)
        return _log_row(request, response, "object")


def _log_row(request, response, name):
    row = _get_context(response).get(name)
    if row is not None:
        # The page shows the changes too, and so the clients whom it had before.
        former = row.history.values_list("client_id", flat=True)
        log_reads(request.user, [row.client_id, *former])
    return response


def _get_context(response):
    """Return what a page is made of, or nothing for a redirection."""
    return getattr(response, "context_data", None) or {}
