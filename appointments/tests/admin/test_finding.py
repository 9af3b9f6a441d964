"""How staff find an appointment in the list: by people, day and status."""

from datetime import UTC, datetime

import pytest

from accounts.tests.factories import UserFactory
from appointments.models.statuses import Status
from appointments.tests.admin import URL
from appointments.tests.factories import NOW, AppointmentFactory, SeriesFactory
from booking.admin import lists, search

pytestmark = pytest.mark.django_db

SERIES = "/admin/appointments/series/"


@pytest.fixture
def list_rows(staff):
    def get(url=URL, **parameters):
        response = staff.get(url, parameters)
        assert response.status_code == 200, response.headers
        return list(response.context["cl"].result_list)

    return get


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("ada", True),
        ("LOVELACE ada", True),
        ("ada grace", False),
        ("grace hop", True),
        ("ho", True),
        ("op", False),
        ("'grace hopper'", True),
        ("grace@example", True),
        ("gr", True),
        ("turing", False),
        (" ", True),
    ],
)
@pytest.mark.parametrize("url", [URL, SERIES])
def test_rows_are_found_by_each_word_of_one_person(list_rows, words, is_found, url):
    series = SeriesFactory(
        therapist__name="Ada Lovelace",
        client__name="Grace Hopper",
        client__email="grace@example.com",
    )
    rows = [series] if url == SERIES else list(series.appointments.all())

    assert list_rows(url, q=words) == (rows if is_found else [])


def test_what_is_found_is_narrowed_and_in_order(list_rows):
    client = UserFactory()
    later, first = (
        AppointmentFactory(client=client, start=datetime(2030, 1, day, 9, tzinfo=UTC))
        for day in (9, 7)
    )
    AppointmentFactory(client=client, cancelled=True)

    assert list_rows(q=client.email, status__exact="booked") == [first, later]


def test_too_many_people_are_reported(staff, monkeypatch):
    monkeypatch.setattr(search, "MOST_PEOPLE", 2)
    for _ in range(3):
        AppointmentFactory(client__name="Ada")

    for url, shown in ((URL, 2), ("/admin/accounts/user/", 2)):
        response = staff.get(url, {"q": "ada"})
        assert len(response.context["cl"].result_list) == shown
        [warning] = response.context["messages"]
        assert "people match" in warning.message


def test_people_are_found_for_a_new_appointment(staff):
    ada, _ = UserFactory(name="Ada Lovelace"), UserFactory(name="Grace Hopper")
    asked = {"app_label": "appointments", "model_name": "appointment"}

    response = staff.get(
        "/admin/autocomplete/", asked | {"field_name": "client", "term": "love ada"}
    )

    assert [found["id"] for found in response.json()["results"]] == [str(ada.pk)]


@pytest.mark.usefixtures("london")
@pytest.mark.parametrize("url", [URL, SERIES])
def test_the_list_has_the_entered_day_of_the_practice(list_rows, url):
    def make(day, hour):
        start = datetime(2030, 7, day, hour, tzinfo=UTC)
        if url == SERIES:
            return SeriesFactory(start=start)
        return AppointmentFactory(start=start)

    # In London, midnight is at 23:00 UTC then.
    make(7, 22), make(8, 23)
    of_the_day = [make(7, 23), make(8, 22)]

    assert list_rows(url, day="2030-07-08") == of_the_day
    assert len(list_rows(url, day="")) == 4


@pytest.mark.parametrize(
    "parameters",
    [{"day": "8 July"}, {"day": "9999-12-31"}, {"day": "0001-01-01"}, {"day": "\x00"}],
)
@pytest.mark.usefixtures("london")
def test_a_malformed_day_is_ignored_with_a_note(staff, parameters):
    response = staff.get(URL, parameters)

    assert response.status_code in (200, 302, 400)


def test_the_form_of_the_day_keeps_the_other_filters(staff):
    page = staff.get(URL, {"status__exact": "booked", "day": "2030-07-08"})

    html = page.content.decode()
    assert '<input type="hidden" name="status__exact" value="booked">' in html
    assert 'name="day" value="2030-07-08"' in html


@pytest.mark.parametrize("status", Status)
def test_the_list_has_one_status(list_rows, status):
    rows = {
        "available": AppointmentFactory(available=True),
        "held": AppointmentFactory(held=True),
        "cancelled": AppointmentFactory(cancelled=True),
    }
    for other in ("booked", "completed", "no_show"):
        rows[other] = AppointmentFactory(status=other, start=NOW)

    assert list_rows(status__exact=status) == [rows[status]]


def test_an_unknown_status_is_refused(staff):
    response = staff.get(URL, {"status__exact": "booked' OR '1"})

    assert response.status_code == 302
    assert response["Location"].endswith("?e=1")


def test_a_list_goes_on_for_a_bounded_number_of_rows(staff, monkeypatch):
    monkeypatch.setattr(lists, "MOST_ROWS", 3)
    AppointmentFactory.create_batch(4)

    page = staff.get(URL)

    html = page.content.decode()
    assert "3 or more" in html
    assert "3 results" not in html
    assert staff.get(URL, {"status__exact": "held"}).context["cl"].result_count == 0


def test_the_columns_that_staff_look_for_come_first(staff):
    AppointmentFactory(client__name="Ada Lovelace", therapist__name="Grace Hopper")

    html = staff.get(URL).content.decode()

    columns = ["start", "status", "therapist_name", "client_name", "session"]
    places = [html.index(f"column-{name}") for name in columns]
    assert places == sorted(places)
    assert '<td class="field-client_name">Ada Lovelace</td>' in html
    assert '<td class="field-session">one-off, 60 min</td>' in html


def test_choices_of_filters_are_not_counted(staff, django_assert_num_queries):
    # Session, user, second factor, two of rights, count and page, in a savepoint.
    with django_assert_num_queries(9):
        page = staff.get(URL, {"_facets": "True"})

    assert page.status_code == 200


def test_the_url_sorts_by_nothing_that_no_index_has(list_rows):
    later = AppointmentFactory(cancelled=True)
    first = AppointmentFactory(start=NOW)

    assert list_rows(o="-0") == [later, first]
    # Not by status, the last in the alphabet first.
    assert list_rows(o="-1") == [first, later]
