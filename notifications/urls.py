from django.urls import re_path

from booking.api.routers import Router
from notifications.views import CalendarView, FeedViewSet

router = Router()
router.register("calendar", FeedViewSet, "feed")

urlpatterns = router.urls
# At the root: this is the address that people give to their calendars.
feed_patterns = [re_path(r"^calendar/(?P<file>[\w.-]+)/?$", CalendarView.as_view())]
