-- The instant of an edge of opening hours: a local time on the clock of an IANA zone.
--
-- An edge inside a gap moves to the gap's end. An edge inside a fold is the first of the
-- two instants for a start and the second for an end.
CREATE OR REPLACE FUNCTION opening_hours_edge(
    local timestamp, time_zone text, is_end boolean
) RETURNS timestamptz
LANGUAGE sql STABLE STRICT PARALLEL SAFE
AS $$
SELECT CASE
       -- PostgreSQL reads a time in a gap with the offset from before it, so `read` lies
       -- after the gap. The gap ends with the first minute that has the offset of `read`.
       WHEN read.at AT TIME ZONE time_zone <> local THEN (
           SELECT min(minute)
             FROM generate_series(read.at - longest.shift, read.at, interval '1 minute') minute
            WHERE minute AT TIME ZONE time_zone - minute AT TIME ZONE 'UTC'
                = read.at AT TIME ZONE time_zone - read.at AT TIME ZONE 'UTC')
       -- In a fold, the offset from before it gives the other reading.
       WHEN other.at AT TIME ZONE time_zone = local THEN
           CASE WHEN is_end THEN greatest(read.at, other.at)
                ELSE least(read.at, other.at) END
       ELSE read.at END
  -- No gap or fold in the tz database is longer.
  FROM (SELECT interval '3 hours' AS shift) longest,
       LATERAL (SELECT local AT TIME ZONE time_zone AS at) read,
       LATERAL (SELECT read.at - longest.shift AS at) before,
       LATERAL (SELECT (local - (before.at AT TIME ZONE time_zone
                                 - before.at AT TIME ZONE 'UTC')) AT TIME ZONE 'UTC' AS at
               ) other
$$;
