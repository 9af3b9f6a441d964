"""Limits on changes by a user, and on searches from an address."""

import pytest
from drf_spectacular.generators import SchemaGenerator

from accounts.models import ThrottleCounter
from accounts.sessions import start_session
from accounts.tests.factories import PASSWORD, UserFactory
from accounts.tests.throttling import statuses
from appointments.tests.factories import booking_request
from booking.tests import refusals
from therapists.tests.factories import SpecialismFactory, TherapistFactory

pytestmark = pytest.mark.django_db

ME, APPOINTMENTS = "/api/v1/auth/me", "/api/v1/appointments"
SLOTS = "/api/v1/slots?type=one-off&start=2030-01-07&end=2030-01-08"


@pytest.fixture(autouse=True)
def request_rates(rates):
    rates(DEFAULT_THROTTLE_RATES={"change": "3/min", "search": "3/min"})


@pytest.fixture
def signed_in(api):
    def sign_in(**fields):
        return api(token=start_session(UserFactory(**fields)).access_token)

    return sign_in


@pytest.mark.parametrize("fields", [{}, {"staff": True}, {"is_superuser": True}])
def test_the_fourth_change_within_a_minute_is_refused(
    signed_in, nothing_changes, fields
):
    client = signed_in(**fields)
    assert statuses(client.patch(ME, {"name": str(n)}) for n in range(3)) == [200] * 3

    with nothing_changes():
        response = client.patch(ME, {"name": "Four"})

    assert response.status_code == 429
    assert refusals(response) == [(None, "throttled")]
    assert 55 <= int(response["Retry-After"]) <= 60


def test_changes_of_all_kinds_count_together(signed_in):
    client = signed_in()

    responses = [
        client.patch(ME, {}),
        client.post(APPOINTMENTS, {}),
        client.post("/add_appointment"),
        client.post("/api/v1/series/preview"),
    ]

    assert statuses(responses) == [200, 400, 400, 429]


def test_reading_neither_counts_nor_is_refused(signed_in):
    client = signed_in()
    assert statuses(client.get(ME) for _ in range(5)) == [200] * 5
    assert statuses(client.patch(ME, {}) for _ in range(4)) == [200] * 3 + [429]

    assert client.get(APPOINTMENTS).status_code == 200


def test_a_change_is_allowed_again_after_the_time_to_wait(signed_in, clock):
    client = signed_in()
    for _ in range(3):
        client.patch(ME, {})
    wait = int(client.patch(ME, {})["Retry-After"])
    clock.shift(wait)

    assert statuses(client.patch(ME, {}) for _ in range(4)) == [200] * 3 + [429]


def test_each_user_has_changes_of_their_own_from_any_address(signed_in):
    one, other = signed_in(), signed_in()
    for n in range(3):
        one.patch(ME, {}, REMOTE_ADDR=f"192.0.2.{n}")

    assert one.patch(ME, {}, REMOTE_ADDR="192.0.2.9").status_code == 429
    assert other.patch(ME, {}).status_code == 200


def test_simultaneous_changes_do_not_exceed_the_rate(signed_in, at_once):
    client = signed_in()

    responses = at_once(*[lambda: client.patch(ME, {})] * 8)

    assert sorted(statuses(responses)) == [200] * 3 + [429] * 5


def test_requests_without_a_user_count_for_nobody(api):
    deactivated = start_session(UserFactory(is_active=False)).access_token
    api().patch(ME, {})
    api(token="made-up").patch(ME, {})
    assert not ThrottleCounter.objects.exists()

    responses = [api(token=deactivated).patch(ME, {}) for _ in range(5)]

    assert statuses(responses) == [401] * 5


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_counting_needs_no_statement_of_its_own(
    signed_in, django_assert_num_queries, method
):
    client = signed_in()
    client.get(ME)

    # It reads the user. The method is not allowed here, but it is counted.
    with django_assert_num_queries(1):
        client.generic(method, ME)


@pytest.mark.django_db(transaction=True)
def test_adding_an_appointment_needs_three_statements_as_before(
    signed_in, django_assert_num_queries
):
    client, therapist = signed_in(), TherapistFactory()

    # The user, with the count; the candidate; the appointment.
    with django_assert_num_queries(3):
        response = client.post(APPOINTMENTS, booking_request(therapist))

    assert response.status_code == 201


@pytest.fixture
def paths():
    therapist, specialism = TherapistFactory(slotted=True), SpecialismFactory()
    free = f"/api/v1/therapists/{TherapistFactory().pk}/free"
    return [
        SLOTS,
        f"/api/v1/therapists/{therapist.pk}/next_slot?type=one-off",
        "/api/v1/therapists",
        f"/api/v1/therapists/{therapist.pk}",
        "/api/v1/specialisms/",
        f"/api/v1/specialisms/{specialism.pk}",
        f"{free}?start=2030-01-07&end=2030-01-07",
    ]


def test_searches_of_one_address_count_together(api, paths):
    for path in paths[:3]:
        assert api().get(path).status_code == 200

    responses = [api().get(path) for path in paths]

    assert statuses(responses) == [429] * len(paths)
    assert refusals(responses[0]) == [(None, "throttled")]
    assert 55 <= int(responses[0]["Retry-After"]) <= 60
    assert api().get(paths[0], REMOTE_ADDR="192.0.2.9").status_code == 200


def test_a_search_is_allowed_again_after_the_time_to_wait(api, paths, clock):
    for _ in range(3):
        api().get(paths[0])
    clock.shift(int(api().get(paths[0])["Retry-After"]))

    assert api().get(paths[0]).status_code == 200


def test_searches_with_a_valid_token_do_not_count(api, paths, signed_in):
    client = signed_in()

    assert statuses(client.get(paths[2]) for _ in range(5)) == [200] * 5
    assert statuses(api(token="made-up").get(paths[2]) for _ in range(4)) == [
        *[200] * 3,
        429,
    ]


def test_preflight_requests_do_not_count_as_searches(api, paths):
    for _ in range(5):
        api().options(paths[0])

    assert api().get(paths[0]).status_code == 200


def test_signing_in_is_no_change(api):
    email = UserFactory().email

    responses = [
        api().post("/login", {"email": email, "password": PASSWORD}) for _ in range(5)
    ]

    assert statuses(responses) == [200] * 5


def test_the_document_says_which_operations_are_limited():
    paths = SchemaGenerator().get_schema(public=True)["paths"]
    limited = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, operations in paths.items()
        for method, operation in operations.items()
        if "429" in operation["responses"]
    }

    assert {"GET /slots", "GET /therapists", "GET /specialisms"} <= limited
    assert {"POST /auth/login", "POST /auth/register", "PATCH /auth/me"} <= limited
    assert {"POST /appointments", "POST /auth/password"} <= limited
    assert not limited & {"GET /appointments", "GET /auth/me", "GET /closures"}
