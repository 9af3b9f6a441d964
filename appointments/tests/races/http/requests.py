"""The requests that race, and how their answers are read."""

from rest_framework.test import APIClient

from appointments.tests.factories import booking_request
from appointments.tests.races.http.servers import Answer, Request

URL = "/api/v1/appointments"


def add(user, therapist, start, *, key=None, **more):
    body = booking_request(therapist, start=start.isoformat()) | more
    return Request(user, URL, body, key=key)


def operate(user, appointment, operation, *, if_match=None, key=None, **body):
    path = f"{URL}/{appointment.pk}/{operation}"
    return Request(user, path, body, if_match=if_match, key=key)


def statuses(answers: list[Answer]) -> list[int]:
    return sorted(answer.status for answer in answers)


def refusals(answers: list[Answer]) -> set[str]:
    return {code for answer in answers for code in answer.codes}


def etag(user, appointment) -> str:
    """The version that the user sees."""
    client = APIClient()
    client.force_authenticate(user)
    return client.get(f"{URL}/{appointment.pk}")["ETag"]
