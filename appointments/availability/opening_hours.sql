-- The opening hours of therapists between two instants: working hours as periods in UTC.
--
-- Working hours are local times of the therapist's time zone. Each edge of a window becomes
-- an instant by `opening_hours_edge`, so a gap in the clock shortens a window and a fold
-- lengthens it. Windows that overlap or touch are joined to one stretch.
--
-- The starts of slots are counted from the start of their stretch. A stretch around the
-- clock has no start. So windows that start a week or more after their stretch count from
-- the start of the last Monday's window, and a long stretch has a row for each grid:
--
--   grid_from    the instant from which the starts are counted
--   opens        the instant from which this grid holds
--   next_opens   the instant from which the next grid of the stretch holds, or null
--   closes       the end of the stretch, by which an appointment must end
--
-- The rows are of whole local days, so some may lie outside the two instants. With
-- `moments`, only the stretches that contain a moment are complete: the days between
-- moments that lie weeks apart are left out.
CREATE OR REPLACE FUNCTION opening_hours(
    therapist_ids bigint[],
    since timestamptz,
    until timestamptz,
    moments timestamptz[] DEFAULT '{}'
) RETURNS TABLE (
    therapist_id bigint,
    grid_from timestamptz,
    opens timestamptz,
    next_opens timestamptz,
    closes timestamptz
)
-- STRICT: with null instead of the ids, PostgreSQL does not even plan the body.
LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 1000
AS $$
WITH late AS MATERIALIZED (
    -- Therapists with windows past midnight. `runs_on` is true if one of these reaches a
    -- window of the next day.
    SELECT late.therapist_id, bool_or(EXISTS (
               SELECT FROM therapists_workinghours next
                WHERE next.therapist_id = late.therapist_id
                  AND next.weekday = mod(late.weekday, 7) + 1
                  AND next.start <= late.end)) AS runs_on
      FROM therapists_workinghours late
     WHERE late.therapist_id = ANY (therapist_ids) AND late.end <= late.start
     GROUP BY late.therapist_id
), therapist AS MATERIALIZED (
    SELECT t.id, t.time_zone, late.runs_on
      FROM therapists_therapist t
      LEFT JOIN late ON late.therapist_id = t.id
     WHERE t.id = ANY (therapist_ids)
), zone AS (
    -- The local dates between the two instants, and how many days before them matter. A
    -- stretch that runs on from day to day is followed back for nine: one for a window from
    -- the evening before, a week, after which the true start no longer matters, and one
    -- because a gap in the clock may make this week shorter than seven days.
    SELECT time_zone,
           CASE WHEN bool_or(runs_on) THEN 9 ELSE 1 END AS back,
           (since AT TIME ZONE time_zone)::date AS first,
           (until AT TIME ZONE time_zone)::date AS last,
           ARRAY(SELECT (moment AT TIME ZONE time_zone)::date
                   FROM unnest(moments) moment) AS dates
      FROM therapist
     GROUP BY time_zone
), day_offset AS (
    -- The clock's offset from UTC at the start of each date, and its extremes nearby.
    SELECT zone.*, first - back + n AS day, clock.utc_offset,
           min(clock.utc_offset) OVER near AS least_offset,
           max(clock.utc_offset) OVER near AS most_offset
      FROM zone,
           LATERAL generate_series(-1, last - first + back + 4) n,
           LATERAL (SELECT (first - back + n)::timestamp AT TIME ZONE 'UTC') instant (at),
           LATERAL (SELECT at AT TIME ZONE time_zone - at AT TIME ZONE 'UTC')
               clock (utc_offset)
    WINDOW near AS (PARTITION BY time_zone ORDER BY n
                    ROWS BETWEEN 1 PRECEDING AND 3 FOLLOWING)
), day AS MATERIALIZED (
    -- On a day without a change of the clock nearby, `quiet_offset` makes instants of its
    -- edges, at a fraction of what `opening_hours_edge` costs.
    SELECT time_zone, day, extract(isodow FROM day)::smallint AS weekday,
           CASE WHEN moments = '{}' THEN day BETWEEN first AND last
                ELSE day = ANY (dates) END AS is_within,
           CASE WHEN moments = '{}' THEN day BETWEEN first - 1 AND last + 1
                ELSE ARRAY[day - 1, day, day + 1] && dates END AS is_near,
           CASE WHEN least_offset = most_offset THEN least_offset END AS quiet_offset
      FROM day_offset
     WHERE day BETWEEN first - back AND last + 1
), hours AS MATERIALIZED (
    -- One scan of the index for all therapists, not one for each and each weekday.
    SELECT * FROM therapists_workinghours hours WHERE hours.therapist_id = ANY (therapist_ids)
), opening AS MATERIALIZED (
    -- Each window on each of its days. The days beside those in question matter to
    -- therapists with windows past midnight, and around a change of the clock, which can
    -- make windows touch that otherwise do not.
    SELECT t.id, hours.weekday, edge.starts, edge.ends
      FROM therapist t
      JOIN hours ON hours.therapist_id = t.id
      JOIN day ON day.time_zone = t.time_zone AND day.weekday = hours.weekday,
           LATERAL (SELECT day.day + hours.start AS starts,
                           day.day + hours.end + CASE WHEN hours.end <= hours.start
                               THEN interval '1 day' ELSE interval '0' END AS ends
                   ) local,
           LATERAL (SELECT CASE WHEN day.quiet_offset IS NOT NULL
                        THEN (local.starts - day.quiet_offset) AT TIME ZONE 'UTC'
                        ELSE opening_hours_edge(local.starts, day.time_zone, FALSE)
                        END AS starts,
                           CASE WHEN day.quiet_offset IS NOT NULL
                        THEN (local.ends - day.quiet_offset) AT TIME ZONE 'UTC'
                        ELSE opening_hours_edge(local.ends, day.time_zone, TRUE)
                        END AS ends
                   ) edge
     WHERE (day.is_within OR t.runs_on OR day.is_near AND (
            t.runs_on IS NOT NULL OR day.quiet_offset IS NULL))
       AND (hours.valid_from IS NULL OR hours.valid_from <= day.day)
       AND (hours.valid_until IS NULL OR hours.valid_until >= day.day)
), reached AS (
    -- How far the openings before this one reach. A gap may leave nothing of a window.
    SELECT *, max(ends) OVER (PARTITION BY id ORDER BY starts, ends
                              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                             ) AS open_until
      FROM opening
     WHERE starts < ends
), chained AS (
    -- Openings that overlap or touch share a stretch, named by its first start.
    SELECT *, max(starts) FILTER (WHERE open_until IS NULL OR starts > open_until)
                  OVER (PARTITION BY id ORDER BY starts, ends) AS stretch
      FROM reached
), anchored AS (
    -- From a week after the stretch began, the last Monday's start is the grid's.
    SELECT *, CASE WHEN starts - stretch < interval '7 days' THEN stretch
                   ELSE coalesce(max(starts) FILTER (WHERE weekday = 1)
                                     OVER (PARTITION BY id, stretch ORDER BY starts, ends),
                                 stretch) END AS grid_from
      FROM chained
)
SELECT id, grid_from, min(starts),
       lead(min(starts)) OVER (PARTITION BY id, stretch ORDER BY grid_from),
       max(max(ends)) OVER (PARTITION BY id, stretch)
  FROM anchored
 GROUP BY id, stretch, grid_from
$$;
