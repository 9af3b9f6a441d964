"""A search without any slot reads no more than `availability.search` promises."""

import pytest

from appointments.models import Appointment
from appointments.tests.plans import IN_ONE_WORKER, execute
from appointments.tests.plans.explain import count_rows_read

pytestmark = [pytest.mark.django_db, IN_ONE_WORKER]

# Nothing is published then.
SUMMER = {"start": "2030-07-01", "end": "2030-08-31", "type": "one-off"}
THERAPISTS = 1000
NOTHING = {
    "beyond every horizon": "UPDATE therapists_therapist SET horizon_days = 60",
    "in a closure": """
INSERT INTO therapists_closure (start, "end", name)
VALUES ('2030-07-01', '2030-07-20', ''), ('2030-07-15', '2030-08-31', '')""",
    "all absent": """
INSERT INTO therapists_absence (therapist_id, start, "end")
SELECT id, start, start + interval '40 days'
  FROM therapists_therapist, unnest(ARRAY['2030-06-30'::timestamptz, '2030-08-01']) start""",
    "nobody left": "UPDATE therapists_therapist SET is_active = FALSE",
}
FULL = """
UPDATE therapists_therapist SET is_active = id < 100050;

ALTER TABLE appointments_appointment DISABLE TRIGGER USER;

INSERT INTO appointments_appointment (therapist_id, client_id, type, status, start,
                                      "end", busy_until, created_at, updated_at)
SELECT id, 1000000, 'one-off', 'booked', start, start + interval '1 hour',
       start + interval '1 hour', start, start
  FROM generate_series(100000, 100049) id,
       generate_series('2030-07-01'::timestamptz, '2030-08-30', '1 day') day,
       generate_series(day + interval '9 hours', day + interval '16 hours', '1 hour') start
 WHERE extract(isodow FROM day) < 6;

ALTER TABLE appointments_appointment ENABLE TRIGGER USER
"""
FORGET = """
SELECT pg_clear_relation_stats(schemaname, tablename),
       pg_clear_attribute_stats(schemaname, tablename, attname, FALSE)
  FROM pg_stats WHERE tablename ~ '^(therapists|appointments|accounts)_'
"""


@pytest.fixture
def count_rows(api, statements):
    """Search, and count the rows that the statement reads."""

    def count(url="/api/v1/slots", **filters):
        statements.clear()
        response = api().get(url, filters)
        assert response.status_code == 200, response.data
        [(sql, parameters)] = [*statements]
        return response.json(), count_rows_read(sql, parameters)

    return count


@pytest.mark.parametrize("page_size", [1, 50])
@pytest.mark.parametrize("is_analyzed", [True, False])
@pytest.mark.parametrize("reason", NOTHING)
def test_a_search_where_nobody_may_have_a_slot_reads_the_therapists_a_few_times(
    slotted, count_rows, reason, is_analyzed, page_size
):
    execute(NOTHING[reason])
    if not is_analyzed:
        execute(FORGET)

    page, rows = count_rows(**SUMMER, page_size=page_size)

    assert page["results"] == []
    assert page["next"] is None
    assert rows < 15 * THERAPISTS


@pytest.mark.parametrize("is_analyzed", [True, False])
def test_a_search_of_full_diaries_reads_each_appointment_about_once(
    slotted, count_rows, is_analyzed
):
    execute(FULL)
    if not is_analyzed:
        execute(FORGET)
    booked = Appointment.objects.filter(start__gte="2030-07-01T00:00Z").count()

    page, rows = count_rows(**SUMMER)

    assert page["results"] == []
    assert booked == 50 * 45 * 8
    assert rows < 1.5 * booked


def test_the_next_slot_behind_a_long_absence_reads_little(slotted, count_rows):
    execute("""
DELETE FROM appointments_appointment WHERE therapist_id = 100007;

UPDATE therapists_therapist SET horizon_days = 3650 WHERE id = 100007;

INSERT INTO therapists_absence (therapist_id, start, "end")
VALUES (100007, '2029-01-01', '2035-01-01'), (100007, '2035-01-01', '2040-01-01')""")

    slot, rows = count_rows("/api/v1/therapists/100007/next_slot", type="one-off")

    assert slot is None
    assert rows < 200
