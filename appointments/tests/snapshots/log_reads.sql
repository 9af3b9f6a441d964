WITH logged AS (
    INSERT INTO appointments_appointmentread
           (at, user_id, client_id, request_id, caller_request_id, address, path)
    SELECT DISTINCT %(now)s::timestamptz, %(user)s::bigint, client_id, %(request_id)s::text,
           %(caller_request_id)s::text, %(address)s::inet, %(path)s::text
      FROM unnest(%(client_ids)s::bigint[]) AS read (client_id)
    RETURNING client_id
)
SELECT count(*) FROM logged
