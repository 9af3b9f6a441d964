"""Series: all of their dates are judged, booked, moved or cancelled in one statement."""

from appointments.availability import rules
from appointments.services.statements.audit import told
from appointments.services.statements.changing import REPUBLISHED
from appointments.services.statements.compact import compact
from appointments.sql import IS_THERE, LAPSED, ON_OFFER

_IN_THE_WAY = f"""a.status <> 'cancelled'
    AND a.start > c.start - {rules.LONGEST_STRETCH} AND a.id <> ALL(%(ignored)s)"""
# What anyone may take is in nobody's way who books; a move takes no other appointment.
_TAKEABLE = f"""a.therapist_id = c.id AND a.start = c.start
    AND a."end" = c.start + c.duration * interval '1 minute'
    AND a.type = %(type)s AND {ON_OFFER} AND %(takes)s"""

# Each wished start with the rules that refuse it, and with whether the therapist and the
# client are busy then. Right while their diaries are locked; otherwise as good as a
# search. Appointments that are `ignored` are about to move away.
JUDGE = compact(f"""
WITH asked AS MATERIALIZED (
    SELECT {rules.OF_THERAPIST}
      FROM therapists_therapist t
      LEFT JOIN therapists_offering o ON o.therapist_id = t.id AND o.type = %(type)s
     WHERE t.id = %(therapist_id)s
), slotted AS MATERIALIZED (
    SELECT * FROM asked WHERE booking_mode = 'working_hours'
), wished AS MATERIALIZED (
    SELECT start, n FROM unnest(%(starts)s::timestamptz[]) WITH ORDINALITY wished (start, n)
), open AS MATERIALIZED (
    {rules.windows_at("slotted", "wished")}
), c AS MATERIALIZED (
    SELECT asked.*, w.grid_from, w.closes, n, wished.start, %(duration)s::int AS duration
      FROM asked CROSS JOIN wished
      LEFT JOIN open w ON w.opens <= wished.start AND wished.start < w.closes
       AND coalesce(wished.start < w.next_opens, TRUE)
), judged AS MATERIALIZED (
    SELECT c.*, EXISTS (SELECT FROM appointments_appointment a WHERE {_TAKEABLE}) AS taken
      FROM c
)
SELECT CASE WHEN taken THEN '{{}}' ELSE {rules.REASONS} END,
       NOT taken AND EXISTS (
           SELECT FROM appointments_appointment a
            WHERE a.therapist_id = c.id AND {_IN_THE_WAY} AND a.busy_until > c.start
              AND a.start < c.start + (c.duration + c.break_minutes) * interval '1 minute'
              AND {IS_THERE}),
       EXISTS (
           SELECT FROM appointments_appointment a
            WHERE a.client_id = %(client_id)s AND {_IN_THE_WAY} AND a."end" > c.start
              AND a.start < c.start + c.duration * interval '1 minute'
              AND ({LAPSED}) IS NOT TRUE)
  FROM judged c ORDER BY n
""")

_WISHED = """wished AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(wished)s::jsonb)
        AS wished (start timestamptz, number bigint, overridden text[])
)"""
_TOLD = f"""told AS MATERIALIZED (
    SELECT {told("t.user_id")} FROM therapists_therapist t WHERE t.id = %(therapist_id)s
)"""

# The number of a wished start is its place in the series.
BOOK = compact(f"""
WITH {_TOLD}, {_WISHED}, made AS (
    INSERT INTO appointments_series
           (therapist_id, client_id, type, start, duration, every_weeks, count,
            created_at, updated_at)
    SELECT %(therapist_id)s, %(client_id)s, %(type)s, %(start)s, %(duration)s,
           %(every_weeks)s, %(count)s, %(now)s, %(now)s
      FROM told
    RETURNING id
), taken AS (
    UPDATE appointments_appointment a
       SET status = 'booked', client_id = %(client_id)s, updated_at = %(now)s,
           series_id = made.id, occurrence = wished.number
      FROM made, wished
     WHERE NOT %(manages)s AND a.therapist_id = %(therapist_id)s
       AND a.start = wished.start AND a.type = %(type)s AND a.status = 'available'
       AND a."end" = wished.start + %(duration)s::int * interval '1 minute'
    RETURNING a.start
), added AS (
    INSERT INTO appointments_appointment
           (therapist_id, client_id, type, status, start, "end", busy_until,
            series_id, occurrence, overridden, created_at, updated_at)
    SELECT t.id, %(client_id)s, %(type)s, 'booked', wished.start, over.at,
           over.at + t.break_minutes * interval '1 minute',
           made.id, wished.number, wished.overridden, %(now)s, %(now)s
      FROM made, therapists_therapist t, wished,
           LATERAL (SELECT wished.start + %(duration)s::int * interval '1 minute') over (at)
     WHERE t.id = %(therapist_id)s AND wished.start NOT IN (SELECT start FROM taken)
)
SELECT id FROM made
""")

# Here the number is the appointment's id. Each keeps the break it has.
MOVE = compact(f"""
WITH {_TOLD}, {_WISHED}, moved AS (
    UPDATE appointments_appointment a
       SET start = wished.start, "end" = wished.start + (a."end" - a.start),
           busy_until = wished.start + (a.busy_until - a.start),
           overridden = wished.overridden, updated_at = %(now)s
      FROM wished, told WHERE a.id = wished.number
    RETURNING a.id
), touched AS (
    UPDATE appointments_series SET updated_at = %(now)s, start = %(start)s
     WHERE id = %(series_id)s AND EXISTS (SELECT FROM moved)
)
SELECT count(*) FROM moved
""")

CANCEL = compact(f"""
WITH {_TOLD}, changed AS (
    UPDATE appointments_appointment a
       SET status = 'cancelled', cancelled_by = %(cancelled_by)s, cancelled_at = %(now)s,
           cancellation_reason = %(reason)s, updated_at = %(now)s,
           cancelled_late = %(now)s
               > a.start - t.cancellation_notice_hours * interval '1 hour'
      FROM told, therapists_therapist t
     WHERE a.id = ANY(%(ids)s) AND t.id = a.therapist_id
    RETURNING a.*
){REPUBLISHED}, touched AS (
    UPDATE appointments_series SET updated_at = %(now)s
     WHERE id = %(series_id)s AND EXISTS (SELECT FROM changed)
)
SELECT count(*) FROM changed
""")

# It changes with the series and with each of its appointments.
VERSION = """
SELECT md5(string_agg(id || ' ' || version, ',' ORDER BY id)) FROM (
    SELECT 0 AS id, xmin::text AS version FROM appointments_series WHERE id = %(id)s
    UNION ALL
    SELECT id, xmin::text FROM appointments_appointment WHERE series_id = %(id)s
) part
"""
