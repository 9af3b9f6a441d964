"""What is on offer tells nobody what became of it before."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    NOW,
    AppointmentFactory,
    SeriesFactory,
)
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"
LAPSED = NOW + timedelta(minutes=12)


@pytest.fixture
def seen(api):
    """What a stranger sees of the one appointment that is on offer."""

    def look():
        stranger = api(UserFactory())
        [offer] = stranger.get(URL, {"status": "available"}).json()["results"]
        return offer, stranger.get(f"{URL}/{offer['id']}")["ETag"]

    return look


def publish():
    row = AppointmentFactory(available=True, start=FIRST_SESSION)
    Appointment.objects.update(updated_at=row.created_at)


def test_a_hold_leaves_no_moment_behind_once_it_is_over(api, clock, seen):
    publish()
    before, _ = seen()
    clock.move_to(NOW + timedelta(minutes=1))
    offer = {"start": before["start"], "duration": 60, "type": "one-off", "hold": True}
    offer["therapist_id"] = before["therapist"]["id"]
    assert api(UserFactory()).post(URL, offer).status_code == 201

    clock.move_to(LAPSED)
    lapsed, _ = seen()
    call_command("sweep")
    swept, _ = seen()

    assert lapsed == swept == before


def test_what_is_published_again_is_as_old_as_it_was(api, clock, seen):
    publish()
    before, _ = seen()
    client = api(UserFactory())
    client.post(f"{URL}/{before['id']}/book")
    clock.move_to(NOW + HOUR)
    client.post(f"{URL}/{before['id']}/cancel")

    after, _ = seen()

    assert {**after, "id": None} == {**before, "id": None}


def test_what_was_changed_together_shows_no_common_tag(api, clerk):
    """PostgreSQL's versions are the same for all that one statement wrote."""
    series = SeriesFactory()
    series.appointments.update(was_published=True)
    api(clerk).post(f"/api/v1/series/{series.pk}/cancel")
    again = Appointment.objects.filter(status="available")

    tags = [api(clerk).get(f"{URL}/{one.pk}")["ETag"] for one in again]

    assert len(set(tags)) == len(tags) == 2
    assert all(len(tag) == 34 for tag in tags)


def test_a_colleague_learns_nothing_of_who_had_it_before(api, clerk):
    kept, colleague = AppointmentFactory(), TherapistFactory(signs_in=True)
    body = {"start": "2030-06-03T09:00Z", "therapist_id": colleague.pk}
    api(clerk).post(f"{URL}/{kept.pk}/move", body)

    told = api(colleague.user).get(f"{URL}/{kept.pk}/history").json()["results"]

    assert [entry["what"] for entry in told] == ["moved"]


def test_the_therapist_of_a_series_sees_no_date_in_a_colleague_s_diary(api, clerk):
    series = SeriesFactory(therapist=TherapistFactory(signs_in=True))
    second = series.appointments.get(occurrence=2)
    body = {"start": "2030-06-03T09:00Z", "therapist_id": TherapistFactory().pk}
    api(clerk).post(f"{URL}/{second.pk}/move", body)

    places = {
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

    assert places == {"therapist": [1], "client": [1, 2], "staff": [1, 2]}
