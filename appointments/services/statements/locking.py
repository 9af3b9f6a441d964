"""The lock of diaries, for whoever needs more than one statement to write."""

from appointments.services.statements.compact import compact

# First the therapists and then the clients, each in the order of their ids.
LOCK = compact("""
WITH diary AS MATERIALIZED (
    SELECT t.id FROM therapists_therapist t
     WHERE t.id = ANY(%(therapist_ids)s::bigint[]) ORDER BY t.id FOR NO KEY UPDATE
), person AS MATERIALIZED (
    SELECT client.id FROM accounts_user client
     WHERE client.id = ANY(%(client_ids)s::bigint[]) AND (SELECT count(*) FROM diary) >= 0
     ORDER BY client.id FOR NO KEY UPDATE
)
SELECT (SELECT count(*) FROM diary), (SELECT count(*) FROM person)
""")
