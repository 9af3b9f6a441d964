from booking.api.routers import Router
from therapists import views

router = Router()
router.register("therapists", views.TherapistViewSet)
router.register("specialisms", views.SpecialismViewSet)

urlpatterns = router.urls
