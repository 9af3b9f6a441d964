"""The original contract's names for the same views."""

from django.urls import re_path

from appointments.views import AppointmentViewSet

adding = AppointmentViewSet.as_view({"post": "add_from_query"})

urlpatterns = [
    re_path(r"^get_appointments/?$", AppointmentViewSet.as_view({"get": "list"})),
    re_path(r"^add_appointments?/?$", adding),
]
