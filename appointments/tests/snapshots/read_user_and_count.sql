-- For a request that changes something. It is counted here to save a round trip.
WITH counted AS (
    INSERT INTO accounts_throttlecounter AS counter (key, count, expires_at)
    SELECT %(key)s, 1, to_timestamp(%(now)s::float8 + %(seconds)s) FROM accounts_user WHERE id = %(id)s
    ON CONFLICT (key) DO UPDATE
    SET count = CASE WHEN counter.expires_at <= to_timestamp(%(now)s::float8) THEN 1
                     ELSE counter.count + 1 END,
        expires_at = CASE WHEN counter.expires_at <= to_timestamp(%(now)s::float8) THEN EXCLUDED.expires_at
                          ELSE counter.expires_at END
    RETURNING count, expires_at
)
SELECT u."id", u."password", u."last_login", u."is_superuser", u."email", u."name", u."phone", u."time_zone", u."language", u."reminders", u."is_active", u."is_staff", u."date_joined", u."verified_at", u."email_bounced_at", u."merged_into_id",
       -- A token made by hand has no session.
       %(session)s::bigint IS NOT NULL
       AND NOT EXISTS (SELECT FROM accounts_session
                        WHERE id = %(session)s AND user_id = u.id) AS session_ended, counted.count, counted.expires_at
  FROM accounts_user u CROSS JOIN counted
 WHERE u.id = %(id)s
