INSERT INTO accounts_throttlecounter AS counter (key, count, expires_at)
SELECT subject, 1, CASE WHEN subject = %(key)s
                        THEN to_timestamp(%(now)s::float8 + %(forgotten_after)s)
                        ELSE to_timestamp(%(now)s::float8 + %(seconds)s) END
  FROM unnest(%(keys)s::text[]) subject
 -- Two failures lock their counters in one order.
 ORDER BY subject
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN counter.expires_at <= to_timestamp(%(now)s::float8) THEN 1 ELSE counter.count + 1 END,
    -- The window of an account, or of an address, starts with its first failure. That of
    -- both together starts with its last.
    expires_at = CASE WHEN counter.expires_at <= to_timestamp(%(now)s::float8) OR counter.key = %(key)s
                      THEN EXCLUDED.expires_at ELSE counter.expires_at END
RETURNING count, expires_at
