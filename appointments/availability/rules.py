"""The rules of booking, once: search, booking and moving run these same expressions.

A *candidate* is a start that somebody may want: search takes its candidates from the
grid of the working hours, booking has one, the wished start. Both judge it by `RULES`.
All of it is SQL, because the rows it is about are there, and so that looking and
writing are one statement.

Moments are instants. Working hours are times on the therapist's local clock, converted
edge by edge: an edge inside a gap moves to the gap's end; an edge inside a fold is the
first of the two for a start and the second for an end (offsets from the tz database).
"""

from appointments.sql import IS_THERE
from therapists.models import LONGEST_BREAK_MINUTES, LONGEST_MINUTES

# Longer than any gap or fold that the tz database has or announces.
LONGEST_SHIFT = "interval '3 hours'"
# No appointment and its break are longer; lets an index find all that reach a moment.
LONGEST_STRETCH = f"interval '{LONGEST_MINUTES + LONGEST_BREAK_MINUTES} minutes'"


def _offset(moment, zone):
    return f"(({moment}) AT TIME ZONE {zone} - ({moment}) AT TIME ZONE 'UTC')"


def _edge(local, fold):
    """SQL for the instant of a local time on `day`; `fold` is `least` or `greatest`.

    On a day far from any change of offset that is a subtraction. PostgreSQL reads a
    time in a gap with the offset before it, which is after the gap's end.
    """
    return f"""CASE WHEN day.quiet_offset IS NOT NULL
        THEN ({local} - day.quiet_offset) AT TIME ZONE 'UTC'
        ELSE (
            SELECT CASE
                WHEN read.at AT TIME ZONE day.time_zone <> {local} THEN (
                    SELECT min(minute) FROM generate_series(
                        read.at - {LONGEST_SHIFT}, read.at, interval '1 minute') minute
                     WHERE {_offset("minute", "day.time_zone")}
                         = {_offset("read.at", "day.time_zone")})
                WHEN other.at AT TIME ZONE day.time_zone = {local}
                THEN {fold}(read.at, other.at)
                ELSE read.at END
              FROM (SELECT {local} AT TIME ZONE day.time_zone AS at) read,
                   LATERAL (SELECT ({local} - {
        _offset(f"read.at - {LONGEST_SHIFT}", "day.time_zone")
    }) AT TIME ZONE 'UTC' AS at) other
        ) END"""


_WINDOWS = f"""
    WITH zone AS (
        SELECT time_zone, CASE WHEN bool_or(runs_on) THEN 8 ELSE 1 END AS back,
               ({{since}} AT TIME ZONE time_zone)::date AS first,
               ({{until}} AT TIME ZONE time_zone)::date AS last{{dates}}
          FROM {{asked}} GROUP BY time_zone
    ), day AS MATERIALIZED (
        SELECT time_zone, day, extract(isodow FROM day)::smallint AS weekday,
               {{is_within}} AS is_within,
               {{is_near}} AS is_near,
               CASE WHEN least_offset = most_offset THEN least_offset END AS quiet_offset
          FROM (
            SELECT *, min(day_offset) OVER near AS least_offset,
                   max(day_offset) OVER near AS most_offset
              FROM zone,
                   LATERAL (SELECT first - back + n AS day
                              FROM generate_series(-1, last - first + back + 4) n) days,
                   LATERAL (SELECT day::timestamp AT TIME ZONE 'UTC' AS at) moment,
                   LATERAL (SELECT {_offset("at", "time_zone")} AS day_offset) held
            WINDOW near AS (PARTITION BY time_zone ORDER BY day
                            ROWS BETWEEN 1 PRECEDING AND 3 FOLLOWING)
          ) days
         WHERE day BETWEEN first - back AND last + 1
    ), edged AS MATERIALIZED (
        SELECT asked.id, hours.weekday,
               {_edge("(day.day + hours.start)", "least")} AS starts,
               {
    _edge(
        "(day.day + hours.end + CASE WHEN hours.end <= hours.start "
        "THEN interval '1 day' ELSE interval '0' END)",
        "greatest",
    )
} AS ends
          FROM {{asked}} asked
          JOIN day USING (time_zone)
          JOIN therapists_workinghours hours
            ON hours.therapist_id = asked.id AND hours.weekday = day.weekday
         WHERE (day.is_within OR asked.runs_on OR day.is_near AND (
                asked.runs_on IS NOT NULL OR day.quiet_offset IS NULL))
           AND (hours.valid_from IS NULL OR hours.valid_from <= day.day)
           AND (hours.valid_until IS NULL OR hours.valid_until >= day.day)
    ), reached AS (
        SELECT *, max(ends) OVER (
                   PARTITION BY id ORDER BY starts, ends
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS open_until
          FROM edged WHERE starts < ends
    ), chained AS (
        SELECT *, max(starts) FILTER (WHERE open_until IS NULL OR starts > open_until)
                      OVER (PARTITION BY id ORDER BY starts, ends) AS chain
          FROM reached
    ), anchored AS (
        SELECT *, CASE WHEN starts - chain < interval '7 days' THEN chain
                       ELSE coalesce(max(starts) FILTER (WHERE weekday = 1)
                                     OVER (PARTITION BY id, chain ORDER BY starts, ends),
                                     chain) END AS grid_from
          FROM chained
    )
    SELECT id AS therapist_id, grid_from, min(starts) AS opens,
           lead(min(starts)) OVER chain AS next_opens,
           max(max(ends)) OVER (PARTITION BY id, chain) AS closes
      FROM anchored
     GROUP BY id, chain, grid_from
    WINDOW chain AS (PARTITION BY id, chain ORDER BY grid_from)
    """


def windows(asked, since, until):
    """SQL for the open stretches, between two moments, of the therapists `asked`.

    `asked` is a relation with `id`, `time_zone` and `runs_on` (null if none of the
    therapist's hours reach the next day, else whether any touch hours of that). The
    rows are `therapist_id`, `grid_from` (where the grid of starts has its origin),
    `opens` and `next_opens` (from when and until when that grid holds) and `closes`
    (when sessions must be over).

    Windows that overlap or touch are one. Where they do so from day to day, days further
    back are read: eight, as whoever works a week without a gap never had a first hour.
    Their grid begins anew with every Monday's hours. Others that reach midnight need the
    day before; around a change of clocks all do, because windows may touch then that
    otherwise do not.
    """
    return _WINDOWS.format(
        asked=asked,
        since=since,
        until=until,
        dates="",
        is_within="day BETWEEN first AND last",
        is_near="day BETWEEN first - 1 AND last + 1",
    )


def windows_at(asked, moments):
    """SQL for those of the open stretches that have a `start` of the relation `moments`.

    As between the first and the last of them, but hours of other days are read only
    where they may reach one: of moments that are weeks apart, most days are none's.
    """
    dates = f"ARRAY(SELECT (start AT TIME ZONE time_zone)::date FROM {moments})"
    return _WINDOWS.format(
        asked=asked,
        since=f"(SELECT min(start) FROM {moments})",
        until=f"(SELECT max(start) FROM {moments})",
        dates=f", {dates} AS dates",
        is_within="day = ANY (dates)",
        is_near="ARRAY[day - 1, day, day + 1] && dates",
    )


# What the rules read of a therapist `t`, and `offered`: the duration of the offering.
OF_THERAPIST = """t.id, t.time_zone, t.is_active, t.booking_mode, t.break_minutes,
    t.start_step_minutes, t.notice_hours, t.horizon_days, o.duration AS offered,
    (SELECT bool_or(EXISTS (
                SELECT FROM therapists_workinghours next
                 WHERE next.therapist_id = late.therapist_id
                   AND next.weekday = mod(late.weekday, 7) + 1 AND next.start <= late.end))
       FROM therapists_workinghours late
      WHERE late.therapist_id = t.id AND late.end <= late.start) AS runs_on"""

# Each rule with the condition under which it refuses candidate `c`: a therapist's row
# as above with `start` and `duration`, and with `grid_from` and `closes` of the open
# stretch that has the start, if there is one.
RULES = {
    "therapist_inactive": "NOT c.is_active",
    "type_not_offered": """c.offered IS NULL AND (c.booking_mode = 'working_hours'
        OR EXISTS (SELECT FROM therapists_offering o WHERE o.therapist_id = c.id))""",
    "wrong_duration": "c.offered <> c.duration",
    "too_soon": "c.start <= %(now)s + c.notice_hours * interval '1 hour'",
    "too_far": "c.start > %(now)s + c.horizon_days * interval '24 hours'",
    "outside_working_hours": """c.booking_mode = 'working_hours'
        AND coalesce(c.start + c.duration * interval '1 minute' > c.closes, TRUE)""",
    "off_grid": """c.booking_mode = 'working_hours'
        AND mod(extract(epoch FROM c.start - c.grid_from)::bigint,
                c.start_step_minutes * 60) <> 0""",
    "therapist_absent": """EXISTS (
        SELECT FROM therapists_absence absence
         WHERE absence.therapist_id = c.id AND absence.end > c.start
           AND absence.start < c.start
               + (c.duration + c.break_minutes) * interval '1 minute')""",
    "practice_closed": """EXISTS (
        SELECT FROM therapists_closure closure
         WHERE (closure.end + 1)::timestamp AT TIME ZONE %(practice)s > c.start
           AND closure.start::timestamp AT TIME ZONE %(practice)s < c.start
               + (c.duration + c.break_minutes) * interval '1 minute')""",
}

# Booking asks nobody whether the time is free: it takes it, and the constraint decides.
# Search looks, so that what it offers can be booked. As no two of a therapist's
# appointments overlap, the last to start before the candidate is over is the last to end.
BUSY = f"""coalesce((
    SELECT a.busy_until
      FROM appointments_appointment a
     WHERE a.therapist_id = c.id AND a.status <> 'cancelled' AND {IS_THERE}
       AND a.start > c.start - {LONGEST_STRETCH}
       AND a.start < c.start + (c.duration + c.break_minutes) * interval '1 minute'
     ORDER BY a.start DESC LIMIT 1) > c.start, FALSE)"""

REASONS = "array_remove(ARRAY[{}], NULL)".format(
    ", ".join(
        f"CASE WHEN {refuses} THEN '{code}' END" for code, refuses in RULES.items()
    )
)
ALLOWED = " AND ".join(f"({refuses}) IS NOT TRUE" for refuses in RULES.values())
