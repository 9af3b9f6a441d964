"""What the OpenAPI document says about the rows behind the rules."""

from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
    inline_serializer,
)
from rest_framework import serializers

CONFLICTS = serializers.ListField(
    child=serializers.IntegerField(),
    help_text="The booked and held appointments, still to come, that this change has put "
    "outside the rules. Nothing is cancelled: somebody has to call these clients.",
)


def diary_rows(one, many, row):
    """Describe a viewset of the rows behind the rules, with an example of a row."""
    stored = {"id": 3} | row
    sent = OpenApiExample("Sent", row, request_only=True)
    shown = OpenApiExample("Stored", stored, response_only=True)
    changed = OpenApiExample("Stored", stored | {"conflicts": []}, response_only=True)

    def describe(viewset):
        serializer = viewset.serializer_class
        writing = {"request": serializer, "examples": [sent, changed]}
        after = _with_conflicts(serializer)
        return extend_schema_view(
            list=extend_schema(summary=f"List {many}", examples=[shown]),
            retrieve=extend_schema(summary=f"Show {one}", examples=[shown]),
            create=extend_schema(
                summary=f"Add {one}",
                responses={201: after},
                **writing,
            ),
            partial_update=extend_schema(
                summary=f"Change {one}", responses=after, **writing
            ),
            destroy=extend_schema(
                summary=f"Delete {one}", responses=DELETED, examples=[LEFT_OUTSIDE]
            ),
        )(viewset)

    return describe


def _with_conflicts(serializer):
    """The serializer of a row as a change answers it."""
    fields = [*serializer.Meta.fields, "conflicts"]
    meta = type("Meta", (serializer.Meta,), {"fields": fields})
    name = serializer.__name__.replace("Serializer", "ChangedSerializer")
    return type(name, (serializer,), {"conflicts": CONFLICTS, "Meta": meta})


DELETED = {
    204: OpenApiResponse(description="Deleted."),
    200: OpenApiResponse(
        inline_serializer("Deleted", {"conflicts": CONFLICTS}),
        "Deleted, with conflicts.",
    ),
}
LEFT_OUTSIDE = OpenApiExample(
    "Conflicts", {"conflicts": [7]}, response_only=True, status_codes=["200"]
)
hours = diary_rows(
    "a window of working hours",
    "a therapist's working hours",
    {
        "weekday": 1,
        "start": "09:00",
        "end": "17:00",
        "valid_from": None,
        "valid_until": None,
    },
)
absences = diary_rows(
    "an absence",
    "a therapist's absences",
    {"start": "2027-08-02T00:00:00Z", "end": "2027-08-16T00:00:00Z"},
)
offerings = diary_rows(
    "an offering",
    "what a therapist offers",
    {"type": "one-off", "duration": 50},
)
closures = diary_rows(
    "a closure",
    "the days on which the practice is closed",
    {"start": "2027-12-25", "end": "2027-12-26", "name": "Christmas"},
)
