import pytest

from appointments.models.statuses import Status
from appointments.tests.plans import IN_ONE_WORKER
from appointments.tests.plans.explain import count_rows_of_each
from booking.tests import codes

pytestmark = [pytest.mark.django_db, IN_ONE_WORKER]

URL, CLIENTS = "/api/v1/appointments", "/api/v1/clients"
WEEK = {"start": "2030-01-07", "end": "2030-01-13"}
NARROWED = [
    {},
    WEEK,
    {"type": "one-off"},
    *({"status": status} for status in Status),
    *({"status": status, "type": "consultation"} for status in Status),
    {"therapist_id": 100007},
    {"specialisms": "Specialism 3,Specialism 8"},
    {"specialisms": "Specialism 3,Specialism 6", "specialisms_match": "all"},
    WEEK | {"type": "one-off", "specialisms": "Specialism 3,Specialism 8"},
    WEEK | {"type": "one-off", "therapist_id": 100007, "status": "booked"},
    {"start": "2030-11-04"},
    {"end": "2030-01-08"},
    {"ordering": "-start"},
    {"mine": "true"},
    {"mine": "true", "ordering": "-start", "status": "booked"},
    {"status": "held,completed"},
    {"status": "cancelled,no_show", "ordering": "-start", "type": "one-off"},
    {"status": "available,held,booked,completed,no_show,cancelled"},
    WEEK | {"status": "available,held", "ordering": "-start"},
]
FOR_STAFF = [
    {"client_id": 1007919},
    {"client_id": 1007919, "status": "booked,cancelled", "ordering": "-start"},
    WEEK | {"search": "client1007919"},
    {"search": "client10079", "status": "booked"},
    {"search": "client10079", "status": "held,no_show", "ordering": "-start"},
    {"search": "of whom there is none"},
]
# All therapists and their specialisms may be read, and the diary of one of them. Neither
# all clients nor the appointments of all may.
MOST_ROWS = 6_000


@pytest.mark.parametrize("role", ["client", "therapist", "staff"])
def test_no_list_reads_all_clients_or_all_diaries(api, people, statements, role):
    person = dict(zip(["client", "therapist", "staff"], people, strict=True))[role]

    for narrowed in NARROWED + (FOR_STAFF if role == "staff" else []):
        page = api(person).get(URL, narrowed | {"page_size": 3})
        assert page.status_code == 200, page.data
        if page.data["next"]:
            page = api(person).get(page.data["next"])
            api(person).get(page.data["previous"])

    assert len(statements) >= len(NARROWED)
    assert not [sql for sql, rows in count_rows_of_each(statements) if rows > MOST_ROWS]


@pytest.mark.parametrize(
    "query", [{}, {"search": "client1007919"}, {"search": "20 7946 0018"}]
)
def test_no_list_of_clients_reads_all_users(api, people, statements, query):
    page = api(people[2]).get(CLIENTS, query | {"page_size": 3})
    assert page.status_code == 200, page.data
    if page.data["next"]:
        page = api(people[2]).get(page.data["next"])
        api(people[2]).get(page.data["previous"])

    # All therapists may be read, to leave them out.
    seen = [*statements]
    read = count_rows_of_each(seen, of="accounts_user")
    assert not [sql for sql, rows in read if rows > 50]
    assert not [sql for sql, rows in count_rows_of_each(seen) if rows > MOST_ROWS]


def test_a_search_with_too_many_matches_reads_no_diary(api, people, statements):
    response = api(people[2]).get(URL, {"search": "client"})

    assert (response.status_code, codes(response)) == (400, ["too_many"])
    assert not [sql for sql in statements if "appointments_appointment" in str(sql)]
