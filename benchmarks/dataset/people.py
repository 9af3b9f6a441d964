"""SQL that fills in the people of a practice and their schedules."""

USERS = """
INSERT INTO accounts_user (id, email, name, time_zone, password, is_active, is_staff,
                           is_superuser, date_joined)
SELECT id, 'person' || id || '@example.com', 'Person ' || id, 'UTC',
       'argon2$' || md5(id::text), TRUE, id = %(staff)s, FALSE, now()
  FROM generate_series(1, %(staff)s) id
"""

FRONT_DESK = """
INSERT INTO accounts_user_groups (user_id, group_id)
SELECT %(staff)s, id FROM auth_group WHERE name = 'Front desk'
"""

SPECIALISMS = """
INSERT INTO therapists_specialism (id, name)
SELECT id, 'Specialism ' || id FROM generate_series(1, %(specialisms)s + 1) id
"""

# A fifth of the therapists lives in each of five time zones.
THERAPISTS = """
INSERT INTO therapists_therapist (id, user_id, name, time_zone, is_active, booking_mode,
                                  any_time_from, any_time_until, longest_minutes,
                                  break_minutes, start_step_minutes, notice_hours,
                                  horizon_days)
SELECT id, id, 'Therapist ' || id,
       (ARRAY['UTC', 'Europe/London', 'Europe/Berlin', 'America/New_York',
              'Asia/Kolkata'])[id %% 5 + 1],
       TRUE, 'working_hours', '00:00', '00:00', 480, id %% 3 * 5, CASE WHEN id %% 4 = 1 THEN 15 ELSE 30 END,
       0, 365
  FROM generate_series(1, %(therapists)s) id
"""

THERAPIST_SPECIALISMS = """
INSERT INTO therapists_therapist_specialisms (therapist_id, specialism_id)
-- Every therapist has three of the common specialisms.
SELECT id, (id * 7 + n * 3) %% %(specialisms)s + 1
  FROM generate_series(1, %(therapists)s) id, generate_series(0, 2) n
UNION ALL
-- One therapist in so many has the rare one as well.
SELECT id, %(specialisms)s + 1
  FROM generate_series(1, %(therapists)s) id
 WHERE id %% %(one_in)s = 1 OR %(one_in)s = 1
"""

OFFERINGS = """
INSERT INTO therapists_offering (therapist_id, type, duration)
SELECT id, type, duration
  FROM generate_series(1, %(therapists)s) id,
       (VALUES ('one-off', 60), ('consultation', 30)) offering (type, duration)
"""

WORKING_HOURS = """
INSERT INTO therapists_workinghours (therapist_id, weekday, start, "end")
SELECT id, weekday, opens::time, closes::time
       -- Therapists of one time zone work the same hours.
  FROM (VALUES (0, '{1,2,3,4,5}'::int[], '08:00', '12:00'),
               (0, '{1,2,3,4,5}', '13:00', '17:00'),
               (1, '{1,2,3,4,5}', '09:00', '12:30'),
               (1, '{1,2,3,4,5}', '13:15', '17:30'),
               (2, '{1,2,3,4}', '08:00', '13:00'),
               (2, '{2,4}', '14:00', '19:30'),
               (2, '{6}', '10:00', '14:00'),
               (3, '{1,2,3,4,5}', '09:00', '17:00'),
               (4, '{1,2,3,4,5,6}', '09:30', '13:00'),
               (4, '{1,3}', '18:00', '22:00'),
               -- Past midnight.
               (4, '{5,6}', '20:00', '01:00')) pattern (zone, weekdays, opens, closes),
       unnest(weekdays) weekday, generate_series(1, %(therapists)s) id
 WHERE id %% 5 = zone ORDER BY id
"""

ABSENCES = """
INSERT INTO therapists_absence (therapist_id, start, "end")
-- A week and two half days for each therapist, within five months around today.
SELECT id, begin, begin + CASE n WHEN 0 THEN interval '7 days' ELSE interval '4 hours' END
  FROM generate_series(1, %(therapists)s) id, generate_series(0, 2) n,
       LATERAL (SELECT (current_date + (id * 37 + n * 61) %% 300 - 150)::timestamp
                       AT TIME ZONE 'UTC' + interval '10 hours' AS begin) moment
"""

CLOSURES = """
INSERT INTO therapists_closure (start, "end", name)
SELECT current_date + days, current_date + days + abs(days) %% 2, 'Closed ' || days
  FROM unnest(ARRAY[-100, -41, 10, 39, 120]) days
"""

# In an order that satisfies the foreign keys.
STATEMENTS = [
    USERS,
    FRONT_DESK,
    SPECIALISMS,
    THERAPISTS,
    THERAPIST_SPECIALISMS,
    OFFERINGS,
    WORKING_HOURS,
    ABSENCES,
    CLOSURES,
]
