"""A therapist's series does not show when the client is busy elsewhere."""

import pytest

from appointments.models import ClientBusyRefusal, Series
from appointments.tests.factories import FIRST_SESSION, HOUR, AppointmentFactory
from appointments.tests.services.series import (
    URL,
    WEEK,
    get_url,
    list_dates,
    list_mondays,
    series_request,
)
from booking.tests import codes

pytestmark = pytest.mark.django_db

# Of four dates, the client is with a colleague on the second and on the third.
BUSY = [FIRST_SESSION + WEEK, FIRST_SESSION + 2 * WEEK]


@pytest.fixture
def client(therapist):
    client = AppointmentFactory(therapist=therapist, start=FIRST_SESSION - WEEK).client
    for start in BUSY:
        AppointmentFactory(client=client, start=start)
    return client


@pytest.fixture
def plan(therapist, client):
    return series_request(therapist, client_id=client.pk)


def test_a_preview_by_the_therapist_does_not_look_at_the_client(
    api, therapist, clerk, plan
):
    previews = {
        name: list_dates(api(user).post(f"{URL}/preview", plan))
        for name, user in {"therapist": therapist.user, "staff": clerk}.items()
    }

    mondays = list_mondays(4)
    assert previews["therapist"] == [(start, []) for start in mondays]
    busy = [[], ["client_busy"], ["client_busy"], []]
    assert previews["staff"] == list(zip(mondays, busy, strict=True))
    assert not ClientBusyRefusal.objects.exists()


def test_a_preview_by_the_therapist_is_the_same_wherever_the_client_is(
    api, therapist, client, plan
):
    off_grid = plan | {"start": "2030-01-07T09:10Z", "client_id": client.pk}
    AppointmentFactory(therapist=therapist, start=FIRST_SESSION + WEEK)
    before = api(therapist.user).post(f"{URL}/preview", off_grid)
    for number in range(1, 4):
        AppointmentFactory(client=client, start=FIRST_SESSION + number * HOUR)

    after = api(therapist.user).post(f"{URL}/preview", off_grid)

    assert after.status_code == 200
    assert after.content == before.content
    assert after.json()["dates"][1]["nearest"]["day"]


@pytest.mark.parametrize("on_conflict", ["refuse", "skip"])
def test_a_refused_series_names_no_dates_and_counts_each(
    api, therapist, plan, client, on_conflict
):
    response = api(therapist.user).post(URL, plan | {"on_conflict": on_conflict})

    assert response.status_code == 409
    assert codes(response) == ["client_busy"]
    assert "2030" not in response.content.decode()
    kept = ClientBusyRefusal.objects.order_by("start")
    assert [(one.start, one.client) for one in kept] == [(at, client) for at in BUSY]
    assert not Series.objects.exists()


def test_the_therapists_own_reasons_refuse_first_and_count_nothing(
    api, therapist, plan
):
    AppointmentFactory(therapist=therapist, start=FIRST_SESSION)

    response = api(therapist.user).post(URL, plan)

    assert response.status_code == 409
    assert list_dates(response) == [(list_mondays(1)[0], ["therapist_busy"])]
    assert not ClientBusyRefusal.objects.exists()


def test_a_date_that_fails_anyway_is_skipped_and_not_counted(api, therapist, plan):
    for start in BUSY:
        AppointmentFactory(therapist=therapist, start=start)

    response = api(therapist.user).post(URL, plan | {"on_conflict": "skip"})

    assert response.status_code == 201, response.json()
    assert [errors for _, errors in list_dates(response)] == [
        [],
        ["therapist_busy"],
        ["therapist_busy"],
        [],
    ]
    assert not ClientBusyRefusal.objects.exists()


def test_a_series_may_count_beyond_the_limit(api, therapist, plan):
    statuses = [api(therapist.user).post(URL, plan).status_code for _ in range(6)]

    assert statuses == [409] * 5 + [429]


def test_a_moved_series_names_no_dates_and_counts_each(api, series, series_therapist):
    for start in BUSY:
        AppointmentFactory(client=series.client, start=start + HOUR)

    response = api(series_therapist.user).post(
        f"{get_url(series)}/move", {"start": (FIRST_SESSION + HOUR).isoformat()}
    )

    assert response.status_code == 409
    assert codes(response) == ["client_busy"]
    assert ClientBusyRefusal.objects.count() == 2
    assert Series.objects.get().start == FIRST_SESSION


def test_clients_and_staff_see_which_dates_fail(api, clerk, client, plan):
    own = {name: value for name, value in plan.items() if name != "client_id"}

    responses = [api(clerk).post(URL, plan), api(client).post(URL, own)]

    for response in responses:
        assert [start for start, _ in list_dates(response)] == list_mondays(3)[1:]
    assert not ClientBusyRefusal.objects.exists()
