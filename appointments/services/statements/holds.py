"""Holds that are over."""

from appointments.services.statements.compact import compact
from appointments.sql import LAPSED

_OF = """(%(of_everybody)s OR a.therapist_id = ANY(%(therapist_ids)s)
          OR a.client_id = ANY(%(client_ids)s))"""

ARE_LAPSED = (
    f"SELECT EXISTS (SELECT FROM appointments_appointment a WHERE {LAPSED} AND {_OF})"
)

# What is available again does not tell when it was held. Of everybody, or of some
# therapists and clients. In the order of their ids, so that two who do this at once do
# not deadlock.
RELEASE_LAPSED = compact(f"""
WITH seen AS MATERIALIZED (
    SELECT a.id FROM appointments_appointment a
     WHERE {LAPSED} AND {_OF}
), lapsed AS MATERIALIZED (
    SELECT a.id, a.was_published FROM appointments_appointment a
     WHERE a.id IN (SELECT id FROM seen) AND {LAPSED}
     ORDER BY a.id FOR UPDATE
), available_again AS (
    UPDATE appointments_appointment a
       SET status = 'available', client_id = NULL, hold_expires_at = NULL,
           updated_at = a.created_at
      FROM lapsed WHERE a.id = lapsed.id AND lapsed.was_published
), removed AS (
    DELETE FROM appointments_appointment a
     USING lapsed WHERE a.id = lapsed.id AND NOT lapsed.was_published
)
SELECT count(*) FROM seen
""")
