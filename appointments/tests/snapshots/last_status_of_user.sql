-- The status in which the user had the appointment last. Materialized, because otherwise
-- PostgreSQL may walk the whole history backwards.
WITH entry AS MATERIALIZED (
    SELECT pgh_id, status
      FROM appointments_appointmentevent
     WHERE pgh_obj_id = %(id)s AND client_id = %(user)s
)
SELECT status FROM entry ORDER BY pgh_id DESC LIMIT 1
