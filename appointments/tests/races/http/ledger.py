"""What must hold after every race, whatever it was about."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db import connection

from appointments.models import Appointment
from appointments.tests.races.http.servers import Answer

CHANGES = ("/api/v1/appointments", "/api/v1/series")
Event = Appointment.pgh_event_model

# The constraints are meant to exclude these, and this does not rely on them.
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
# The last change of an appointment is what the table has.
UNTOLD = """
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
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
# A backend may keep what it counted to itself for seconds, but not beyond its end.
END_OTHERS = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
 WHERE datname = current_database() AND backend_type = 'client backend'
   AND pid <> pg_backend_pid()
"""


class Ledger:
    """The changes since it was opened, to be accounted for by the answers."""

    def __init__(self):
        self.since = _last_event()

    def audit(self, answers: list[Answer]) -> None:
        """Fail unless each success is in the table, and all that is there had one.

        An answer that changed nothing has to be one that was given before. Holds that
        are over are released by whoever finds them, in nobody's name.
        """
        assert [a for a in answers if a.status >= 500] == []
        assert query(OVERLAPS) == []
        changes = self._changes()
        done = {
            answer.request.id: answer
            for answer in answers
            if answer.is_success
            and not answer.is_replayed
            and answer.request.path.startswith(CHANGES)
        }
        assert changes.keys() == done.keys()
        for request_id, answer in done.items():
            _compare(shown(answer.body), changes[request_id], answer)
        assert query(UNTOLD) == []
        self.since = _last_event()

    def _changes(self):
        """What each request made of appointments, by its id."""
        changes = defaultdict(set)
        for event in Event.objects.filter(pgh_id__gt=self.since).order_by("pgh_id"):
            told = event.pgh_context or {}
            if told.get("request_id"):
                changes[told["request_id"]].add(_of(event))
            else:
                assert event.pgh_label == "delete" or event.status == "available"
        return changes


def _compare(told, made, answer):
    """What was cancelled may be published again: then a row more was made than is told.

    A series tells also of dates that stayed as they were.
    """
    if "dates" in answer.body:
        assert {row for row in made if row[1] != "available"} <= told
    else:
        assert told <= made
        assert {row[1] for row in made - told} <= {"available"}


def _last_event():
    return (
        Event.objects.order_by("-pgh_id").values_list("pgh_id", flat=True).first() or 0
    )


def _of(event):
    place = (event.start, event.end, event.therapist_id)
    return (event.pgh_obj_id, event.status, *place, event.client_id)


def shown(body):
    """What an answer says of appointments, in the terms of `_of`."""
    read = datetime.fromisoformat
    people = (body["therapist"]["id"], body["client"] and body["client"]["id"])
    if "dates" not in body:
        place = (read(body["start"]), read(body["end"]))
        return {(body["id"], body["status"], *place, *people)}
    length = timedelta(minutes=body["duration"])
    return {
        (date["appointment_id"], date["status"], start, start + length, *people)
        for date in body["dates"]
        if date["appointment_id"] and (start := read(date["start"]))
    }


def deadlocks() -> int:
    """Return PostgreSQL's count, with what every other connection adds to it."""
    while query(END_OTHERS) != [(0,)]:
        # PostgreSQL's own wait takes a tenth of a second for each of them.
        query("SELECT pg_sleep(0.002)")
    return query(DEADLOCKS)[0][0]


def query(sql, values=None):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
