from appointments.aliases import urlpatterns as aliases
from appointments.views import AppointmentViewSet
from booking.api.routers import Router

router = Router()
router.register("appointments", AppointmentViewSet, basename="appointment")

urlpatterns = [*router.urls, *aliases]
