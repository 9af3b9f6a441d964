"""The root of the service: a page for browsers, JSON for programs, and the icon."""

from pathlib import Path

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from booking.api.parameters import reads_query

PAGE, JSON = "text/html", "application/json"
ICON = Path(__file__).parent / "static/booking/favicon.ico"
# By the names that JSON gives them.
ROUTES = {
    "docs": "docs",
    "schema": "schema",
    "practice": "practice",
    "admin": "admin:index",
}


@reads_query
@require_safe
def home(request):
    """Show what this is and where to go on. Query parameters change nothing.

    A request that accepts anything, such as that of curl, gets JSON.
    """
    is_page = request.get_preferred_type([JSON, PAGE]) == PAGE
    response = _render_page(request) if is_page else _list_routes()
    patch_vary_headers(response, ["Accept"])
    return response


@reads_query
@require_safe
def favicon(request):
    """Answer the icon where browsers look for it without being told."""
    return HttpResponse(ICON.read_bytes(), content_type="image/x-icon")


def _render_page(request):
    context = {
        "practice": settings.PRACTICE_NAME,
        "time_zone": settings.PRACTICE_TIME_ZONE,
    }
    return render(request, "booking/home.html", context)


def _list_routes():
    routes = {name: reverse(route) for name, route in ROUTES.items()}
    return JsonResponse({"name": settings.PRACTICE_NAME} | routes)
