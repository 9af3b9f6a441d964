"""Which appointments a change of a diary's rules puts outside them."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from psycopg.types.numeric import Int8

from appointments.availability import rules
from therapists.models import Therapist

# Of one therapist, or of the whole practice, what is still to come and has a client.
_OUTSIDE = f"""
WITH appointment AS MATERIALIZED (
    SELECT id, therapist_id, start,
           (extract(epoch FROM "end" - start) / 60)::int AS duration
      FROM appointments_appointment
     WHERE (status = 'booked' OR status = 'held' AND hold_expires_at > %(now)s)
       AND start > %(now)s
       AND (%(therapist_id)s::bigint IS NULL OR therapist_id = %(therapist_id)s)
), asked AS MATERIALIZED (
    SELECT {rules.OF_THERAPIST}
      FROM therapists_therapist t LEFT JOIN therapists_offering o ON FALSE
     WHERE t.id IN (SELECT therapist_id FROM appointment)
), c AS (
    SELECT asked.*, w.grid_from, w.closes, a.id AS appointment_id, a.start, a.duration
      FROM appointment a
      JOIN asked ON asked.id = a.therapist_id
      LEFT JOIN ({{windows}}) w
        ON w.therapist_id = a.therapist_id AND w.opens <= a.start
       AND coalesce(a.start < w.next_opens, TRUE) AND a.start < w.closes
)
SELECT appointment_id FROM c WHERE {{refuses}} ORDER BY start, appointment_id
"""
_ALL_OF_IT = rules.windows(
    "asked",
    "(SELECT min(start) FROM appointment)",
    "(SELECT max(start) FROM appointment)",
)
_NO_WINDOWS = """SELECT NULL::bigint AS therapist_id, NULL::timestamptz AS grid_from,
    NULL::timestamptz AS opens, NULL::timestamptz AS next_opens,
    NULL::timestamptz AS closes"""
OUTSIDE = {
    rule: _OUTSIDE.format(
        refuses=rules.RULES[rule],
        windows=_ALL_OF_IT if rule == "outside_working_hours" else _NO_WINDOWS,
    )
    for rule in ("outside_working_hours", "therapist_absent", "practice_closed")
}


@contextmanager
def noted(rule: str | None, therapist: Therapist | None = None) -> Iterator[list[int]]:
    """Run a change in a transaction, and note whom somebody has to call because of it.

    Gives a list that afterwards has the ids of the booked and held appointments, still
    to come, which the rule refuses since the change and did not before, by start. Nothing
    is cancelled. Without a therapist, those of the whole practice count; without a rule
    there are none.

    Whoever books with this therapist waits until the change is done; a booking that
    looked at the rules before counts as made before.
    """
    conflicts = []
    with transaction.atomic():
        if therapist is not None:
            Therapist.objects.select_for_update(no_key=True).get(pk=therapist.pk)
        known = set(_outside(rule, therapist))
        yield conflicts
        conflicts += [id for id in _outside(rule, therapist) if id not in known]


def _outside(rule: str | None, therapist: Therapist | None) -> list[int]:
    if rule is None:
        return []
    values = {
        "now": timezone.now(),
        "practice": settings.PRACTICE_TIME_ZONE,
        "therapist_id": therapist and Int8(therapist.pk),
    }
    with connection.cursor() as cursor:
        cursor.execute(OUTSIDE[rule], values)
        return [id for (id,) in cursor.fetchall()]
