"""The only place that knows every app.

`/livez` and `/readyz` are not here: HealthFirst answers them before routes are tried.
"""

from django.contrib import admin
from django.urls import include, path, re_path
from drf_spectacular.views import (
    SpectacularAPIView,
    SpectacularRedocView,
    SpectacularSwaggerView,
)

# Their pages cannot be rendered as the answer to OPTIONS.
READ_ONLY = {"http_method_names": ["get", "head"]}

# The original contract's names, and the routes of this version.
api = [
    path("", include("appointments.urls")),
    path("", include("therapists.urls")),
    path("", include("accounts.urls")),
]

urlpatterns = [
    # First, because it is asked most: routes are tried in this order.
    path("api/v1/", include(api)),
    path("admin/", admin.site.urls),
    re_path(r"^api/v1/schema/?$", SpectacularAPIView.as_view(), name="schema"),
    re_path(
        r"^api/v1/docs/?$",
        SpectacularSwaggerView.as_view(url_name="schema", **READ_ONLY),
        name="docs",
    ),
    re_path(
        r"^api/v1/redoc/?$",
        SpectacularRedocView.as_view(url_name="schema", **READ_ONLY),
        name="redoc",
    ),
    path("", include("accounts.aliases")),
    path("", include("appointments.aliases")),
]
