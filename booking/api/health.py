"""What an orchestrator asks: is the process alive, and can it serve?"""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse

from booking.api.middleware import error_response


def livez(request):
    """Say that the process is up. Touches nothing."""
    return JsonResponse({"status": "ok"})


def readyz(request):
    """Say whether the database is reachable and has every migration."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return error_response(503, "not_migrated", "Migrations are missing.")
    return JsonResponse({"status": "ok"})
