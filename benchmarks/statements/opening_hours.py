"""Working hours as stretches of time.

No window touches another, none begins or ends near a change of clocks, all hold for good.
"""

# A `candidate` with `start` and `end` lies in the hours of therapist `t`, and starts on
# the grid of a window.
WITHIN_HOURS = """EXISTS (
           SELECT FROM generate_series(-1, 0) n,
                  -- The local day, and the one before, whose hours may pass midnight.
                  LATERAL (SELECT (candidate.start AT TIME ZONE t.time_zone)::date + n
                               AS date) local,
                  therapists_workinghours h,
                  LATERAL (SELECT
                      (date + h.start) AT TIME ZONE t.time_zone AS opens,
                      (date + h.end + CASE WHEN h.end <= h.start
                           THEN interval '1 day' ELSE interval '0' END)
                          AT TIME ZONE t.time_zone AS closes) stretch
            WHERE h.therapist_id = t.id AND h.weekday = extract(isodow FROM date)
              AND opens <= candidate.start AND candidate.end <= closes
              AND extract(epoch FROM candidate.start - opens)::int
                  %% (t.start_step_minutes * 60) = 0)"""
