SELECT EXISTS (
    SELECT FROM appointments_appointment a
     WHERE (a.status = 'held' AND a.hold_expires_at <= %(now)s)
       AND (a.therapist_id = ANY(%(therapist_ids)s::bigint[])
            OR a.client_id = ANY(%(client_ids)s::bigint[]))) AS found
