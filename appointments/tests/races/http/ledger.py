"""What must hold after every race."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db import connection

from appointments.models import Appointment
from appointments.tests.races.http.servers import Response

CHANGES = ("/api/v1/appointments", "/api/v1/series")
Event = Appointment.pgh_event_model

# Constraints exclude overlaps; this statement does not rely on them.
OVERLAPS = """
SELECT one.id, other.id
  FROM appointments_appointment one
  JOIN appointments_appointment other ON one.id < other.id
   AND one.status <> 'cancelled' AND other.status <> 'cancelled'
   AND (one.therapist_id = other.therapist_id
        AND one.start < other.busy_until AND other.start < one.busy_until
     OR one.client_id = other.client_id
        AND one.start < other."end" AND other.start < one."end")
"""
# Rows that differ from their last entry in the history.
UNRECORDED = """
SELECT a.id, last.pgh_obj_id
  FROM appointments_appointment a
  FULL JOIN (
    SELECT * FROM appointments_appointmentevent
     WHERE pgh_id IN (
        SELECT max(pgh_id) FROM appointments_appointmentevent GROUP BY pgh_obj_id)
       AND pgh_label <> 'delete') last ON last.pgh_obj_id = a.id
 WHERE (a.status, a.start, a."end", a.therapist_id, a.client_id) IS DISTINCT FROM
       (last.status, last.start, last."end", last.therapist_id, last.client_id)
"""


class Ledger:
    """The changes since it was opened, which the responses must account for."""

    def __init__(self):
        self.since = _get_last_event()

    def audit(self, responses: list[Response]) -> None:
        """Fail unless each success is in the table, and each change has its success.

        A success without a change must be a replay. Releases of expired holds belong to
        no request.
        """
        assert [r for r in responses if r.status >= 500] == []
        assert query(OVERLAPS) == []
        changes = self._get_changes()
        successes = {
            response.request.id: response
            for response in responses
            if response.is_success
            and not response.is_replayed
            and response.request.path.startswith(CHANGES)
        }
        assert changes.keys() == successes.keys()
        for request_id, response in successes.items():
            _compare(response.body, changes[request_id])
        assert query(UNRECORDED) == []
        self.since = _get_last_event()

    def _get_changes(self):
        """Return the rows that each request wrote, by the id that the request sent."""
        changes = defaultdict(set)
        for event in Event.objects.filter(pgh_id__gt=self.since).order_by("pgh_id"):
            context = event.pgh_context or {}
            if context.get("caller_request_id"):
                changes[context["caller_request_id"]].add(_read_event(event))
            else:
                assert event.pgh_label == "delete" or event.status == "available"
        return changes


def _compare(body, written):
    """Compare the rows of a response with those that its request wrote.

    Cancelling may write another row, which is available again. The response with a
    series also has the dates that stayed as they were.
    """
    returned = _read_body(body)
    if "dates" in body:
        assert {row for row in written if row[1] != "available"} <= returned
    else:
        assert returned <= written
        assert {row[1] for row in written - returned} <= {"available"}


def _get_last_event():
    return (
        Event.objects.order_by("-pgh_id").values_list("pgh_id", flat=True).first() or 0
    )


def _read_event(event):
    period = (event.start, event.end)
    people = (event.therapist_id, event.client_id)
    return (event.pgh_obj_id, event.status, *period, *people)


def _read_body(body):
    """Return the appointments of a response, in the form of `_read_event`."""
    parse = datetime.fromisoformat
    people = (body["therapist"]["id"], body["client"] and body["client"]["id"])
    if "dates" not in body:
        period = (parse(body["start"]), parse(body["end"]))
        return {(body["id"], body["status"], *period, *people)}
    duration = timedelta(minutes=body["duration"])
    return {
        (date["appointment_id"], date["status"], start, start + duration, *people)
        for date in body["dates"]
        if date["appointment_id"] and (start := parse(date["start"]))
    }


def query(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()
