import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking.tests import codes, refusals
from therapists.models import Specialism
from therapists.tests.factories import (
    OfferingFactory,
    SpecialismFactory,
    TherapistFactory,
)

pytestmark = pytest.mark.django_db

URL = "/api/v1/therapists"
SPECIALISMS = "/api/v1/specialisms"


def names(response):
    assert response.status_code == 200, response.content
    return [row["name"] for row in response.json()["results"]]


@pytest.fixture
def directory():
    """Three therapists who work with different things."""
    return [
        TherapistFactory(name="Ada", specialisms=["Addiction", "Anxiety"]),
        TherapistFactory(name="Bob", specialisms=["Anxiety", "Ängste", "Straße"]),
        TherapistFactory(name="Çağla Groß", specialisms=["Sleep"]),
    ]


def test_the_directory_shows_offerings_and_specialisms(api):
    therapist = TherapistFactory(
        name="Ada", time_zone="Europe/Paris", specialisms=["Anxiety", "Addiction"]
    )
    OfferingFactory(therapist=therapist, type="one-off", duration=50)
    OfferingFactory(therapist=therapist, type="consultation", duration=20)

    response = api().get(f"{URL}/{therapist.pk}")

    assert response.status_code == 200
    assert response.json() == {
        "id": therapist.pk,
        "name": "Ada",
        "time_zone": "Europe/Paris",
        "booking_mode": "any_time",
        "any_time_from": "00:00",
        "any_time_until": "00:00",
        "longest_minutes": 480,
        "specialisms": ["Addiction", "Anxiety"],
        "offerings": [
            {"type": "consultation", "duration": 20},
            {"type": "one-off", "duration": 50},
        ],
    }
    assert api().get(URL).json()["results"] == [response.json()]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["Ada", "Bob", "Çağla Groß"]),
        ({"specialisms": "Addiction"}, ["Ada"]),
        ({"specialisms": "aDDICTION"}, ["Ada"]),
        ({"specialisms": "ängste"}, ["Bob"]),
        ({"specialisms": "ÄNGSTE"}, ["Bob"]),
        ({"specialisms": "STRAßE"}, ["Bob"]),
        ({"specialisms": "anxiety,sleep"}, ["Ada", "Bob", "Çağla Groß"]),
        ({"specialisms": " anxiety , sleep ,"}, ["Ada", "Bob", "Çağla Groß"]),
        (
            {"specialisms": "anxiety,sleep", "specialisms_match": "any"},
            ["Ada", "Bob", "Çağla Groß"],
        ),
        ({"specialisms": "anxiety,sleep", "specialisms_match": "all"}, []),
        ({"specialisms": "anxiety,ÄNGSTE", "specialisms_match": "all"}, ["Bob"]),
        (
            {"specialisms": "anxiety,Anxiety", "specialisms_match": "all"},
            ["Ada", "Bob"],
        ),
        ({"specialisms": "Anxiety,Chess", "specialisms_match": "all"}, []),
        ({"specialisms": "Anxiety,Chess"}, ["Ada", "Bob"]),
        ({"specialisms": "Chess"}, []),
        ({"specialisms": "Anx"}, []),
        ({"specialisms": "Anx%"}, []),
        ({"search": "b"}, ["Bob"]),
        ({"search": "ÇAĞ"}, ["Çağla Groß"]),
        ({"search": "çağ"}, ["Çağla Groß"]),
        ({"search": "groß"}, ["Çağla Groß"]),
        ({"search": "%"}, []),
        ({"search": "_"}, []),
        ({"search": "\\"}, []),
        ({"search": "a", "specialisms": "addiction"}, ["Ada"]),
    ],
)
def test_the_filters_narrow_the_list(api, directory, query, found):
    assert names(api().get(URL, query)) == found


def test_the_type_filter_keeps_therapists_who_offer_it(api):
    both = TherapistFactory(name="Both")
    OfferingFactory(therapist=both, type="one-off")
    OfferingFactory(therapist=both, type="consultation")
    OfferingFactory(therapist__name="One-off", type="one-off")
    OfferingFactory(therapist__name="Consultation", type="consultation")
    TherapistFactory(name="Everything: no offerings")

    assert names(api().get(URL, {"type": "one-off"})) == [
        "Both",
        "Everything: no offerings",
        "One-off",
    ]


@pytest.mark.parametrize(
    ("query", "refused"),
    [
        ("type=group", ("type", "invalid_choice")),
        ("specialisms_match=most", ("specialisms_match", "invalid_choice")),
        ("colour=red", ("colour", "unknown_parameter")),
        ("Search=a", ("Search", "unknown_parameter")),
        ("search=a&search=b", ("search", "repeated")),
        ("search=%00", ("search", "null_characters_not_allowed")),
        ("specialisms=%00", ("specialisms", "null_characters_not_allowed")),
        ("specialisms=" + "x," * 51, ("specialisms", "too_many")),
        ("page_size=0", ("page_size", "invalid")),
        ("page_size=-1", ("page_size", "invalid")),
        ("page_size=201", ("page_size", "invalid")),
        ("page_size=1000000000", ("page_size", "invalid")),
        ("page_size=1.5", ("page_size", "invalid")),
        ("page_size=", ("page_size", "invalid")),
        ("page_size=%D9%A3", ("page_size", "invalid")),
        ("cursor=x", ("cursor", "invalid_cursor")),
        ("cursor=", ("cursor", "invalid_cursor")),
    ],
)
def test_an_unknown_or_malformed_parameter_is_refused(api, query, refused):
    response = api().get(f"{URL}?{query}")

    assert response.status_code == 400
    assert refusals(response) == [refused]


@pytest.mark.parametrize("query", ["search=zoe", "type=group", "colour=red"])
def test_a_single_row_is_read_without_parameters(api, query):
    ada, sleep = TherapistFactory(), SpecialismFactory()

    therapist = api().get(f"{URL}/{ada.pk}?{query}")
    specialism = api().get(f"/api/v1/specialisms/{sleep.pk}?{query}")

    refused = [(query.partition("=")[0], "unknown_parameter")]
    assert (therapist.status_code, specialism.status_code) == (400, 400)
    assert refusals(therapist) == refusals(specialism) == refused


def test_inactive_therapists_are_not_in_the_directory(api):
    gone = TherapistFactory(is_active=False, specialisms=["Anxiety"])

    assert names(api().get(URL)) == []
    assert names(api().get(URL, {"specialisms": "Anxiety"})) == []
    hidden, missing = api().get(f"{URL}/{gone.pk}"), api().get(f"{URL}/{gone.pk + 1}")
    assert (hidden.status_code, hidden.content) == (404, missing.content)


@pytest.mark.parametrize("url", [URL, SPECIALISMS])
@pytest.mark.parametrize("id", ["0", "-1", "abc", "9" * 20, "9" * 5000, "1.5", "%00"])
def test_a_malformed_id_is_not_found(api, url, id):
    response = api().get(f"{url}/{id}")

    assert response.status_code == 404
    assert codes(response) == ["not_found"]


def test_specialisms_are_listed_by_name(api):
    for name in ["Trauma", "Anxiety", "Ängste"]:
        SpecialismFactory(name=name)

    response = api().get(SPECIALISMS, {"search": "äNG"})

    assert names(response) == ["Ängste"]
    assert set(names(api().get(SPECIALISMS))) == {"Anxiety", "Trauma", "Ängste"}
    one = Specialism.objects.get(name="Anxiety")
    assert api().get(f"{SPECIALISMS}/{one.pk}").json() == {
        "id": one.pk,
        "name": "Anxiety",
    }


def test_the_number_of_queries_does_not_grow_with_the_rows(api):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            names(api().get(URL, {"specialisms": "Anxiety,Sleep", "type": "one-off"}))
        return len(captured)

    OfferingFactory(therapist=TherapistFactory(specialisms=["Anxiety"]))
    few = queries()
    for _ in range(10):
        OfferingFactory(therapist=TherapistFactory(specialisms=["Anxiety", "Sleep"]))

    assert queries() == few == 3


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("url", [URL, SPECIALISMS])
def test_the_directory_is_read_only(api, nothing_changes, url, method):
    with nothing_changes():
        response = getattr(api(), method)(url, {"name": "Eve"})

    assert response.status_code == 405
    assert codes(response) == ["method_not_allowed"]
