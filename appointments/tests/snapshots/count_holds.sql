-- A client's holds: those that last, and those of one therapist within 24 hours. Only the
-- history still has a hold that expired. A row that is deleted leaves its last version.
SELECT (SELECT count(*)
          FROM appointments_appointment a
         WHERE a.client_id = %(client_id)s AND a.status = 'held'
           AND a.hold_expires_at > %(now)s) AS present,
       (SELECT count(*)
          FROM appointments_appointmentevent event
         WHERE event.client_id = %(client_id)s AND event.therapist_id = %(therapist_id)s
           AND event.status = 'held' AND event.pgh_label <> 'delete'
           AND event.updated_at > %(now)s - interval '24 hours') AS of_day
