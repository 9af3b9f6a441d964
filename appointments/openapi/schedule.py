"""The OpenAPI document about the schedule."""

from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiResponse,
    extend_schema_view,
    inline_serializer,
)
from rest_framework import serializers

from booking.api.openapi.operations import describe
from therapists.errors import ClosureExists

CONFLICTS = serializers.ListField(
    child=serializers.IntegerField(),
    help_text="The ids of the booked and held appointments that this change leaves outside "
    "the rules, if they are still to come. None of them is cancelled: the practice has to "
    "call these clients.",
)
DELETED = {
    204: OpenApiResponse(description="Deleted."),
    200: OpenApiResponse(
        inline_serializer("Deleted", {"conflicts": CONFLICTS}),
        "Deleted, with conflicts.",
    ),
}
CONFLICT_EXAMPLE = OpenApiExample(
    "Conflicts", {"conflicts": [7]}, response_only=True, status_codes=["200"]
)


def describe_rows(*, one, many, example, refusals=()):
    """Describe a view set of rows, each of which looks like the example."""
    stored = {"id": 3} | example
    request = OpenApiExample("Request", example, request_only=True)
    read = OpenApiExample("Stored", stored, response_only=True)
    changed = OpenApiExample("Stored", stored | {"conflicts": []}, response_only=True)

    def decorate(view_set):
        serializer = view_set.serializer_class
        changed_serializer = _add_conflicts(serializer)
        write = {
            "request": serializer,
            "examples": [request, changed],
            "refusals": refusals,
        }
        return extend_schema_view(
            list=describe(summary=f"List {many}", examples=[read]),
            retrieve=describe(summary=f"Show {one}", examples=[read]),
            create=describe(
                summary=f"Add {one}", responses={201: changed_serializer}, **write
            ),
            partial_update=describe(
                summary=f"Change {one}", responses=changed_serializer, **write
            ),
            destroy=describe(
                summary=f"Delete {one}", responses=DELETED, examples=[CONFLICT_EXAMPLE]
            ),
        )(view_set)

    return decorate


def _add_conflicts(serializer):
    """Return the serializer of a response to a change."""
    fields = [*serializer.Meta.fields, "conflicts"]
    meta = type("Meta", (serializer.Meta,), {"fields": fields})
    name = serializer.__name__.replace("Serializer", "ChangedSerializer")
    return type(name, (serializer,), {"conflicts": CONFLICTS, "Meta": meta})


hours = describe_rows(
    one="a window of working hours",
    many="a therapist's working hours",
    example={
        "weekday": 1,
        "start": "09:00",
        "end": "17:00",
        "valid_from": None,
        "valid_until": None,
    },
)
absences = describe_rows(
    one="an absence",
    many="a therapist's absences",
    example={"start": "2027-08-02T00:00:00Z", "end": "2027-08-16T00:00:00Z"},
)
offerings = describe_rows(
    one="an offering",
    many="a therapist's offerings",
    example={"type": "one-off", "duration": 50},
)
closures = describe_rows(
    one="a closure",
    many="the days on which the practice is closed",
    example={"start": "2027-12-25", "end": "2027-12-26", "name": "Christmas"},
    refusals=(ClosureExists,),
)
