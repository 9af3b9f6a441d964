"""The original contract's names for the same views."""

from django.urls import re_path

from appointments.views import AppointmentViewSet

listing = AppointmentViewSet.as_view({"get": "list"})
adding = AppointmentViewSet.as_view({"post": "add_from_query"})

urlpatterns = [
    re_path(r"^get_appointments/?$", listing),
    re_path(r"^add_appointment/?$", adding),
    re_path(r"^add_appointments/?$", adding),
]
