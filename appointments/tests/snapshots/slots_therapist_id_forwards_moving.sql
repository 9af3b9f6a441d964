WITH RECURSIVE closed AS MATERIALIZED (
    -- When the practice is closed.
    SELECT coalesce(range_agg(tstzrange(closure.start::timestamp AT TIME ZONE %(practice)s, (closure.end + 1)::timestamp AT TIME ZONE %(practice)s)), '{}') AS periods
      FROM therapists_closure closure
), edge AS MATERIALIZED (
    SELECT unnest(ARRAY[lower(period), upper(period)]) AS at
      FROM closed, unnest(periods) period
), searched AS MATERIALIZED (
    -- The therapists whose slots are searched, with their absences.
    SELECT t.id, t.is_active, t.booking_mode, t.time_zone, t.any_time_from,
           t.any_time_until, t.longest_minutes, t.break_minutes,
           t.start_step_minutes, o.duration AS offered, t.notice_hours, t.horizon_days,
           %(now)s + t.notice_hours * interval '1 hour' AS notice_ends,
           %(now)s + t.horizon_days * interval '24 hours' AS horizon_ends, absent.periods AS absent
      FROM therapists_therapist t
      JOIN therapists_offering o ON o.therapist_id = t.id AND o.type = %(type)s,
           LATERAL (
               SELECT coalesce(range_agg(tstzrange(start, "end")), '{}') AS periods
                 FROM therapists_absence absence
                WHERE absence.therapist_id = t.id
                  AND absence.end > %(start)s AND absence.start < %(end)s) absent
     WHERE t.is_active AND t.booking_mode = 'working_hours'
       AND t.id = %(therapist_id)s
), scan AS (
    -- Step by step through time, until there is a page or no time is left.
    SELECT greatest(%(start)s::timestamptz, %(beyond)s) AS since, %(end)s::timestamptz AS until,
           interval '1 day' * greatest(1, least(
               7, (4 + %(limit)s / 8) / greatest(1, (SELECT count(*) FROM searched)))) AS width, 100 + 3 * %(limit)s AS openings, TRUE AS is_first,
           0::bigint AS number, NULL::timestamptz[] AS starts, NULL::timestamptz[] AS ends,
           NULL::bigint[] AS therapist_ids, NULL::bigint[] AS appointment_ids
    UNION ALL
    SELECT found.until, scan.until,
           CASE WHEN found.is_whole THEN least(scan.width * 2, %(end)s - %(start)s)
                ELSE scan.width END,
           CASE WHEN found.is_whole THEN scan.openings ELSE scan.openings * 2 END, FALSE,
           scan.number + found.number,
           found.starts, found.ends, found.therapist_ids, found.appointment_ids
      FROM scan,
           LATERAL (SELECT scan.since, least(scan.since + scan.width, scan.until, (
                       SELECT min(at) FROM edge WHERE at > scan.since)) AS until) step,
           LATERAL (
        WITH free AS (
            -- Opening hours within the step, without absences. After the first step, also
            -- without what appointments take. A break may reach past the end.
            SELECT t.*, hours.grid_from, hours.next_opens, hours.closes,
                   unnest(tstzmultirange(period) - t.absent
                          - CASE WHEN scan.is_first THEN '{}' ELSE coalesce((
                              SELECT range_agg(tstzrange(a.start, a.busy_until))
                                FROM appointments_appointment a
                               WHERE a.therapist_id = t.id
                                 AND a.status <> 'cancelled' AND (a.was_published OR NOT (a.status = 'held' AND a.hold_expires_at <= %(now)s))
                                 AND a.start > lower(period) - interval '720 minutes'
                                 AND a.start < upper(period) AND a.id <> %(ignored)s), '{}') END) AS free
              FROM opening_hours(
                       -- Null, without any therapist, calls no function.
                       nullif(ARRAY(
                           SELECT t.id
                             FROM searched t
                            WHERE t.notice_ends < step.until AND t.horizon_ends >= step.since
                              AND NOT t.absent @> tstzrange(step.since, step.until)
                              AND NOT (SELECT periods FROM closed)
                                      @> tstzrange(step.since, step.until)), '{}'),
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
            SELECT step.since, least(step.until, (
               SELECT first + interval '1 minute' FROM opening
                WHERE first <= last ORDER BY first OFFSET scan.openings LIMIT 1)) AS until, step.until AS step_until
        ), c AS MATERIALIZED (
            -- The candidates: every start of the grid in that part.
            SELECT opening.*, opening.offered AS duration, start
              FROM opening, part, LATERAL generate_series(
                       first, least(last, part.until - interval '1 microsecond'),
                       start_step_minutes * interval '1 minute') start
             WHERE (start, opening.id) > (%(beyond)s, %(beyond_id)s)
             ORDER BY start ASC, opening.id ASC
        ), slot AS (
            -- Candidates that no rule and no appointment refuses. They are checked in
            -- order, so checking ends with the page.
            (SELECT c.start, c.id AS therapist_id, NULL::bigint AS appointment_id,
                    c.start + c.duration * interval '1 minute' AS "end"
               FROM c
              WHERE (NOT c.is_active) IS NOT TRUE
                AND (c.offered IS NULL AND (
        c.booking_mode = 'working_hours'
        OR EXISTS (SELECT FROM therapists_offering o WHERE o.therapist_id = c.id))) IS NOT TRUE
                AND (c.offered <> c.duration) IS NOT TRUE
                AND (c.start <= c.notice_ends) IS NOT TRUE
                AND (c.start > c.horizon_ends) IS NOT TRUE
                AND (c.booking_mode = 'working_hours'
        AND (c.closes IS NULL OR c.start + c.duration * interval '1 minute' > c.closes)) IS NOT TRUE
                AND (c.booking_mode = 'working_hours'
        AND mod(extract(epoch FROM c.start - c.grid_from)::bigint,
                c.start_step_minutes * 60) <> 0) IS NOT TRUE
                AND (c.booking_mode = 'any_time'
        AND c.any_time_from <> c.any_time_until
        AND (c.start < opening_hours_edge((c.start AT TIME ZONE c.time_zone)::date + c.any_time_from, c.time_zone, FALSE)
             OR c.start + c.duration * interval '1 minute' > opening_hours_edge(
            (c.start AT TIME ZONE c.time_zone)::date + c.any_time_until
            + CASE c.any_time_until WHEN '00:00' THEN interval '1 day' ELSE '0' END,
            c.time_zone, c.any_time_until <> '00:00'))) IS NOT TRUE
                AND (c.booking_mode = 'any_time'
        AND c.duration > c.longest_minutes) IS NOT TRUE
                AND (EXISTS (
        SELECT FROM therapists_absence absence
         WHERE absence.therapist_id = c.id AND absence.end > c.start
           AND absence.start < c.start
               + (c.duration + c.break_minutes) * interval '1 minute')) IS NOT TRUE
                AND (EXISTS (
        SELECT FROM therapists_closure closure
         WHERE (closure.end + 1)::timestamp AT TIME ZONE %(practice)s > c.start
           AND closure.start::timestamp AT TIME ZONE %(practice)s < c.start
               + (c.duration + c.break_minutes) * interval '1 minute')) IS NOT TRUE
                AND NOT coalesce((
        SELECT a.busy_until
          FROM appointments_appointment a
         WHERE a.therapist_id = c.id AND a.status <> 'cancelled' AND (a.was_published OR NOT (a.status = 'held' AND a.hold_expires_at <= %(now)s))
           AND a.start > c.start - interval '720 minutes'
           AND a.start < c.start + (c.duration + c.break_minutes) * interval '1 minute'
           AND a.id <> %(ignored)s
         ORDER BY a.start DESC LIMIT 1) > c.start, FALSE)
                AND c.duration = %(duration)s
              ORDER BY c.start ASC, c.id ASC LIMIT %(limit)s)
            UNION ALL
            -- Available appointments, which any client may book whatever the rules say.
            (SELECT a.start, a.therapist_id, a.id, a."end"
               FROM appointments_appointment a
               JOIN therapists_therapist t ON t.id = a.therapist_id AND t.is_active
              WHERE (a.status = 'available' OR a.status = 'held' AND a.was_published)
       AND (a.status = 'available' OR a.hold_expires_at <= %(now)s)
                AND FALSE
                AND a.type = %(type)s AND a.start > %(now)s
                AND a.start >= (SELECT since FROM part)
                AND a.start < (SELECT until FROM part)
                AND (a.start, a.therapist_id) > (%(beyond)s, %(beyond_id)s)
       AND t.id = %(therapist_id)s
              ORDER BY a.start ASC, a.therapist_id ASC LIMIT %(limit)s)
            ORDER BY 1 ASC, 2 ASC LIMIT %(limit)s
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
     ORDER BY start ASC, therapist_id ASC LIMIT %(limit)s
), therapist AS MATERIALIZED (
    -- Each therapist's names are read once, not for every slot.
    SELECT t.id, t.name, t.time_zone, ARRAY(
    SELECT s.name FROM therapists_therapist_specialisms link
      JOIN therapists_specialism s ON s.id = link.specialism_id
     WHERE link.therapist_id = t.id ORDER BY s.name) AS specialisms
      FROM therapists_therapist t
     WHERE t.id = ANY(ARRAY(SELECT therapist_id FROM slot))
)
SELECT slot.start, slot."end",
       (extract(epoch FROM slot."end" - slot.start) / 60)::int AS duration,
       %(type)s AS type, slot.appointment_id, slot.therapist_id,
       therapist.name AS therapist_name, therapist.time_zone AS therapist_time_zone,
       therapist.specialisms AS therapist_specialisms
  FROM slot JOIN therapist ON therapist.id = slot.therapist_id
 ORDER BY slot.start ASC, slot.therapist_id ASC
