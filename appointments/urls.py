from django.urls import re_path

from appointments.views import schedule
from appointments.views.appointments import AppointmentViewSet
from appointments.views.clients import ClientViewSet
from appointments.views.practice import PracticeView
from appointments.views.series import SeriesViewSet
from appointments.views.slots import FreeView, NextSlotsView, NextSlotView, SlotViewSet
from booking.api.routers import Router

THERAPIST = r"therapists/(?P<therapist_id>[0-9]{1,18})"

router = Router()
router.register("appointments", AppointmentViewSet, basename="appointment")
router.register("series", SeriesViewSet)
router.register("clients", ClientViewSet, "client")
router.register("slots", SlotViewSet, basename="slot")
router.register("closures", schedule.ClosureViewSet)
router.register(f"{THERAPIST}/hours", schedule.WorkingHoursViewSet, "hours")
router.register(f"{THERAPIST}/absences", schedule.AbsenceViewSet, "absence")
router.register(f"{THERAPIST}/offerings", schedule.OfferingViewSet, "offering")

# The names of the original contract, for the same views. They work at the root too.
list_appointments = AppointmentViewSet.as_view({"get": "list"})
add_appointment = AppointmentViewSet.as_view({"post": "add_from_query"})
original_names = [
    re_path(r"^get_appointments/?$", list_appointments),
    re_path(r"^add_appointment/?$", add_appointment),
    re_path(r"^add_appointments/?$", add_appointment),
]

urlpatterns = [
    re_path(r"^next_slots/?$", NextSlotsView.as_view(), name="next-slots"),
    re_path(r"^practice/?$", PracticeView.as_view(), name="practice"),
    re_path(rf"^{THERAPIST}/free/?$", FreeView.as_view(), name="free"),
    re_path(rf"^{THERAPIST}/next_slot/?$", NextSlotView.as_view(), name="next-slot"),
    *router.urls,
    *original_names,
]
