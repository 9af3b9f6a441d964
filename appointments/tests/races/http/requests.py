"""Requests that race, and what their responses say."""

from rest_framework.test import APIClient

from appointments.tests.factories import booking_request
from appointments.tests.races.http.servers import Request, Response

URL = "/api/v1/appointments"


def add(user, therapist, start, *, key=None, **more):
    body = booking_request(therapist, start=start.isoformat()) | more
    return Request(user, URL, body, key=key)


def operate(user, appointment, operation, *, if_match=None, key=None, **body):
    path = f"{URL}/{appointment.pk}/{operation}"
    return Request(user, path, body, if_match=if_match, key=key)


def statuses(responses: list[Response]) -> list[int]:
    return sorted(response.status for response in responses)


def refusals(responses: list[Response]) -> set[str]:
    return {code for response in responses for code in response.codes}


def get_etag(user, appointment) -> str:
    """Return the version that the user sees."""
    client = APIClient()
    client.force_authenticate(user)
    return client.get(f"{URL}/{appointment.pk}")["ETag"]
