"""The rules of booking, one condition each, and the candidate that they check.

Search, booking, moving, series and the conflicts of a changed schedule all put these
same conditions into their statements. So whatever is offered can be booked, and a
refusal has its reasons, without a second copy.

A candidate `c` is a start that a client may request. It has the columns of `CANDIDATE`, and
`start` and `duration` (minutes). `grid_from` and `closes` come from the opening hours that
contain the start. They are null outside opening hours.
"""

from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from appointments.errors import rules as errors
from appointments.models.statuses import Status
from appointments.sql import BOOKABLE, EXISTS_NOW
from booking.api.errors import RulesRefuse
from booking.statements import Statement
from therapists.models import LONGEST_BREAK_MINUTES, LONGEST_MINUTES, BookingMode

# A client must start after the first of these, and by the second, with therapist `t`.
NOTICE_ENDS = "%(now)s + t.notice_hours * interval '1 hour'"
HORIZON_ENDS = "%(now)s + t.horizon_days * interval '24 hours'"

# Therapist `t` as the rules see them, with the duration that offering `o` has.
CANDIDATE = f"""t.id, t.is_active, t.booking_mode, t.time_zone, t.any_time_from,
           t.any_time_until, t.longest_minutes, t.break_minutes,
           t.start_step_minutes, o.duration AS offered, t.notice_hours, t.horizon_days,
           {NOTICE_ENDS} AS notice_ends,
           {HORIZON_ENDS} AS horizon_ends"""

# The opening hours `hours` that contain one start of therapist `t`. A therapist at any
# time passes null instead of an id, and then PostgreSQL does not even plan the function.
OPENING_HOURS = f"""opening_hours(
               CASE WHEN t.booking_mode = '{BookingMode.WORKING_HOURS}' THEN ARRAY[t.id] END,
               %(start)s, %(start)s) hours
        ON hours.opens <= %(start)s AND %(start)s < hours.closes
       AND (hours.next_opens IS NULL OR %(start)s < hours.next_opens)"""


def write_day_edges(day: str) -> tuple[str, str]:
    """Write when a date of therapist `c` at any time opens, and when it closes.

    As an end, 00:00 is the next midnight. If clocks go back over that midnight and it
    comes twice, the day ends at the first, where the next one begins.
    """
    return (
        f"opening_hours_edge({day} + c.any_time_from, c.time_zone, FALSE)",
        f"""opening_hours_edge(
            {day} + c.any_time_until
            + CASE c.any_time_until WHEN '00:00' THEN interval '1 day' ELSE '0' END,
            c.time_zone, c.any_time_until <> '00:00')""",
    )


# Of the local day on which candidate `c` starts.
DAY_OPENS, DAY_CLOSES = write_day_edges("(c.start AT TIME ZONE c.time_zone)::date")

# A closure lasts whole days of the practice's time zone, the last day included.
CLOSES = "closure.start::timestamp AT TIME ZONE %(practice)s"
REOPENS = "(closure.end + 1)::timestamp AT TIME ZONE %(practice)s"

# Each rule with the condition under which it refuses candidate `c`. A condition that is
# null does not refuse.
RULES = {
    errors.TherapistInactive: "NOT c.is_active",
    # At any time, a therapist without offerings takes both types.
    errors.TypeNotOffered: f"""c.offered IS NULL AND (
        c.booking_mode = '{BookingMode.WORKING_HOURS}'
        OR EXISTS (SELECT FROM therapists_offering o WHERE o.therapist_id = c.id))""",
    errors.WrongDuration: "c.offered <> c.duration",
    errors.TooSoon: "c.start <= c.notice_ends",
    errors.TooFar: "c.start > c.horizon_ends",
    errors.OutsideWorkingHours: f"""c.booking_mode = '{BookingMode.WORKING_HOURS}'
        AND (c.closes IS NULL OR c.start + c.duration * interval '1 minute' > c.closes)""",
    # Outside opening hours there is no grid, and the rule before refuses alone.
    errors.OffGrid: f"""c.booking_mode = '{BookingMode.WORKING_HOURS}'
        AND mod(extract(epoch FROM c.start - c.grid_from)::bigint,
                c.start_step_minutes * 60) <> 0""",
    # From 00:00 to 00:00 is always open: a day that ends at midnight joins the next.
    errors.OutsideAnyTime: f"""c.booking_mode = '{BookingMode.ANY_TIME}'
        AND c.any_time_from <> c.any_time_until
        AND (c.start < {DAY_OPENS}
             OR c.start + c.duration * interval '1 minute' > {DAY_CLOSES})""",
    errors.TooLong: f"""c.booking_mode = '{BookingMode.ANY_TIME}'
        AND c.duration > c.longest_minutes""",
    # The break must be free as well, here and below.
    errors.TherapistAbsent: """EXISTS (
        SELECT FROM therapists_absence absence
         WHERE absence.therapist_id = c.id AND absence.end > c.start
           AND absence.start < c.start
               + (c.duration + c.break_minutes) * interval '1 minute')""",
    errors.PracticeClosed: f"""EXISTS (
        SELECT FROM therapists_closure closure
         WHERE {REOPENS} > c.start
           AND {CLOSES} < c.start
               + (c.duration + c.break_minutes) * interval '1 minute')""",
}
RULES_BY_CODE = {rule.default_code: rule for rule in RULES}

# The codes of the rules that refuse candidate `c`.
BROKEN_RULES = "array_remove(ARRAY[{}\n    ], NULL)".format(
    ",".join(
        f"\n    CASE WHEN {refuses}\n        THEN '{rule.default_code}' END"
        for rule, refuses in RULES.items()
    )
)
# No rule refuses candidate `c`.
ALLOWED = "\n                AND ".join(
    f"({refuses}) IS NOT TRUE" for refuses in RULES.values()
)

# The longest time that an appointment and its break can take. It bounds the scan of an
# index for appointments that reach a moment.
LONGEST_OCCUPIED = f"interval '{LONGEST_MINUTES + LONGEST_BREAK_MINUTES} minutes'"


def write_busy(narrowed: str = "") -> str:
    """Write the condition that another appointment takes the time of candidate `c`.

    Only search looks: booking takes the time, and the constraint decides. As no two of a
    therapist's appointments overlap, the last to start before the candidate ends is the
    last to end. `narrowed` is a further condition on the other appointment `a`.
    """
    return f"""coalesce((
        SELECT a.busy_until
          FROM appointments_appointment a
         WHERE a.therapist_id = c.id AND a.status <> '{Status.CANCELLED}' AND {EXISTS_NOW}
           AND a.start > c.start - {LONGEST_OCCUPIED}
           AND a.start < c.start + (c.duration + c.break_minutes) * interval '1 minute'
           {narrowed}
         ORDER BY a.start DESC LIMIT 1) > c.start, FALSE)"""


def write_taken(narrowed: str = "") -> str:
    """Write the parts of `period` that appointments take in the diary of therapist `t`.

    They are a multirange. `narrowed` is a further condition on each appointment `a`.
    """
    return f"""coalesce((
                              SELECT range_agg(tstzrange(a.start, a.busy_until))
                                FROM appointments_appointment a
                               WHERE a.therapist_id = t.id
                                 AND a.status <> '{Status.CANCELLED}' AND {EXISTS_NOW}
                                 AND a.start > lower(period) - {LONGEST_OCCUPIED}
                                 AND a.start < upper(period) {narrowed}), '{{}}')"""


class Candidate(NamedTuple):
    """A requested start with its therapist, and the rules that refuse it, by code.

    `bookable_id` and `bookable_version` are of the available appointment that equals the
    request, if there is one. `offered` and what follows are facts for the refusals.
    """

    therapist_id: int
    therapist_user_id: int | None
    therapist_is_active: bool
    broken_rules: list[str]
    bookable_id: int | None
    bookable_version: str | None
    offered: int | None
    longest_minutes: int
    notice_hours: int
    horizon_days: int


GET_CANDIDATE = Statement(
    "candidate",
    f"""
WITH c AS MATERIALIZED (
    -- The requested start of the therapist, with the opening hours that contain it.
    SELECT {CANDIDATE},
           t.user_id, hours.grid_from, hours.closes,
           %(start)s AS start, %(duration)s::int AS duration
      FROM therapists_therapist t
      LEFT JOIN therapists_offering o ON o.therapist_id = t.id AND o.type = %(type)s
      LEFT JOIN {OPENING_HOURS}
     WHERE t.id = %(therapist_id)s
)
SELECT c.id AS therapist_id, c.user_id AS therapist_user_id,
       c.is_active AS therapist_is_active, {BROKEN_RULES} AS broken_rules,
       a.id AS bookable_id, a.xmin::text AS bookable_version,
       c.offered, c.longest_minutes, c.notice_hours, c.horizon_days
  FROM c
  LEFT JOIN appointments_appointment a
    ON a.therapist_id = c.id AND a.start = %(start)s AND a.type = %(type)s
   AND a."end" = %(start)s + %(duration)s::int * interval '1 minute'
   AND {BOOKABLE}
""",
    Candidate,
)


def get_candidate(
    *, therapist_id: int, type: str, start: datetime, duration: int
) -> Candidate | None:
    """Check a start, aware, and a duration in minutes; None without the therapist."""
    return GET_CANDIDATE.fetch_one(
        therapist_id=therapist_id,
        type=type,
        start=start,
        duration=duration,
        now=timezone.now(),
        practice=settings.PRACTICE_TIME_ZONE,
    )


def refuse_broken(candidate: Candidate, late_hours: int | None = None) -> None:
    """Raise `RulesRefuse` with every rule that the candidate breaks, if there is any.

    `late_hours` is the notice of cancelling if it is too late to move the appointment.
    """
    rules = [RULES_BY_CODE[code] for code in candidate.broken_rules]
    facts = candidate._asdict()
    if late_hours is not None:
        rules.insert(0, errors.TooLateToCancel)
        facts["cancellation_notice_hours"] = late_hours
    if rules:
        raise RulesRefuse(rules, facts)
