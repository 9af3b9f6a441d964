INSERT INTO accounts_throttlecounter AS counter (key, count, expires_at)
VALUES (%(key)s, 1, %(expires_at)s)
ON CONFLICT (key) DO UPDATE
    SET count = CASE WHEN counter.expires_at <= %(now)s THEN 1 ELSE counter.count + 1 END,
        expires_at = CASE WHEN counter.expires_at <= %(now)s THEN EXCLUDED.expires_at
                          ELSE counter.expires_at END
RETURNING count, expires_at
