"""The table of statuses and operations, and what is documented of it."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from drf_spectacular.generators import SchemaGenerator

from appointments.models.statuses import TRANSITIONS, Operation, Role, Status
from booking.api.openapi.responses import read_codes

LIFECYCLE = Path(settings.BASE_DIR, "docs/lifecycle.md").read_text()
# Changes of status that are not operations on an appointment.
OTHER_CHANGES = {
    ("[*]", "available", "publish"),
    ("[*]", "held", "hold"),
    ("[*]", "booked", "add"),
    ("available", "held", "hold"),
    ("held", "available", "expire, if published before"),
    ("held", "[*]", "expire, if not"),
}


@pytest.mark.parametrize("operation", Operation)
def test_an_operation_has_a_target_or_a_refusal_for_every_status(operation):
    transition = TRANSITIONS[operation]

    assert transition.targets.keys() | transition.refusals.keys() == set(Status)
    assert not transition.targets.keys() & transition.refusals.keys()


def test_the_drawing_shows_every_transition():
    drawn = re.findall(r"^ +(\S+) --> (\S+) : (.+)$", LIFECYCLE, re.MULTILINE)

    assert len(drawn) == LIFECYCLE.count("-->")
    assert set(drawn) - OTHER_CHANGES == {
        (source, target, operation)
        for operation, transition in TRANSITIONS.items()
        for source, target in transition.targets.items()
    }


def test_the_page_names_the_roles_of_every_operation():
    rows = re.findall(r"^\| `(\w+)` \|(.+?)\|", LIFECYCLE, re.MULTILINE)
    roles = {operation: set(re.findall(r"`(\w+)`", cell)) for operation, cell in rows}

    assert roles == {
        operation: set(transition.roles)
        for operation, transition in TRANSITIONS.items()
    }
    assert set.union(*roles.values()) == set(Role)


@pytest.mark.parametrize("operation", Operation)
def test_the_openapi_document_has_the_refusals_of_the_table(operation):
    by_status = {
        refusal.default_code
        for transition in TRANSITIONS.values()
        for refusal in transition.refusals.values()
    }

    assert documented_conflicts(operation) & by_status == {
        refusal.default_code for refusal in TRANSITIONS[operation].refusals.values()
    }


def documented_conflicts(operation):
    document = SchemaGenerator().get_schema(public=True)
    path = document["paths"][f"/api/v1/appointments/{{id}}/{operation}"]
    return set(read_codes(path["post"]["responses"]["409"]["description"]))
