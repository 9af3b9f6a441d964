"""Every POST of a signed-in user can be repeated."""

import pytest

from accounts.tests.factories import UserFactory
from appointments.models.statuses import Status
from appointments.tests.factories import (
    HOUR,
    NOW,
    AppointmentFactory,
    SeriesFactory,
    booking_request,
)
from booking.models import IdempotentResponse
from booking.tests.api.test_permissions import MATRIX, make_webhook
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

# The matrix has every route with its roles.
ROUTES = [
    route.removeprefix("POST ")
    for route, outcomes in MATRIX.items()
    if route.startswith("POST ")
    and outcomes[0] == 401
    # A preview changes nothing, and no table may hold tokens, addresses of calendars,
    # secrets of webhooks and second factors, or hashes of passwords that are easily
    # computed. A mail has the code of an invitation; test_invitations repeats these.
    and not route.endswith(
        ("preview", "password", "email", "calendar", "webhooks", "rotate")
    )
    and "second_factors" not in route
    and not route.endswith(("accept", "decline"))
]
LATER = {"start": "2030-03-04T10:00:00Z"}


def weekly():
    return {
        "therapist_id": TherapistFactory().pk,
        "client_id": UserFactory().pk,
        "type": "one-off",
        "start": "2030-03-04T10:00:00Z",
        "duration": 60,
        "every_weeks": 1,
        "count": 2,
    }


# The request of a route: the rows that exist before it, and its body. `{series}/` tells
# apart two routes with the same end.
REQUESTS = {
    "series": lambda: ({}, weekly()),
    "{series}/move": lambda: ({"series": SeriesFactory()}, LATER),
    "{series}/cancel": lambda: ({"series": SeriesFactory()}, {}),
    "appointments": lambda: ({}, booking_request(TherapistFactory())),
    "add_appointment": lambda: ({}, booking_request(TherapistFactory())),
    "add_appointments": lambda: ({}, booking_request(TherapistFactory())),
    "closures": lambda: (
        {},
        {"start": "2030-01-07", "end": "2030-01-07", "name": "Kings"},
    ),
    "hours": lambda: (
        {"therapist": TherapistFactory()},
        {"weekday": 1, "start": "09:00", "end": "17:00"},
    ),
    "absences": lambda: (
        {"therapist": TherapistFactory()},
        {"start": "2030-01-07T00:00:00Z", "end": "2030-01-08T00:00:00Z"},
    ),
    "offerings": lambda: (
        {"therapist": TherapistFactory()},
        {"type": "one-off", "duration": 60},
    ),
    "book": lambda: (
        {"appointment": AppointmentFactory(available=True)},
        {"client_id": UserFactory().pk},
    ),
    "move": lambda: ({"appointment": AppointmentFactory()}, LATER),
    "cancel": lambda: ({"appointment": AppointmentFactory()}, {"reason": "illness"}),
    "cancel_all": lambda: (
        {"client": AppointmentFactory().client},
        {"reason": "other"},
    ),
    "replay": lambda: (
        {"webhook": make_webhook()},
        {"since": "2029-01-01T00:00:00Z"},
    ),
    "clients": lambda: ({}, {"name": "Kit Moss"}),
    "merge": lambda: (
        {"client": AppointmentFactory().client},
        {"into": UserFactory().pk},
    ),
    "complete": lambda: ({"appointment": AppointmentFactory(start=NOW)}, {}),
    "no_show": lambda: ({"appointment": AppointmentFactory(start=NOW)}, {}),
    "reopen": lambda: (
        {
            "appointment": AppointmentFactory(
                start=NOW - HOUR, status=Status.COMPLETED, concluded_at=NOW
            )
        },
        {},
    ),
}


@pytest.mark.parametrize("route", ROUTES)
def test_a_request_to_every_route_can_be_repeated(api, nothing_changes, route):
    manager = UserFactory(staff=True, group="Practice manager")
    end = route.rpartition("/")[2]
    existing, body = REQUESTS.get(
        "{series}/" * ("{series}" in route) + end, REQUESTS[end]
    )()
    url = "/" + route.format(**{name: row.pk for name, row in existing.items()})
    sent = {"query_params": body} if "add_appointment" in route else {"data": body}

    def send():
        return api(manager).post(url, headers={"Idempotency-Key": "one"}, **sent)

    first = send()
    with nothing_changes():
        second = send()

    assert first.status_code in (200, 201, 202), first.data
    assert IdempotentResponse.objects.get().user == manager
    assert second["Idempotent-Replayed"] == "true"
    assert second.status_code == first.status_code
    assert second.content == first.content
    assert second.get("ETag") == first.get("ETag")
