"""The OpenAPI document about the practice."""

from drf_spectacular.utils import OpenApiExample

from appointments.serializers.practice import PracticeSerializer
from booking.api.openapi.operations import describe

PRACTICE = OpenApiExample(
    "Practice",
    {
        "name": "Elm Street Practice",
        "time_zone": "Europe/London",
        "languages": ["en", "de"],
        "limits": {
            "hold_minutes": 10,
            "holds": 3,
            "daily_holds": 10,
            "upcoming": 60,
            "series": 2,
            "occurrences": 52,
            "weeks_between": 8,
            "shortest_minutes": 5,
            "longest_minutes": 480,
            "search_days": 62,
            "free_days": 31,
            "page_size": 200,
        },
    },
    response_only=True,
)
show_practice = describe(
    operation_id="getPractice",
    summary="Show the practice",
    description="Its name, time zone, languages and limits, for anyone.",
    responses={200: PracticeSerializer},
    examples=[PRACTICE],
)
