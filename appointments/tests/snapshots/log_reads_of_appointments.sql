WITH logged AS (
    INSERT INTO appointments_appointmentread
           (at, user_id, client_id, request_id, caller_request_id, address, path)
    SELECT DISTINCT %(now)s::timestamptz, %(user)s::bigint, client_id, %(request_id)s::text,
           %(caller_request_id)s::text, %(address)s::inet, %(path)s::text
      FROM appointments_appointment
     WHERE id = ANY(%(ids)s::bigint[]) AND client_id <> %(user)s
    RETURNING client_id
)
SELECT count(*) FROM logged
