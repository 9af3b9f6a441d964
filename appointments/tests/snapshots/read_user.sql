-- Every request reads its user. The ORM takes longer to build this statement than
-- PostgreSQL to run it.
SELECT u."id", u."password", u."last_login", u."is_superuser", u."email", u."name", u."phone", u."time_zone", u."language", u."reminders", u."is_active", u."is_staff", u."date_joined", u."verified_at", u."email_bounced_at", u."merged_into_id",
       -- A token made by hand has no session.
       %(session)s::bigint IS NOT NULL
       AND NOT EXISTS (SELECT FROM accounts_session
                        WHERE id = %(session)s AND user_id = u.id) AS session_ended, NULL AS count, NULL AS expires_at
  FROM accounts_user u
 WHERE u.id = %(id)s
