-- Whether a client may have one more upcoming appointment: true, or a violation of
-- `client_upcoming_within_limit`. A hold counts until it expires. Without a limit, true.
--
-- Volatile and not inlined, so that its query sees what is committed when it runs. A
-- statement that has waited for the lock of the client's row sees in its own queries only
-- what was committed before it began, and would not count what it waited for.
CREATE OR REPLACE FUNCTION client_has_room(
    client bigint, most bigint, moment timestamptz
) RETURNS boolean
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
    IF most IS NULL THEN
        RETURN TRUE;
    END IF;
    IF most <= (
        SELECT count(*)
          FROM (SELECT FROM appointments_appointment a
                 WHERE a.client_id = client AND a.start > moment
                   AND (a.status = 'booked'
                        OR a.status = 'held' AND a.hold_expires_at > moment)
                 LIMIT most) upcoming)
    THEN
        RAISE check_violation USING CONSTRAINT = 'client_upcoming_within_limit';
    END IF;
    RETURN TRUE;
END
$$;
