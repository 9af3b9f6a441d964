"""Health checks for an orchestrator: is the process alive, and can it serve?"""

from functools import cache

from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import JsonResponse
from django.views.decorators.http import require_safe

from booking.api.errors import ServerError
from booking.api.middleware import refusal_response
from booking.api.unavailable import NotMigrated, ReadOnly, explain_database_error


class HealthFirst:
    """Answers `/livez` and `/readyz` before anything checks host, TLS or session.

    A health check runs beside the process and sends no host of ALLOWED_HOSTS.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        check = CHECKS.get(request.path_info.removesuffix("/"))
        return self.get_response(request) if check is None else check(request)


@require_safe
def livez(request):
    """Report that the process is up, without using the database."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request):
    """Report whether the database can be reached, changed, and has every migration."""
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except Error as error:
        return refusal_response(explain_database_error(error) or ServerError())
    if connection.is_read_only:
        connection.leave_server()
        return refusal_response(ReadOnly())
    if not _get_migrations() <= applied.keys():
        return refusal_response(NotMigrated())
    return JsonResponse({"status": "ok"})


CHECKS = {"/livez": livez, "/readyz": readyz}


@cache
def _get_migrations():
    """Return the migrations of the code. They do not change while it runs."""
    return frozenset(MigrationLoader(None).disk_migrations)
