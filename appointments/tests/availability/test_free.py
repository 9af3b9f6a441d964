"""The stretches in which a therapist at any time is free."""

from datetime import UTC, datetime, time, timedelta

import pytest

from accounts.tests.factories import UserFactory
from appointments.tests.factories import NOW, AppointmentFactory
from booking.tests import codes, refusals
from therapists.tests.factories import (
    AbsenceFactory,
    ClosureFactory,
    OfferingFactory,
    TherapistFactory,
)

pytestmark = pytest.mark.django_db

MONDAY = {"start": "2030-01-07", "end": "2030-01-07"}
WHOLE_MONDAY = ["01-07 00:00 to 01-08 00:00"]


@pytest.fixture
def ada():
    """A therapist at any time, from 6 to 22."""
    return TherapistFactory(
        name="Ada",
        any_time_from=time(6),
        any_time_until=time(22),
        specialisms=["Sleep"],
    )


@pytest.fixture
def find(api):
    """List the free stretches of a therapist, on Monday unless days are given."""

    def get(therapist, **days):
        response = api().get(get_url(therapist), MONDAY | days)
        assert response.status_code == 200, response.content
        return [write(row) for row in response.json()["results"]]

    return get


def get_url(therapist):
    return f"/api/v1/therapists/{therapist.pk}/free"


def write(row):
    return f"{write_moment(row['start'])} to {write_moment(row['end'])}"


def write_moment(text):
    return text[5:16].replace("T", " ")


def at(hour, minute=0, day=7):
    return datetime(2030, 1, day, hour, minute, tzinfo=UTC)


def test_a_stretch_names_the_therapist_and_no_client(api, ada):
    AppointmentFactory(therapist=ada, start=at(10), end=at(18))
    AbsenceFactory(therapist=ada, start=at(18), end=at(22))

    response = api().get(get_url(ada), MONDAY)

    therapist = {"id": ada.pk, "name": "Ada", "specialisms": ["Sleep"]}
    stretch = {"start": "2030-01-07T06:00:00Z", "end": "2030-01-07T10:00:00Z"}
    assert response.json() == {
        "next": None,
        "previous": None,
        "results": [stretch | {"therapist": therapist | {"time_zone": "UTC"}}],
    }


def test_each_day_is_a_stretch_of_its_own(find, ada):
    assert find(ada, end="2030-01-08") == [
        "01-07 06:00 to 01-07 22:00",
        "01-08 06:00 to 01-08 22:00",
    ]


def test_days_around_the_clock_are_one_stretch(find):
    therapist = TherapistFactory()

    assert find(therapist, end="2030-01-09") == ["01-07 00:00 to 01-10 00:00"]


def test_a_day_until_midnight_ends_there(find):
    therapist = TherapistFactory(any_time_from=time(18))

    assert find(therapist, end="2030-01-08") == [
        "01-07 18:00 to 01-08 00:00",
        "01-08 18:00 to 01-09 00:00",
    ]


def test_days_of_the_practice_cut_those_of_the_therapist_s_clock(find, ada):
    ada.time_zone = "Pacific/Auckland"
    ada.save()

    # From 6 to 22 in Auckland.
    assert find(ada) == ["01-07 00:00 to 01-07 09:00", "01-07 17:00 to 01-08 00:00"]


def test_the_break_must_fit_too(find):
    therapist = TherapistFactory(break_minutes=15)
    AppointmentFactory(therapist=therapist, start=at(10))
    AbsenceFactory(therapist=therapist, start=at(14), end=at(15))
    AppointmentFactory(therapist=therapist, start=at(0, day=8))

    assert find(therapist) == [
        "01-07 00:00 to 01-07 09:45",
        "01-07 11:15 to 01-07 13:45",
        "01-07 15:00 to 01-07 23:45",
    ]


def test_the_break_may_reach_past_the_end_of_the_day(find, ada):
    ada.break_minutes = 30
    ada.save()

    assert find(ada) == ["01-07 06:00 to 01-07 22:00"]


def test_a_closed_day_has_no_stretch(find, ada):
    ClosureFactory(start="2030-01-07", end="2030-01-07")

    assert find(ada, end="2030-01-08") == ["01-08 06:00 to 01-08 22:00"]


@pytest.mark.parametrize(
    ("appointment", "is_free"),
    [
        ({"cancelled": True}, True),
        ({"held": True}, False),
        ({"held": True, "hold_expires_at": NOW}, True),
        ({"held": True, "hold_expires_at": NOW, "was_published": True}, False),
        ({"available": True}, False),
        ({"type": "consultation"}, False),
    ],
)
def test_what_occupies_the_diary_is_not_free(find, appointment, is_free):
    therapist = TherapistFactory()
    AppointmentFactory(therapist=therapist, start=at(0), end=at(8), **appointment)

    assert find(therapist) == (
        WHOLE_MONDAY if is_free else ["01-07 08:00 to 01-08 00:00"]
    )


def test_the_diaries_of_others_do_not_matter(find):
    therapist = TherapistFactory()
    AppointmentFactory(start=at(9))
    AbsenceFactory(start=at(12), end=at(13))

    assert find(therapist) == WHOLE_MONDAY


def test_stretches_too_short_for_any_appointment_are_left_out(find, ada):
    AbsenceFactory(therapist=ada, start=at(6, 4), end=at(9))
    AbsenceFactory(therapist=ada, start=at(9, 5), end=at(22))

    assert find(ada) == ["01-07 09:00 to 01-07 09:05"]


def test_a_stretch_begins_in_the_minute_after_the_notice(api, find, clock):
    clock.move_to(at(8, 30))
    therapist = TherapistFactory(notice_hours=2)

    assert find(therapist) == ["01-07 10:31 to 01-08 00:00"]
    assert book(api, therapist, at(10, 30)) == ["too_soon"]
    assert book(api, therapist, at(10, 31)) == []


def test_nothing_is_free_in_the_past(find):
    assert find(TherapistFactory(), start="2029-11-25", end="2029-12-01") == [
        "12-01 08:01 to 12-02 00:00"
    ]


def test_stretches_end_at_the_horizon(find):
    therapist = TherapistFactory(horizon_days=37)

    assert find(therapist, end="2030-01-09") == ["01-07 00:00 to 01-07 08:00"]
    assert find(therapist, start="2030-01-08", end="2030-01-09") == []


# Hours from 1 to 3 of Lisbon's islands, whose clocks go from 0 to 1 and from 1 to 0.
@pytest.mark.parametrize(
    ("day", "hours", "stretches"),
    [
        ("2030-03-31", (0, 3), ["03-31 01:00 to 03-31 03:00"]),
        ("2030-10-27", (0, 3), ["10-27 00:00 to 10-27 04:00"]),
        # The day before ends at the first midnight, where the next begins.
        ("2030-10-26", (20, 0), ["10-26 20:00 to 10-27 00:00"]),
    ],
)
def test_a_change_of_the_clock_shortens_or_lengthens_a_day(
    api, find, day, hours, stretches
):
    opens, closes = map(time, hours)
    therapist = TherapistFactory(
        time_zone="Atlantic/Azores", any_time_from=opens, any_time_until=closes
    )
    last = (datetime.fromisoformat(day) + timedelta(days=1)).date().isoformat()

    found = find(therapist, start=day, end=last)

    assert found[: len(stretches)] == stretches
    end = datetime.fromisoformat(f"2030-{stretches[0][-11:]}+00:00")
    assert book(api, therapist, end - timedelta(minutes=30), duration=30) == []
    late = end - timedelta(minutes=29)
    assert book(api, therapist, late, duration=30) == ["outside_any_time"]


def test_days_that_only_touch_stay_apart(api, find):
    # Santiago's clocks go from 0 to 1 on this day, and both edges are that moment.
    therapist = TherapistFactory(
        time_zone="America/Santiago", any_time_from=time(0, 30)
    )

    found = find(therapist, start="2030-09-07", end="2030-09-08")

    assert found[1:] == ["09-07 04:30 to 09-08 04:00", "09-08 04:00 to 09-09 00:00"]
    across = datetime(2030, 9, 8, 3, 30, tzinfo=UTC)
    assert book(api, therapist, across) == ["outside_any_time"]


def test_pages_repeat_and_skip_nothing(api, ada):
    AppointmentFactory(therapist=ada, start=at(12))
    url = get_url(ada) + "?start=2030-01-07&end=2030-01-09"
    everything = [write(row) for row in api().get(url).json()["results"]]

    forwards, page = [], api().get(f"{url}&page_size=1").json()
    while page["results"]:
        forwards += [write(row) for row in page["results"]]
        last, page = page, api().get(page["next"]).json() if page["next"] else {}
        page = page or {"results": []}
    backwards = [write(row) for row in last["results"]]
    while last["previous"]:
        last = api().get(last["previous"]).json()
        backwards += [write(row) for row in last["results"]]

    assert len(everything) == 4
    assert forwards == everything
    assert backwards == everything[::-1]


def test_the_next_page_does_not_repeat_a_stretch_that_now_begins_later(api, clock, ada):
    url = get_url(ada) + "?start=2029-12-01&end=2029-12-02&page_size=1"
    first = api().get(url).json()
    clock.move_to(NOW + timedelta(minutes=5))

    second = api().get(first["next"]).json()

    assert [write(row) for row in second["results"]] == ["12-02 06:00 to 12-02 22:00"]


def test_a_search_takes_two_statements(api, ada, django_assert_num_queries):
    AppointmentFactory.create_batch(5, therapist=ada)

    # The therapist, the stretches.
    with django_assert_num_queries(2):
        api().get(get_url(ada), {"start": "2030-01-07", "end": "2030-02-06"})


def test_31_days_are_searched_and_not_32(api, ada):
    assert len(api().get(get_url(ada), MONDAY | {"end": "2030-02-06"}).data) == 3

    response = api().get(get_url(ada), MONDAY | {"end": "2030-02-07"})

    assert response.status_code == 400
    assert refusals(response) == [("end", "too_long")]
    assert api().get("/api/v1/practice").json()["limits"]["free_days"] == 31


@pytest.mark.parametrize(
    ("parameters", "refused"),
    [
        ({}, [("end", "required"), ("start", "required")]),
        ({"start": "2030-01-07"}, [("end", "required")]),
        ({"start": "2030-01-07", "end": "2030-01-06"}, [("end", "inverted")]),
        ({"start": "tomorrow", "end": "2030-01-07"}, [("start", "invalid")]),
        (MONDAY | {"type": "one-off"}, [("type", "unknown_parameter")]),
        (MONDAY | {"page_size": "0"}, [("page_size", "invalid")]),
        (MONDAY | {"cursor": "x"}, [("cursor", "invalid_cursor")]),
    ],
)
def test_a_period_that_is_not_one_is_refused(api, ada, parameters, refused):
    response = api().get(get_url(ada), parameters)

    assert response.status_code == 400
    assert sorted(refusals(response)) == refused


def test_a_therapist_with_slots_has_these_only(api):
    therapist = TherapistFactory(slotted=True)

    response = api().get(get_url(therapist), MONDAY)

    assert response.status_code == 422
    assert refusals(response) == [(None, "only_in_slots")]


def test_a_therapist_who_is_not_listed_is_not_found(api):
    inactive = TherapistFactory(is_active=False)

    assert api().get(get_url(inactive), MONDAY).status_code == 404
    assert api().get("/api/v1/therapists/987654/free", MONDAY).status_code == 404


def test_offerings_limit_what_fits_into_a_stretch(api, find, ada):
    OfferingFactory(therapist=ada, duration=50)

    assert find(ada) == ["01-07 06:00 to 01-07 22:00"]
    assert book(api, ada, at(6), duration=50) == []
    assert book(api, ada, at(8), duration=60) == ["wrong_duration"]


def book(api, therapist, start, duration=60):
    """Return the codes with which a client's booking is refused."""
    body = {"start": start.isoformat(), "duration": duration, "type": "one-off"}
    response = api(UserFactory()).post(
        "/api/v1/appointments", body | {"therapist_id": therapist.pk}
    )
    return [] if response.status_code == 201 else codes(response)
