"""Staff cancel all that a client has ahead."""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment, AppointmentRead
from appointments.models.statuses import Status
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    NOW,
    AppointmentFactory,
    SeriesFactory,
)
from booking.tests import codes, is_replay, refusals
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ahead():
    """Appointments that a client has ahead, in order, and others that do not count."""
    client = UserFactory()
    therapist = TherapistFactory(cancellation_notice_hours=24)
    rows = {
        "late": AppointmentFactory(
            client=client, therapist=therapist, start=NOW + 3 * HOUR
        ),
        "held": AppointmentFactory(client=client, held=True, start=NOW + 5 * HOUR),
        "published": AppointmentFactory(
            client=client, was_published=True, start=FIRST_SESSION - HOUR
        ),
        "moved": AppointmentFactory(
            client=client, moved_late=True, start=FIRST_SESSION
        ),
    }
    series = SeriesFactory(client=client)
    dates = dict(enumerate(series.appointments.order_by("occurrence"), start=1))
    AppointmentFactory(client=client, start=NOW - HOUR / 2)
    AppointmentFactory(client=client, start=FIRST_SESSION + 9 * HOUR, cancelled=True)
    AppointmentFactory(
        client=client, held=True, start=FIRST_SESSION + 8 * HOUR, hold_expires_at=NOW
    )
    AppointmentFactory()
    return client, series, rows | dates


@pytest.fixture
def cancel_all(api):
    def post(user, client, headers=None, **body):
        url = f"/api/v1/clients/{client.pk}/cancel_all"
        return api(user).post(url, body, headers=headers or {})

    return post


def list_ids(response):
    return [row["id"] for row in response.json()["appointments"]]


def test_a_preview_shows_what_would_be_cancelled_and_changes_nothing(
    cancel_all, clerk, ahead
):
    client, series, rows = ahead
    before = list(Appointment.objects.order_by("pk").values())

    response = cancel_all(clerk, client, preview=True)

    assert response.status_code == 200, response.data
    assert response.json()["preview"] is True
    assert list_ids(response) == [row.pk for row in rows.values()]
    assert response.json()["series"] == [series.pk]
    statuses = {row["status"] for row in response.json()["appointments"]}
    assert statuses == {"booked", "held"}
    assert list(Appointment.objects.order_by("pk").values()) == before


def test_all_is_cancelled_as_by_the_practice(cancel_all, clerk, ahead):
    client, series, rows = ahead

    response = cancel_all(clerk, client, reason="other")

    assert response.status_code == 200, response.data
    assert response.json()["preview"] is False
    assert list_ids(response) == [row.pk for row in rows.values()]
    assert response.json()["series"] == [series.pk]
    for row in response.json()["appointments"]:
        assert (row["status"], row["cancelled_by"]) == ("cancelled", "practice")
        assert row["cancellation_reason"] == "other"
    cancelled = Appointment.objects.filter(pk__in=list_ids(response))
    late = cancelled.filter(cancelled_late=True)
    assert set(late) == {rows["late"], rows["moved"]}
    assert not Appointment.objects.filter(client=client, status="held").exists()
    upcoming = Appointment.objects.filter(client=client, start__gt=NOW)
    assert set(upcoming.values_list("status", flat=True)) == {"cancelled"}
    series.refresh_from_db()
    assert series.updated_at >= NOW
    assert Appointment.objects.filter(status="booked").count() == 2


def test_what_was_published_is_available_again(cancel_all, clerk, ahead):
    client, _, rows = ahead

    cancel_all(clerk, client)

    [again] = Appointment.objects.filter(status=Status.AVAILABLE)
    assert again.start == rows["published"].start
    assert again.created_at == again.updated_at == rows["published"].created_at


def test_the_log_of_reads_has_the_preview(cancel_all, clerk, ahead):
    client, *_ = ahead

    cancel_all(clerk, client, preview=True)
    cancel_all(clerk, client)

    read = AppointmentRead.objects.get()
    assert (read.user_id, read.client_id) == (clerk.pk, client.pk)


def test_the_history_names_the_staff(cancel_all, get_history, clerk, ahead):
    client, _, rows = ahead

    response = cancel_all(clerk, client)

    last = get_history(clerk, rows["late"])[-1]
    assert (last["what"], last["role"]) == ("cancelled", "practice")
    assert last["user"]["id"] == clerk.pk
    assert last["request_id"] == response["X-Request-ID"]


def test_a_client_with_nothing_ahead_has_nothing_cancelled(
    cancel_all, clerk, nothing_changes
):
    client = UserFactory()

    with nothing_changes():
        response = cancel_all(clerk, client)

    assert response.json() == {"preview": False, "appointments": [], "series": []}


def test_a_deactivated_client_can_be_cancelled(cancel_all, clerk):
    row = AppointmentFactory(client__is_active=False)

    assert list_ids(cancel_all(clerk, row.client)) == [row.pk]


@pytest.mark.parametrize("change", ["added", "moved", "nothing"])
def test_it_cancels_just_what_was_previewed(cancel_all, move, clerk, ahead, change):
    client, _, rows = ahead
    etag = cancel_all(clerk, client, preview=True)["ETag"]
    if change == "added":
        AppointmentFactory(client=client, start=FIRST_SESSION + 12 * HOUR)
    if change == "moved":
        start = FIRST_SESSION + timedelta(days=100)
        assert move(clerk, rows["published"], start).status_code == 200

    response = cancel_all(clerk, client, {"If-Match": etag})

    if change == "nothing":
        assert response.status_code == 200
        assert list_ids(response) == [row.pk for row in rows.values()]
    else:
        assert refusals(response) == [(None, "precondition_failed")]
        booked = Appointment.objects.filter(client=client, status="booked")
        assert booked.filter(pk=rows["late"].pk).exists()


def test_a_practice_can_require_the_preview(cancel_all, clerk, ahead, settings):
    settings.REQUIRE_IF_MATCH = True
    client, *_ = ahead

    previewed, response = (
        cancel_all(clerk, client, preview=previews) for previews in (True, False)
    )

    assert (previewed.status_code, response.status_code) == (200, 428)


def test_a_repeated_request_gets_the_first_response(cancel_all, clerk, ahead):
    client, *_ = ahead
    key = {"Idempotency-Key": "one"}
    first = cancel_all(clerk, client, key)
    added = AppointmentFactory(client=client, start=FIRST_SESSION + 12 * HOUR)

    again = cancel_all(clerk, client, key)

    assert is_replay(again, of=first)
    added.refresh_from_db()
    assert added.status == Status.BOOKED


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"reason": "weather"}, ("reason", "invalid_choice")),
        ({"preview": "perhaps"}, ("preview", "invalid")),
        ({"Preview": True}, ("Preview", "unknown_field")),
    ],
)
def test_a_malformed_request_cancels_nothing(
    cancel_all, clerk, ahead, nothing_changes, body, refusal
):
    client, *_ = ahead

    with nothing_changes():
        response = cancel_all(clerk, client, **body)

    assert response.status_code == 400
    assert refusals(response) == [refusal]


@pytest.mark.parametrize(
    ("group", "code"),
    [("Auditor", "permission_denied"), ("", "not_found"), (None, "not_found")],
)
def test_those_without_the_rights_cancel_nothing(
    cancel_all, ahead, nothing_changes, group, code
):
    client, *_ = ahead
    user = client if group is None else UserFactory(staff=True, group=group)

    with nothing_changes():
        responses = [cancel_all(user, client, preview=one) for one in (True, False)]

    assert [codes(response) for response in responses] == [[code]] * 2


def test_staff_who_were_never_clients_are_not_found(cancel_all, clerk):
    colleague = UserFactory(staff=True)

    first = cancel_all(clerk, colleague)
    AppointmentFactory(client=colleague)
    then = cancel_all(clerk, colleague)

    assert (first.status_code, then.status_code) == (404, 200)
