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


# The verbs of an action, in its operation id and in its summary.
VERBS = {
    "list": ("list", "List"),
    "retrieve": ("get", "Show"),
    "create": ("add", "Add"),
    "partial_update": ("update", "Change"),
    "destroy": ("delete", "Delete"),
}


def describe_rows(*, names, one, many, example, refusals=()):
    """Describe a view set of rows, each of which looks like the example.

    `names` are those of one row and of several in operation ids.
    """
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
        options = {
            "list": {"examples": [read]},
            "retrieve": {"examples": [read]},
            "create": write | {"responses": {201: changed_serializer}},
            "partial_update": write | {"responses": changed_serializer},
            "destroy": {"responses": DELETED, "examples": [CONFLICT_EXAMPLE]},
        }
        descriptions = {
            action: describe(
                **_name_action(action, names, one, many), **options[action]
            )
            for action in VERBS
        }
        return extend_schema_view(**descriptions)(view_set)

    return decorate


def _name_action(action, names, one, many):
    verb, heading = VERBS[action]
    name, plural = names
    if action == "list":
        return {"operation_id": f"{verb}{plural}", "summary": f"{heading} {many}"}
    return {"operation_id": f"{verb}{name}", "summary": f"{heading} {one}"}


def _add_conflicts(serializer):
    """Return the serializer of a response to a change."""
    fields = [*serializer.Meta.fields, "conflicts"]
    meta = type("Meta", (serializer.Meta,), {"fields": fields})
    name = serializer.__name__.replace("Serializer", "ChangedSerializer")
    return type(name, (serializer,), {"conflicts": CONFLICTS, "Meta": meta})


hours = describe_rows(
    names=("WorkingHours", "WorkingHours"),
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
    names=("Absence", "Absences"),
    one="an absence",
    many="a therapist's absences",
    example={"start": "2027-08-02T00:00:00Z", "end": "2027-08-16T00:00:00Z"},
)
offerings = describe_rows(
    names=("Offering", "Offerings"),
    one="an offering",
    many="a therapist's offerings",
    example={"type": "one-off", "duration": 50},
)
closures = describe_rows(
    names=("Closure", "Closures"),
    one="a closure",
    many="the days on which the practice is closed",
    example={"start": "2027-12-25", "end": "2027-12-26", "name": "Christmas"},
    refusals=(ClosureExists,),
)
