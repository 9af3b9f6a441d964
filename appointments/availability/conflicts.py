"""Appointments that a change of the schedule leaves outside the rules."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from appointments.availability.rules import CANDIDATE, RULES
from appointments.errors import rules as errors
from appointments.models.statuses import Status
from booking.api.errors import Rule
from booking.statements import Statement
from therapists.models import Therapist

# The opening hours that contain an appointment's start. Only one of the rules reads them.
OPENING_HOURS = """
      LEFT JOIN opening_hours(
               ARRAY(SELECT therapist_id FROM upcoming),
               (SELECT min(start) FROM upcoming), (SELECT max(start) FROM upcoming)) hours
        ON hours.therapist_id = t.id AND hours.opens <= a.start AND a.start < hours.closes
       AND (hours.next_opens IS NULL OR a.start < hours.next_opens)"""


class ConflictRow(NamedTuple):
    id: int


def _compose(rule: type[Rule]) -> str:
    needs_hours = rule is errors.OutsideWorkingHours
    return f"""
WITH upcoming AS MATERIALIZED (
    -- Upcoming booked and held appointments, of one therapist or of the whole practice.
    SELECT a.id, a.therapist_id, a.start,
           (extract(epoch FROM a."end" - a.start) / 60)::int AS duration
      FROM appointments_appointment a
     WHERE (a.status = '{Status.BOOKED}'
            OR a.status = '{Status.HELD}' AND a.hold_expires_at > %(now)s)
       AND a.start > %(now)s
       AND (%(therapist_id)s::bigint IS NULL OR a.therapist_id = %(therapist_id)s)
), c AS (
    -- Each as a candidate, without an offering: offerings bind new appointments only.
    SELECT {CANDIDATE}, a.id AS appointment_id, a.start, a.duration
           {", hours.grid_from, hours.closes" if needs_hours else ""}
      FROM upcoming a
      JOIN therapists_therapist t ON t.id = a.therapist_id
      LEFT JOIN therapists_offering o ON FALSE{OPENING_HOURS if needs_hours else ""}
)
SELECT c.appointment_id AS id FROM c WHERE {RULES[rule]} ORDER BY c.start, c.appointment_id
"""


# The rules that a change of the schedule can turn against what is booked.
SCHEDULE_RULES = {
    rule: Statement(f"conflicts_{rule.default_code}", _compose(rule), ConflictRow)
    for rule in (
        errors.OutsideWorkingHours,
        errors.OutsideAnyTime,
        errors.TherapistAbsent,
        errors.PracticeClosed,
    )
}


@contextmanager
def report_conflicts(
    *rules: type[Rule], therapist: Therapist | None = None
) -> Iterator[list[int]]:
    """Run a change of the schedule in a transaction, and report its conflicts.

    Yields a list. After the change it contains, for each rule, the ids of the upcoming
    booked and held appointments that the rule refuses now and did not refuse before, by
    start. Nothing is cancelled. Without a therapist, the whole practice counts.

    Bookings with this therapist wait until the change is committed. A booking that has
    checked the rules before counts as made before.
    """
    conflicts = []
    with transaction.atomic():
        if therapist is not None:
            Therapist.objects.select_for_update(no_key=True).get(pk=therapist.pk)
        before = {rule: set(_find_outside(rule, therapist)) for rule in rules}
        yield conflicts
        for rule in rules:
            outside = _find_outside(rule, therapist)
            conflicts += [id for id in outside if id not in before[rule]]


def find_conflicts(therapist: Therapist) -> set[int]:
    """Return the upcoming booked and held appointments that a rule of the schedule refuses."""
    return {id for rule in SCHEDULE_RULES for id in _find_outside(rule, therapist)}


def _find_outside(rule, therapist):
    rows = SCHEDULE_RULES[rule].fetch_all(
        now=timezone.now(),
        practice=settings.PRACTICE_TIME_ZONE,
        therapist_id=therapist and therapist.pk,
    )
    return [row.id for row in rows]
