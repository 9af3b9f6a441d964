-- Deliveries of reminders that are due and were not made. A client who booked or moved
-- the appointment after that moment heard of it then.
WITH due AS (
    SELECT a.id, a.client_id, a.start,
           concat_ws('-', 'reminder', a.id, extract(epoch FROM a.start)::bigint,
                     %(hours)s::int) AS source
      FROM appointments_appointment a
     WHERE a.status = 'booked' AND a.start > %(now)s
       AND a.start <= %(now)s + %(hours)s::int * interval '1 hour'
       AND a.updated_at <= a.start - %(hours)s::int * interval '1 hour'
)
INSERT INTO notifications_delivery
       (message_id, kind, channel, user_id, appointment_id, start, source, created_at, status,
        attempts, error)
SELECT gen_random_uuid(), 'appointment.reminder', 'mail', c.id, due.id,
       due.start, due.source, %(now)s, 'pending', 0, ''
  FROM due
  JOIN accounts_user c ON c.id = due.client_id
 WHERE c.reminders AND c.is_active AND c.email IS NOT NULL
       AND NOT EXISTS (SELECT FROM notifications_delivery d
                        WHERE d.source = due.source AND d.user_id = c.id)
 LIMIT %(limit)s
-- Another worker may make some of them at the same time.
ON CONFLICT DO NOTHING
RETURNING id
