-- The instant of an edge of working hours, which is a local time of an IANA time zone.
--
-- In a gap, when clocks go forward, it is the gap's end. In a fold, when clocks go back, a
-- local time occurs twice: a start is the first of the two instants, an end is the second.
CREATE OR REPLACE FUNCTION opening_hours_edge(
    local timestamp, time_zone text, is_end boolean
) RETURNS timestamptz
LANGUAGE sql STABLE STRICT PARALLEL SAFE
AS $$
SELECT CASE
       -- PostgreSQL reads a time in a gap with the offset from before the gap, so `read`
       -- lies after it. The gap's end is the first minute with the same offset as `read`.
       WHEN read.at AT TIME ZONE time_zone <> local THEN (
           SELECT min(minute)
             FROM generate_series(read.at - longest.shift, read.at, interval '1 minute') minute
            WHERE minute AT TIME ZONE time_zone - minute AT TIME ZONE 'UTC'
                = read.at AT TIME ZONE time_zone - read.at AT TIME ZONE 'UTC')
       -- PostgreSQL reads a time in a fold with the offset from after the fold. The offset
       -- from before gives the other instant.
       WHEN other.at AT TIME ZONE time_zone = local THEN
           CASE WHEN is_end THEN greatest(read.at, other.at)
                ELSE least(read.at, other.at) END
       ELSE read.at END
  -- No gap or fold since 2012 is longer.
  FROM (SELECT interval '3 hours' AS shift) longest,
       LATERAL (SELECT local AT TIME ZONE time_zone AS at) read,
       LATERAL (SELECT read.at - longest.shift AS at) before,
       LATERAL (SELECT (local - (before.at AT TIME ZONE time_zone
                                 - before.at AT TIME ZONE 'UTC')) AT TIME ZONE 'UTC' AS at
               ) other
$$;
