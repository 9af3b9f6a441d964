"""The conditions that narrow a search to some therapists `t`, by the name of a filter."""

THERAPIST_FILTERS = {
    "therapist_id": "t.id = %(therapist_id)s",
    "therapist_ids": "t.id = ANY(%(therapist_ids)s::bigint[])",
    "specialisms": """EXISTS (
            SELECT FROM therapists_therapist_specialisms link
              JOIN therapists_specialism s ON s.id = link.specialism_id
             WHERE link.therapist_id = t.id AND lower(s.name) = ANY(%(specialisms)s))""",
    "all_specialisms": """(
            SELECT count(*) FROM therapists_therapist_specialisms link
              JOIN therapists_specialism s ON s.id = link.specialism_id
             WHERE link.therapist_id = t.id AND lower(s.name) = ANY(%(all_specialisms)s)
            ) = cardinality(%(all_specialisms)s)""",
}
