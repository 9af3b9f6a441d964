"""Requests about series, and how tests read rows and responses."""

from datetime import timedelta

from appointments.models import Appointment
from appointments.tests.factories import FIRST_SESSION

URL = "/api/v1/series"
WEEK = timedelta(weeks=1)


def series_request(therapist, **changes):
    """The body of a request for four weekly dates from the first session."""
    return {
        "therapist_id": therapist.pk,
        "type": "one-off",
        "start": FIRST_SESSION.isoformat(),
        "every_weeks": 1,
        "count": 4,
    } | changes


def get_url(series):
    return f"{URL}/{series.pk}"


def list_dates(response):
    """Return each date of a response: its start and the codes that refuse it."""
    return [
        (date["start"], [error["code"] for error in date["errors"]])
        for date in response.json()["dates"]
    ]


def list_mondays(number):
    """Return the starts of weekly dates from the first session, as in responses."""
    return [f"{FIRST_SESSION + n * WEEK:%Y-%m-%dT%H:%M:%SZ}" for n in range(number)]


def list_rows(*fields):
    """Return these columns of every date of every series, by its number."""
    dates = Appointment.objects.exclude(series=None).order_by("occurrence")
    return list(dates.values_list(*fields))


def list_starts():
    return [f"{start:%m-%d %H:%M}" for (start,) in list_rows("start")]
