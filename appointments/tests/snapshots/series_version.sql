-- The version changes when the series or one of its appointments changes.
SELECT md5(string_agg(id || ' ' || version, ',' ORDER BY id)) AS version
  FROM (SELECT 0 AS id, xmin::text AS version
          FROM appointments_series WHERE id = %(id)s
        UNION ALL
        SELECT id, xmin::text
          FROM appointments_appointment WHERE series_id = %(id)s) part
