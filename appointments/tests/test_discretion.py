"""An appointment that is available again reveals nothing of its past."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.admin import change
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    NOW,
    AppointmentFactory,
    SeriesFactory,
    booking_request,
)
from appointments.tests.services.series import series_request
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"
EXPIRED = NOW + timedelta(minutes=12)


@pytest.fixture
def get_available(api):
    """Read what a stranger sees of the one appointment that is available."""

    def get():
        stranger = api(UserFactory())
        [row] = stranger.get(URL, {"status": "available"}).json()["results"]
        single = stranger.get(f"{URL}/{row['id']}")
        assert single.json() == row
        history = stranger.get(f"{URL}/{row['id']}/history")
        assert history.json() == {"results": []}
        assert "Last-Modified" not in single
        return row | {"ETag": single["ETag"]}

    return get


def publish(therapist):
    row = AppointmentFactory(therapist=therapist, available=True, start=FIRST_SESSION)
    Appointment.objects.update(updated_at=row.created_at)


def test_an_expired_hold_leaves_no_time_behind(api, clock, get_available, therapist):
    publish(therapist)
    before = get_available()
    clock.move_to(NOW + timedelta(minutes=1))
    hold = booking_request(therapist, hold=True)
    assert api(UserFactory()).post(URL, hold).status_code == 201

    clock.move_to(EXPIRED)
    expired = get_available()
    call_command("sweep")
    swept = get_available()

    assert expired == swept == before


@pytest.fixture
def cancel(api, clerk, staff, therapist):
    """Cancel the one booked or held appointment, in each way there is."""

    def run(way):
        row = Appointment.objects.filter(status__in=["booked", "held"]).first()
        url = f"{URL}/{row.pk}/cancel"
        users = {"client": row.client, "therapist": therapist.user, "staff": clerk}
        if way == "admin":
            # The session of the browser has ended meanwhile.
            staff.force_login(clerk)
            assert change(staff, row, status="cancelled").status_code == 302
        elif way == "series":
            series = f"/api/v1/series/{row.series_id}/cancel"
            assert api(row.client).post(series).status_code == 200
        else:
            assert api(users[way]).post(url).status_code == 200

    return run


@pytest.mark.parametrize("hold", [False, True], ids=["booked", "held"])
@pytest.mark.parametrize("way", ["client", "therapist", "staff", "admin"])
def test_an_appointment_published_again_keeps_its_times(
    api, clock, get_available, therapist, cancel, way, hold
):
    publish(therapist)
    before = get_available()
    clock.move_to(NOW + timedelta(minutes=1))
    request = booking_request(therapist, hold=hold)
    assert api(UserFactory()).post(URL, request).status_code == 201
    clock.move_to(NOW + timedelta(minutes=5))
    cancel(way)

    after = get_available()

    new = dict.fromkeys(("id", "ETag"))
    assert after | new == before | new
    assert not Appointment.objects.get(status="cancelled").cancelled_late


def test_a_date_of_a_series_published_again_keeps_its_times(
    api, clock, get_available, therapist, cancel
):
    publish(therapist)
    before = get_available()
    clock.move_to(NOW + HOUR)
    plan = series_request(therapist, duration=60, count=2)
    assert api(UserFactory()).post("/api/v1/series", plan).status_code == 201
    assert Appointment.objects.get(pk=before["id"]).series
    clock.move_to(NOW + 2 * HOUR)
    cancel("series")

    after = get_available()

    new = dict.fromkeys(("id", "ETag"))
    assert after | new == before | new


def test_rows_of_one_statement_have_different_etags(api, clerk):
    """PostgreSQL gives all rows that one statement writes the same version."""
    series = SeriesFactory()
    series.appointments.update(was_published=True)
    api(clerk).post(f"/api/v1/series/{series.pk}/cancel")
    again = Appointment.objects.filter(status="available")

    tags = [api(clerk).get(f"{URL}/{one.pk}")["ETag"] for one in again]

    assert len(set(tags)) == len(tags) == 2
    assert all(len(tag) == 34 for tag in tags)


def test_the_history_hides_another_diary_from_the_new_therapist(api, clerk):
    moved, colleague = AppointmentFactory(), TherapistFactory(signs_in=True)
    body = {"start": "2030-06-03T09:00Z", "therapist_id": colleague.pk}
    api(clerk).post(f"{URL}/{moved.pk}/move", body)

    entries = api(colleague.user).get(f"{URL}/{moved.pk}/history").json()["results"]

    assert [entry["what"] for entry in entries] == ["moved"]


def test_the_therapist_of_a_series_does_not_see_a_date_moved_to_a_colleague(api, clerk):
    series = SeriesFactory(therapist=TherapistFactory(signs_in=True))
    second = series.appointments.get(occurrence=2)
    body = {"start": "2030-06-03T09:00Z", "therapist_id": TherapistFactory().pk}
    api(clerk).post(f"{URL}/{second.pk}/move", body)

    occurrences = {
        name: [
            date["occurrence"]
            for date in api(user).get(f"/api/v1/series/{series.pk}").json()["dates"]
        ]
        for name, user in {
            "therapist": series.therapist.user,
            "client": series.client,
            "staff": clerk,
        }.items()
    }

    assert occurrences == {"therapist": [1], "client": [1, 2], "staff": [1, 2]}
