"""Whose change it is, as the statements of the diary tell the triggers that keep it."""

from booking.audit import SETTING


def told(therapist_user):
    """SQL that tells who acts, and in which role towards the therapist with that user."""
    return f"""set_config('{SETTING}', jsonb_build_object(
        'user', %(user)s::bigint, 'request_id', %(request_id)s::text,
        'role', CASE WHEN {therapist_user} = %(user)s THEN 'therapist'
                     WHEN %(is_staff)s THEN 'practice' ELSE 'client' END)::text, TRUE)"""
