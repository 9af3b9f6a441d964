"""What the OpenAPI document says about the directory."""

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view

THERAPIST = OpenApiExample(
    "Therapist",
    {
        "id": 3,
        "name": "Ada Quill",
        "time_zone": "Europe/London",
        "booking_mode": "working_hours",
        "any_time_from": "06:00",
        "any_time_until": "22:00",
        "longest_minutes": 120,
        "specialisms": ["Anxiety"],
        "offerings": [{"type": "one-off", "duration": 50}],
    },
    response_only=True,
)
SPECIALISM = OpenApiExample(
    "Specialism", {"id": 1, "name": "Addiction"}, response_only=True
)

therapists = extend_schema_view(
    list=extend_schema(
        operation_id="listTherapists",
        summary="Find therapists",
        description="Active therapists, ordered by name. A therapist who can be booked "
        "at `any_time` has no slots: clients start from `any_time_from`, end by "
        "`any_time_until` on the therapist's clock (00:00 is midnight), and book at most "
        "`longest_minutes`. A therapist without offerings takes every type.",
        examples=[THERAPIST],
    ),
    retrieve=extend_schema(
        operation_id="getTherapist",
        summary="Show one therapist",
        examples=[THERAPIST],
    ),
)
specialisms = extend_schema_view(
    list=extend_schema(
        operation_id="listSpecialisms",
        summary="List what therapists work with",
        examples=[SPECIALISM],
    ),
    retrieve=extend_schema(
        operation_id="getSpecialism",
        summary="Show one specialism",
        examples=[SPECIALISM],
    ),
)
