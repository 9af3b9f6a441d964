import pytest

from appointments.models.statuses import Status
from appointments.tests.plans import IN_ONE_WORKER
from appointments.tests.plans.explain import count_rows_of_each
from booking.admin.lists import MOST_ROWS

pytestmark = [pytest.mark.django_db, IN_ONE_WORKER]

APPOINTMENTS, USERS = "/admin/appointments/appointment/", "/admin/accounts/user/"
PAGES = [
    (APPOINTMENTS, {}),
    (APPOINTMENTS, {"p": "10"}),
    (APPOINTMENTS, {"o": "-1"}),
    (APPOINTMENTS, {"day": "2030-03-04"}),
    *((APPOINTMENTS, {"when": when}) for when in ("today", "week", "upcoming", "past")),
    *((APPOINTMENTS, {"status__exact": status}) for status in Status),
    (APPOINTMENTS, {"status__exact": "no_show", "type__exact": "consultation"}),
    (APPOINTMENTS, {"q": "client1000077@example.com"}),
    (APPOINTMENTS, {"q": "client 1000077", "status__exact": "held"}),
    (APPOINTMENTS, {"q": "client"}),
    (APPOINTMENTS, {"q": "therapist 100007"}),
    (APPOINTMENTS, {"q": "therapist"}),
    (APPOINTMENTS, {"q": "zz"}),
    ("/admin/appointments/series/", {"q": "client1000077@example.com"}),
]


@pytest.mark.parametrize(
    ("url", "parameters"), PAGES, ids=[f"{url} {chosen}" for url, chosen in PAGES]
)
def test_no_page_of_the_admin_reads_more_than_a_part_of_the_appointments(
    million, staff, statements, url, parameters
):
    response = staff.get(url, parameters)

    assert response.status_code == 200, response.headers
    seen = [*statements]
    read = count_rows_of_each(seen, of="appointments_appointment")
    # The appointments of 1,000 clients, or of five therapists.
    assert not [sql for sql, rows in read if rows > 15 * MOST_ROWS]
    # All people may be read once.
    read = count_rows_of_each(seen)
    assert not [sql for sql, rows in read if rows > 200 * MOST_ROWS]


@pytest.mark.parametrize("parameters", [{}, {"p": "10"}, {"q": "zz"}])
def test_no_page_of_the_admin_reads_more_than_a_part_of_the_users(
    million, staff, statements, parameters
):
    response = staff.get(USERS, parameters)

    assert response.status_code == 200, response.headers
    read = count_rows_of_each(statements, of="accounts_user")
    assert not [sql for sql, rows in read if rows > 15 * MOST_ROWS]
