from django.urls import re_path

from booking.api.routers import Router
from notifications.pages.views import LinkView
from notifications.views.feeds import CalendarView, FeedViewSet
from notifications.views.webhooks import WebhookViewSet

router = Router()
router.register("calendar", FeedViewSet, "feed")
router.register("webhooks", WebhookViewSet)

urlpatterns = router.urls
# At the root: this is the address that people give to their calendars.
link_patterns = [re_path(r"^link/(?P<token>[\w:-]+)/?$", LinkView.as_view())]
feed_patterns = [re_path(r"^calendar/(?P<file>[\w.-]+)/?$", CalendarView.as_view())]
