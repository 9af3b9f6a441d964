"""Adding an appointment, and what moving shares with it."""

from appointments.availability import rules
from appointments.services.statements.audit import told
from appointments.services.statements.compact import compact
from appointments.sql import ANSWER, CLIENT, ON_OFFER

# The candidate `c`: the therapist whom the request names, and the start it wishes.
CANDIDATE = f"""
asked AS MATERIALIZED (
    SELECT {rules.OF_THERAPIST}, t.user_id
      FROM therapists_therapist t
      LEFT JOIN therapists_offering o ON o.therapist_id = t.id AND o.type = %(type)s
     WHERE t.id = %(therapist_id)s
), slotted AS MATERIALIZED (
    SELECT * FROM asked WHERE booking_mode = 'working_hours'
), c AS MATERIALIZED (
    SELECT asked.*, w.grid_from, w.closes, %(start)s AS start, %(duration)s::int AS duration
      FROM asked LEFT JOIN ({rules.windows("slotted", "%(start)s", "%(start)s")}) w
        ON w.opens <= %(start)s AND coalesce(%(start)s < w.next_opens, TRUE)
       AND %(start)s < w.closes
)"""

# Adds an appointment, or says why not. `problem` is about the request, `reasons` are
# the rules that refuse, of which staff and the therapist are told only afterwards. Who
# is refused locks and writes nothing. What was published may be taken whatever the
# rules; withdrawn meanwhile, it is no licence to add another. The therapist's row is
# locked before the client's, so that racing writers wait instead of deadlock; overlaps
# are left to the constraints, which see what is committed meanwhile. Where what this
# rests on went during the wait (who takes part, or what was published), nothing is
# added, and the id is null.
_ADD = f"""
WITH {CANDIDATE}, wish AS MATERIALIZED (
    SELECT c.*, manages, CASE WHEN manages THEN %(client_id)s ELSE %(user)s END AS client_id
      FROM c, LATERAL (
        SELECT %(is_staff)s OR c.user_id IS NOT DISTINCT FROM %(user)s AS manages) role
), checked AS MATERIALIZED (
    SELECT c.*, {told("c.user_id")} AS told, {rules.REASONS} AS broken,
           NOT manages AND EXISTS (
                SELECT FROM appointments_appointment a
                 WHERE a.therapist_id = c.id AND a.start = %(start)s
                   AND a."end" = %(end)s AND a.type = %(type)s
                   AND {ON_OFFER}) AS on_offer,
           CASE
           WHEN manages AND %(hold)s THEN 'not_a_client'
           WHEN NOT manages AND NOT is_active THEN 'unknown_therapist'
           WHEN NOT manages AND %(client_id)s IS NOT NULL THEN 'not_yours'
           WHEN client_id = user_id THEN 'own_therapist'
           WHEN manages AND client_id IS NOT NULL AND NOT EXISTS (
                SELECT FROM accounts_user client
                 WHERE client.id = client_id AND client.is_active
                   AND (%(is_staff)s OR EXISTS (
                        SELECT FROM appointments_appointment past
                         WHERE past.client_id = client.id
                           AND past.therapist_id = c.id)))
           THEN 'unknown_client'
           END AS problem
      FROM wish c
), diary AS MATERIALIZED (
    SELECT t.id, t.break_minutes FROM therapists_therapist t
     WHERE t.id = (SELECT id FROM checked
                    WHERE problem IS NULL AND (manages OR on_offer OR broken = '{{}}'))
       AND (t.is_active OR (SELECT manages FROM checked))
       FOR NO KEY UPDATE
), person AS MATERIALIZED (
    SELECT client.id FROM accounts_user client
     WHERE client.id = (SELECT client_id FROM checked) AND EXISTS (SELECT FROM diary)
       AND client.is_active
       FOR NO KEY UPDATE
), taken AS (
    UPDATE appointments_appointment a
       SET status = CASE WHEN %(hold)s THEN 'held' ELSE 'booked' END,
           hold_expires_at = CASE WHEN %(hold)s THEN %(hold_expires_at)s END,
           client_id = person.id, updated_at = %(now)s
      FROM person
     WHERE a.therapist_id = (SELECT id FROM checked WHERE NOT manages)
       AND a.start = %(start)s AND a."end" = %(end)s
       AND a.type = %(type)s AND {ON_OFFER}
    RETURNING a.*, a.xmin::text AS version
), added AS (
    INSERT INTO appointments_appointment
           (therapist_id, client_id, type, status, start, "end", busy_until,
            was_published, hold_expires_at, overridden, created_at, updated_at)
    SELECT diary.id, person.id, %(type)s,
           CASE WHEN person.id IS NULL THEN 'available'
                WHEN %(hold)s THEN 'held' ELSE 'booked' END,
           %(start)s, %(end)s, %(end)s + diary.break_minutes * interval '1 minute',
           person.id IS NULL, CASE WHEN %(hold)s THEN %(hold_expires_at)s END,
           checked.broken, %(now)s, %(now)s
      FROM checked JOIN diary USING (id) LEFT JOIN person ON TRUE
     WHERE NOT EXISTS (SELECT FROM taken) AND (manages OR broken = '{{}}')
       AND (person.id IS NULL) = (client_id IS NULL)
    RETURNING *, xmin::text AS version
)
SELECT checked.problem,
       CASE WHEN manages OR on_offer THEN '{{}}' ELSE broken END AS reasons, {ANSWER}
  FROM checked
  JOIN therapists_therapist t ON t.id = checked.id
  LEFT JOIN (SELECT * FROM taken UNION ALL SELECT * FROM added) a ON TRUE
  {CLIENT}
"""
ADD = compact(_ADD)
