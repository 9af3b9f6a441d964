"""The days on which therapists have slots: for a month's view, a row for each of them.

Opening hours and appointments are read once for each page. A page looks at few days of many
therapists, or at many days of few, so its cost is bounded: `DAYS_PER_ROW` days of a therapist
for each row of the page, `LEAST_DAYS` for a small page, and one day of each if there are more.
"""

import math
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import timezone

from appointments.availability import rules
from appointments.availability.therapist_filters import THERAPIST_FILTERS
from appointments.sql import BOOKABLE, SPECIALISMS
from booking.api.pagination import CursorPagination
from booking.statements import Statement
from therapists.models import BookingMode, Therapist

DAYS_PER_ROW, LEAST_DAYS = 2, 400
DAY = timedelta(days=1)
BEYOND_ALL = 2**62  # after every therapist's id
# With `first`, the check of an opening ends with its first slot.
FIRST_ONLY = "ORDER BY c.start LIMIT 1"
FIND = """
WITH day AS MATERIALIZED (
    -- The days of the zone, as periods.
    SELECT day::date AS day, day AT TIME ZONE %(zone)s AS since,
           (day + interval '1 day') AT TIME ZONE %(zone)s AS until
      FROM generate_series(%(first_day)s::timestamp, %(last_day)s::timestamp,
                           interval '1 day') day
), searched AS MATERIALIZED (
    -- The therapists whose slots are searched, and the period of all the days.
    SELECT {candidate},
           tstzrange(least(greatest(period.since, %(now)s), period.until), period.until)
               AS span
      FROM therapists_therapist t
      JOIN therapists_offering o ON o.therapist_id = t.id AND o.type = %(type)s,
           LATERAL (SELECT min(since) AS since, max(until) AS until FROM day) period
     WHERE t.is_active AND t.booking_mode = '{working_hours}'{narrowed}
), free AS (
    -- Opening hours, without absences and without what appointments take. A break may
    -- reach past the end.
    SELECT t.*, hours.grid_from, hours.next_opens, hours.closes,
           unnest(tstzmultirange(stretch.period) - coalesce((
                      SELECT range_agg(tstzrange(start, "end"))
                        FROM therapists_absence absence
                       WHERE absence.therapist_id = t.id
                         AND absence.end > lower(t.span)
                         AND absence.start < upper(t.span)), '{{}}')
                  - {taken}) AS free
      FROM opening_hours(
               -- Null, without any therapist, calls no function.
               nullif(ARRAY(SELECT id FROM searched), '{{}}'),
               (SELECT min(lower(span)) FROM searched),
               (SELECT max(upper(span)) FROM searched)) hours
      JOIN searched t ON t.id = hours.therapist_id,
           LATERAL (SELECT tstzrange(
               greatest(hours.opens, lower(t.span)),
               least(hours.closes, upper(t.span) + t.offered * interval '1 minute')
                   + t.break_minutes * interval '1 minute')) stretch (period)
     WHERE hours.closes > lower(t.span) AND hours.opens < upper(t.span)
), opening AS MATERIALIZED (
    -- Each with its first and last start on the grid.
    SELECT free.*,
           least(closes - offered * interval '1 minute',
                 next_opens - interval '1 microsecond',
                 upper(free) - (offered + break_minutes) * interval '1 minute') AS last,
           {first_on_grid} AS first
      FROM free, LATERAL (SELECT lower(free) AS from_here) edge
), found AS (
    -- What each opening has on each day.
    SELECT day.day, opening.id AS therapist_id, slot.start, slot.count
      FROM opening
      JOIN day ON opening.first < day.until AND opening.last >= day.since,
           LATERAL (
               SELECT min(c.start) AS start, count(*) AS count
                 FROM (SELECT c.start
                         FROM (SELECT opening.*, opening.offered AS duration, start
                                 FROM (SELECT greatest(opening.first, day.since)) edge
                                          (from_here),
                                      generate_series(
                                          {first_of_day},
                                          least(opening.last,
                                                day.until - interval '1 microsecond'),
                                          opening.start_step_minutes * interval '1 minute'
                                      ) start) c
                        WHERE {allowed}
                          AND NOT {busy}
                        {first_only}) c) slot
     WHERE slot.count > 0
    UNION ALL
    -- Available appointments, which any client may book whatever the rules say.
    SELECT day.day, t.id, min(a.start), count(*)
      FROM therapists_therapist t,
           -- By therapist: OFFSET keeps PostgreSQL from reading those of all others.
           LATERAL (
               SELECT a.start
                 FROM appointments_appointment a
                WHERE a.therapist_id = t.id AND {bookable}
                  AND a.type = %(type)s AND a.start > %(now)s
                  AND a.start >= (SELECT min(since) FROM day)
                  AND a.start < (SELECT max(until) FROM day)
               OFFSET 0) a
      JOIN day ON a.start >= day.since AND a.start < day.until
     WHERE t.is_active{narrowed}
     GROUP BY day.day, t.id
), page AS MATERIALIZED (
    SELECT day, therapist_id, min(start) AS start, sum(count)::int AS count
      FROM found
     WHERE (day, therapist_id) {beyond} (%(beyond)s::date, %(beyond_id)s)
     GROUP BY day, therapist_id
     ORDER BY day {order}, therapist_id {order} LIMIT %(limit)s
)
SELECT page.day, page.start, {count} AS count, t.id AS therapist_id,
       t.name AS therapist_name, {specialisms} AS therapist_specialisms,
       t.time_zone AS therapist_time_zone
  FROM page JOIN therapists_therapist t ON t.id = page.therapist_id
 ORDER BY page.day {order}, page.therapist_id {order}
"""
# The first start of the grid that is not before `from_here`.
ON_GRID = """{grid_from} + ceil(
               extract(epoch FROM from_here - {grid_from}) / ({step} * 60)
           )::float8 * ({step} * interval '1 minute')"""


class DayRow(NamedTuple):
    day: date
    start: datetime
    count: int | None
    therapist_id: int
    therapist_name: str
    therapist_specialisms: list[str]
    therapist_time_zone: str


def find_page(
    filters: dict[str, Any],
    *,
    first_day: date,
    last_day: date,
    zone: str,
    counts: bool,
    paging: CursorPagination,
) -> list[DayRow]:
    """Return a page of days with a slot, each day and therapist once, in this order.

    Days are those of the zone, an IANA name. `start` is the first slot of the day. Only if
    it `counts` is there a number of slots. A page may have fewer rows than its size and
    still be followed by others.
    """
    position = paging.position
    beyond = date.fromisoformat(position.keys[0]) if position else first_day
    first, last = _choose_days(filters, first_day, last_day, beyond, paging)
    statement = get_statement(
        frozenset(filters & THERAPIST_FILTERS.keys()), counts, paging.backwards
    )
    rows = statement.fetch_all(
        **filters,
        first_day=first,
        last_day=last,
        zone=zone,
        now=timezone.now(),
        practice=settings.PRACTICE_TIME_ZONE,
        beyond=beyond,
        beyond_id=position.keys[1] if position else 0,
        limit=paging.limit,
    )
    page = paging.paginate_rows(
        rows, lambda row: [row.day.isoformat(), row.therapist_id]
    )
    if not paging.backwards and last < last_day:
        paging.go_on_after([(last + DAY).isoformat(), 0])
    elif paging.backwards and first > first_day:
        paging.go_on_before([(first - DAY).isoformat(), BEYOND_ALL])
    return page


def _choose_days(filters, first_day, last_day, beyond, paging):
    """Return the first and the last day at which the page looks."""
    names = filters.get("specialisms") or filters.get("all_specialisms") or ()
    therapists = Therapist.objects.listed().filter(
        booking_mode=BookingMode.WORKING_HOURS, offerings__type=filters["type"]
    )
    if names:
        match_all = "all_specialisms" in filters
        therapists = therapists.with_specialisms(names, all_of_them=match_all)
    if therapist_id := filters.get("therapist_id"):
        therapists = therapists.filter(pk=therapist_id)
    count = max(1, therapists.count())
    budget = max(DAYS_PER_ROW * paging.limit, LEAST_DAYS)
    days = timedelta(math.ceil(budget / count) - 1)
    if paging.backwards:
        return max(first_day, beyond - days), beyond
    return beyond, min(last_day, beyond + days)


@cache
def get_statement(
    names: frozenset[str], counts: bool, backwards: bool
) -> Statement[DayRow]:
    conditions = [THERAPIST_FILTERS[name] for name in sorted(names)]
    opening = {"grid_from": "opening.grid_from", "step": "opening.start_step_minutes"}
    text = FIND.format(
        candidate=rules.CANDIDATE,
        working_hours=BookingMode.WORKING_HOURS,
        narrowed="".join(f"\n       AND {condition}" for condition in conditions),
        taken=rules.write_taken(),
        first_on_grid=ON_GRID.format(grid_from="grid_from", step="start_step_minutes"),
        first_of_day=ON_GRID.format(**opening),
        allowed=rules.ALLOWED,
        busy=rules.write_busy(),
        first_only="" if counts else FIRST_ONLY,
        bookable=BOOKABLE,
        count="page.count" if counts else "NULL::int",
        specialisms=SPECIALISMS,
        beyond="<" if backwards else ">",
        order="DESC" if backwards else "ASC",
    )
    words = ["days", *sorted(names), "counted" if counts else "first"]
    return Statement("_".join([*words, *["backwards"] * backwards]), text, DayRow)
