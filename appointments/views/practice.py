from django.conf import settings
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from appointments.filters.slots import FREE_DAYS, MAX_DAYS
from appointments.models.series import MOST_OCCURRENCES, MOST_WEEKS_BETWEEN
from appointments.openapi import practice as openapi
from appointments.serializers.practice import PracticeSerializer
from appointments.services.holds import MOST_HOLDS
from booking.api.pagination import MAX_PAGE_SIZE
from therapists.models import LONGEST_MINUTES, SHORTEST_MINUTES


class PracticeView(APIView):
    """The practice as a front end has to know it before anyone signs in."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @openapi.show_practice
    def get(self, request):
        practice = {
            "name": settings.PRACTICE_NAME,
            "time_zone": settings.PRACTICE_TIME_ZONE,
            "languages": [code for code, _ in settings.LANGUAGES],
            "limits": {
                "hold_minutes": settings.HOLD_MINUTES,
                "holds": MOST_HOLDS,
                "daily_holds": settings.MAX_DAILY_HOLDS,
                "upcoming": settings.MAX_UPCOMING,
                "series": settings.MAX_SERIES,
                "occurrences": MOST_OCCURRENCES,
                "weeks_between": MOST_WEEKS_BETWEEN,
                "shortest_minutes": SHORTEST_MINUTES,
                "longest_minutes": LONGEST_MINUTES,
                "search_days": MAX_DAYS,
                "free_days": FREE_DAYS,
                "page_size": MAX_PAGE_SIZE,
            },
        }
        return Response(PracticeSerializer(practice).data)
