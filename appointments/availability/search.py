"""The statement of the slot search, and what it costs at most.

For each day it computes the opening hours of the therapists who may have a slot then, and
reads their appointments, once; a few times for the first days. It checks no other starts
than it returns, and those of its first step. Where nobody may have a slot (beyond every
horizon, in a closure, all absent) it only looks at the list of searched therapists, once
in each step.

The steps are few. One that was read whole doubles the width of the next, and one that was
read in part doubles how much the next may read. They end where a closure begins or ends.
"""

from functools import cache
from typing import Any, NamedTuple

from appointments.availability import rules
from appointments.availability.therapist_filters import THERAPIST_FILTERS
from appointments.sql import BOOKABLE, SPECIALISMS
from booking.statements import Statement
from therapists.models import BookingMode

# Search goes through time in steps until it has a page. The first step is a day for many
# therapists, and 4 to 7 days for one.
FIRST_STEP = """interval '1 day' * greatest(1, least(
               7, (4 + %(limit)s / 8) / greatest(1, (SELECT count(*) FROM searched))))"""
# Forwards, a step reads a limited number of openings, by their first start: so many for
# each slot of the page, and some besides in case openings are full.
FIRST_OPENINGS = "100 + 3 * %(limit)s"


class SlotRow(NamedTuple):
    start: Any
    end: Any
    duration: int
    type: str
    appointment_id: int | None
    therapist_id: int
    therapist_name: str
    therapist_time_zone: str
    therapist_specialisms: list[str]


class Direction(NamedTuple):
    """The fragments in which reading forwards and backwards differ."""

    order: str
    beyond: str
    since: str
    until: str
    step: str
    remainder: str
    read_until: str


FORWARDS = Direction(
    order="ASC",
    beyond=">",
    since="greatest(%(start)s::timestamptz, %(beyond)s)",
    until="%(end)s::timestamptz",
    step="""scan.since, least(scan.since + scan.width, scan.until, (
                       SELECT min(at) FROM edge WHERE at > scan.since)) AS until""",
    remainder="found.until, scan.until",
    read_until="""least(step.until, (
               SELECT first + interval '1 minute' FROM opening
                WHERE first <= last ORDER BY first OFFSET scan.openings LIMIT 1))""",
)
BACKWARDS = Direction(
    order="DESC",
    beyond="<",
    since="%(start)s::timestamptz",
    until="least(%(end)s, %(beyond)s::timestamptz + interval '1 minute')",
    step="""greatest(scan.until - scan.width, scan.since, (
                       SELECT max(at) FROM edge WHERE at < scan.until)) AS since, scan.until""",
    remainder="scan.since, found.since",
    read_until="step.until",
)
# `_compose` fills the placeholders with fragments of this module, of the rules and of a
# direction.
SEARCH = """
WITH RECURSIVE closed AS MATERIALIZED (
    -- When the practice is closed.
    SELECT coalesce(range_agg(tstzrange({closes}, {reopens})), '{{}}') AS periods
      FROM therapists_closure closure
), edge AS MATERIALIZED (
    SELECT unnest(ARRAY[lower(period), upper(period)]) AS at
      FROM closed, unnest(periods) period
), searched AS MATERIALIZED (
    -- The therapists whose slots are searched, with their absences.
    SELECT {candidate}, absent.periods AS absent
      FROM therapists_therapist t
      JOIN therapists_offering o ON o.therapist_id = t.id AND o.type = %(type)s,
           LATERAL (
               SELECT coalesce(range_agg(tstzrange(start, "end")), '{{}}') AS periods
                 FROM therapists_absence absence
                WHERE absence.therapist_id = t.id
                  AND absence.end > %(start)s AND absence.start < %(end)s) absent
     WHERE t.is_active AND t.booking_mode = '{working_hours}'{narrowed}
), scan AS (
    -- Step by step through time, until there is a page or no time is left.
    SELECT {since} AS since, {until} AS until,
           {first_step} AS width, {first_openings} AS openings, TRUE AS is_first,
           0::bigint AS number, NULL::timestamptz[] AS starts, NULL::timestamptz[] AS ends,
           NULL::bigint[] AS therapist_ids, NULL::bigint[] AS appointment_ids
    UNION ALL
    SELECT {remainder},
           CASE WHEN found.is_whole THEN least(scan.width * 2, %(end)s - %(start)s)
                ELSE scan.width END,
           CASE WHEN found.is_whole THEN scan.openings ELSE scan.openings * 2 END, FALSE,
           scan.number + found.number,
           found.starts, found.ends, found.therapist_ids, found.appointment_ids
      FROM scan,
           LATERAL (SELECT {step}) step,
           LATERAL (
        WITH free AS (
            -- Opening hours within the step, without absences. After the first step, also
            -- without what appointments take. A break may reach past the end.
            SELECT t.*, hours.grid_from, hours.next_opens, hours.closes,
                   unnest(tstzmultirange(period) - t.absent
                          - CASE WHEN scan.is_first THEN '{{}}' ELSE {taken} END) AS free
              FROM opening_hours(
                       -- Null, without any therapist, calls no function.
                       nullif(ARRAY(
                           SELECT t.id
                             FROM searched t
                            WHERE t.notice_ends < step.until AND t.horizon_ends >= step.since
                              AND NOT t.absent @> tstzrange(step.since, step.until)
                              AND NOT (SELECT periods FROM closed)
                                      @> tstzrange(step.since, step.until)), '{{}}'),
                       step.since, step.until) hours
              JOIN searched t ON t.id = hours.therapist_id,
                   LATERAL (SELECT tstzrange(
                       greatest(hours.opens, step.since),
                       least(hours.closes, step.until + t.offered * interval '1 minute')
                           + t.break_minutes * interval '1 minute')) stretch (period)
             WHERE hours.closes > step.since AND hours.opens < step.until
        ), opening AS MATERIALIZED (
            -- Each with its first and last start on the grid.
            SELECT free.*,
                   least(closes - offered * interval '1 minute',
                         next_opens - interval '1 microsecond',
                         upper(free) - (offered + break_minutes) * interval '1 minute') AS last,
                   grid_from + ceil(
                       extract(epoch FROM lower(free) - grid_from) / (start_step_minutes * 60)
                   )::float8 * (start_step_minutes * interval '1 minute') AS first
              FROM free
        ), part AS MATERIALIZED (
            -- The part of the step that search reads.
            SELECT step.since, {read_until} AS until, step.until AS step_until
        ), c AS MATERIALIZED (
            -- The candidates: every start of the grid in that part.
            SELECT opening.*, opening.offered AS duration, start
              FROM opening, part, LATERAL generate_series(
                       first, least(last, part.until - interval '1 microsecond'),
                       start_step_minutes * interval '1 minute') start
             WHERE (start, opening.id) {beyond} (%(beyond)s, %(beyond_id)s)
             ORDER BY start {order}, opening.id {order}
        ), slot AS (
            -- Candidates that no rule and no appointment refuses. They are checked in
            -- order, so checking ends with the page.
            (SELECT c.start, c.id AS therapist_id, NULL::bigint AS appointment_id,
                    c.start + c.duration * interval '1 minute' AS "end"
               FROM c
              WHERE {allowed}
                AND NOT {busy}{kept_duration}
              ORDER BY c.start {order}, c.id {order} LIMIT %(limit)s)
            UNION ALL
            -- Available appointments, which any client may book whatever the rules say.
            (SELECT a.start, a.therapist_id, a.id, a."end"
               FROM appointments_appointment a
               JOIN therapists_therapist t ON t.id = a.therapist_id AND t.is_active
              WHERE {bookable}{not_published}
                AND a.type = %(type)s AND a.start > %(now)s
                AND a.start >= (SELECT since FROM part)
                AND a.start < (SELECT until FROM part)
                AND (a.start, a.therapist_id) {beyond} (%(beyond)s, %(beyond_id)s){narrowed}
              ORDER BY a.start {order}, a.therapist_id {order} LIMIT %(limit)s)
            ORDER BY 1 {order}, 2 {order} LIMIT %(limit)s
        )
        SELECT part.since, part.until, part.until = part.step_until AS is_whole,
               count(slot.therapist_id) AS number,
               array_agg(slot.start) AS starts, array_agg(slot."end") AS ends,
               array_agg(slot.therapist_id) AS therapist_ids,
               array_agg(slot.appointment_id) AS appointment_ids
          FROM part LEFT JOIN slot ON TRUE
         GROUP BY part.since, part.until, part.step_until
      ) found
     WHERE scan.number < %(limit)s AND scan.since < scan.until
), slot AS MATERIALIZED (
    -- The slots of all steps. The last step may exceed the page.
    SELECT slot.*
      FROM scan, unnest(starts, ends, therapist_ids, appointment_ids)
           AS slot (start, "end", therapist_id, appointment_id)
     WHERE slot.start IS NOT NULL
     ORDER BY start {order}, therapist_id {order} LIMIT %(limit)s
), therapist AS MATERIALIZED (
    -- Each therapist's names are read once, not for every slot.
    SELECT t.id, t.name, t.time_zone, {specialisms} AS specialisms
      FROM therapists_therapist t
     WHERE t.id = ANY(ARRAY(SELECT therapist_id FROM slot))
)
SELECT slot.start, slot."end",
       (extract(epoch FROM slot."end" - slot.start) / 60)::int AS duration,
       %(type)s AS type, slot.appointment_id, slot.therapist_id,
       therapist.name AS therapist_name, therapist.time_zone AS therapist_time_zone,
       therapist.specialisms AS therapist_specialisms
  FROM slot JOIN therapist ON therapist.id = slot.therapist_id
 ORDER BY slot.start {order}, slot.therapist_id {order}
"""


# For moving an appointment: it takes no time itself and keeps its duration. A published
# time is booked, and nothing moves there.
IGNORED = "AND a.id <> %(ignored)s"
KEPT_DURATION = "\n                AND c.duration = %(duration)s"
NOT_PUBLISHED = "\n                AND FALSE"


@cache
def get_search_statement(
    filters: frozenset[str], backwards: bool, *, moves: bool = False
) -> Statement[SlotRow]:
    words = ["slots", *sorted(filters), "backwards" if backwards else "forwards"]
    text = _compose(filters, BACKWARDS if backwards else FORWARDS, moves)
    return Statement("_".join([*words, *["moving"] * moves]), text, SlotRow)


def _compose(filters, direction, moves):
    conditions = [THERAPIST_FILTERS[name] for name in sorted(filters)]
    return SEARCH.format(
        candidate=rules.CANDIDATE,
        working_hours=BookingMode.WORKING_HOURS,
        narrowed="".join(f"\n       AND {condition}" for condition in conditions),
        closes=rules.CLOSES,
        reopens=rules.REOPENS,
        first_step=FIRST_STEP,
        first_openings=FIRST_OPENINGS,
        taken=rules.write_taken(IGNORED if moves else ""),
        allowed=rules.ALLOWED,
        busy=rules.write_busy(IGNORED if moves else ""),
        kept_duration=KEPT_DURATION if moves else "",
        not_published=NOT_PUBLISHED if moves else "",
        bookable=BOOKABLE,
        specialisms=SPECIALISMS,
        **direction._asdict(),
    )
