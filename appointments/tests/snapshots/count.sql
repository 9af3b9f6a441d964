INSERT INTO accounts_throttlecounter AS counter (key, count, expires_at)
VALUES (%(key)s, 1, to_timestamp(%(now)s::float8 + %(seconds)s))
ON CONFLICT (key) DO UPDATE
    SET count = CASE WHEN counter.expires_at <= to_timestamp(%(now)s::float8) THEN 1
                     ELSE counter.count + 1 END,
        expires_at = CASE WHEN counter.expires_at <= to_timestamp(%(now)s::float8) THEN EXCLUDED.expires_at
                          ELSE counter.expires_at END
RETURNING count, expires_at
