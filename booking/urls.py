"""Routes. With the settings, this is the only module that knows every app.

`/livez` and `/readyz` are not here: HealthFirst answers them before any route.
"""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

import accounts.urls
import appointments.urls
import notifications.outbox
import notifications.urls
from booking import home
from booking.api import docs

api = [
    path("", include("appointments.urls")),
    path("", include("therapists.urls")),
    path("", include("accounts.urls")),
    path("", include("notifications.urls")),
]

urlpatterns = [
    # First, because it is used most: Django tries routes in this order.
    path("api/v1/", include(api)),
    # Django's own redirect to the slash is a crash for a POST while debugging.
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    re_path(r"^api/v1/schema/?$", docs.SchemaView.as_view(), name="schema"),
    re_path(r"^api/v1/docs/?$", docs.SwaggerView.as_view(), name="docs"),
    re_path(r"^api/v1/redoc/?$", docs.RedocView.as_view(), name="redoc"),
    path("", include(notifications.urls.feed_patterns)),
    path("", include(notifications.urls.link_patterns)),
    path("", home.home, name="home"),
    re_path("^favicon.ico/?$", home.favicon),
    path("", include(accounts.urls.original_names)),
    path("", include(appointments.urls.original_names)),
]
if settings.STAGE == "dev":
    urlpatterns += notifications.outbox.urlpatterns
