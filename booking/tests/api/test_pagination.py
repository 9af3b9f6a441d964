"""Cursor pagination, in the directory of therapists."""

import pytest

from booking.tests import refusals
from therapists.tests.factories import (
    SpecialismFactory,
    TherapistFactory,
)

pytestmark = pytest.mark.django_db

URL = "/api/v1/therapists"
SPECIALISMS = "/api/v1/specialisms"


def walk(api, link, url):
    """Follow a link to the end; return the ids of each page."""
    pages, page = [], api().get(url)
    while page:
        assert page.status_code == 200, page.data
        pages.append([row["id"] for row in page.data["results"]])
        page = page.data[link] and api().get(page.data[link])
    return pages


def test_pages_lead_forward_and_back_through_equal_names(api):
    ids = sorted(t.pk for t in TherapistFactory.create_batch(5, name="Ada"))

    pages = walk(api, "next", f"{URL}?page_size=2&search=ada")

    assert pages == [ids[:2], ids[2:4], ids[4:]]
    second = api().get(f"{URL}?page_size=2&search=ada").data["next"]
    last = api().get(second).data["next"]
    assert walk(api, "previous", last) == [ids[4:], ids[2:4], ids[:2]]
    assert api().get(last).data["next"] is None


def test_a_page_has_50_rows_by_default_and_200_at_most(api):
    TherapistFactory.create_batch(51)

    pages = [
        api().get(URL, size) for size in ({}, {"page_size": 200}, {"page_size": 1})
    ]

    assert [len(page.json()["results"]) for page in pages] == [50, 51, 1]


def test_a_cursor_works_only_for_its_own_list(api):
    TherapistFactory.create_batch(2)
    SpecialismFactory.create_batch(2)
    cursor = api().get(URL, {"page_size": 1}).data["next"].split("cursor=")[1]
    cursor = cursor.split("&")[0]

    for url in (f"{SPECIALISMS}?", f"{URL}?search=a&"):
        response = api().get(f"{url}cursor={cursor}")
        assert response.status_code == 400
        assert refusals(response) == [("cursor", "invalid_cursor")]
    assert api().get(f"{URL}/?page_size=2&cursor={cursor}").status_code == 200
