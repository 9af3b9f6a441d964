from django.urls import re_path

from appointments import diaries
from appointments.aliases import urlpatterns as aliases
from appointments.series_views import SeriesViewSet
from appointments.views import AppointmentViewSet, NextSlotView, SlotViewSet
from booking.api.routers import Router

DIARY = r"therapists/(?P<therapist_id>[0-9]{1,18})"

router = Router()
router.register("appointments", AppointmentViewSet, basename="appointment")
router.register("series", SeriesViewSet)
router.register("slots", SlotViewSet, basename="slot")
router.register("closures", diaries.ClosureViewSet)
router.register(f"{DIARY}/hours", diaries.WorkingHoursViewSet, "hours")
router.register(f"{DIARY}/absences", diaries.AbsenceViewSet, "absence")
router.register(f"{DIARY}/offerings", diaries.OfferingViewSet, "offering")

urlpatterns = [
    re_path(rf"^{DIARY}/next_slot/?$", NextSlotView.as_view(), name="next-slot"),
    *router.urls,
    *aliases,
]
