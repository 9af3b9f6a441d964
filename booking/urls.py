"""The only place that knows every app."""

from django.contrib import admin
from django.urls import include, path, re_path

from booking.api import docs, health

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
    # HealthFirst answers these two before they are looked up.
    re_path(r"^livez/?$", health.livez, name="livez"),
    re_path(r"^readyz/?$", health.readyz, name="readyz"),
    re_path(r"^api/v1/schema/?$", docs.SchemaView.as_view(), name="schema"),
    re_path(r"^api/v1/docs/?$", docs.SwaggerView.as_view(), name="docs"),
    re_path(r"^api/v1/redoc/?$", docs.RedocView.as_view(), name="redoc"),
    path("", include("accounts.aliases")),
    path("", include("appointments.aliases")),
]
