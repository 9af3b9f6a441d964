"""How managers and auditors find rows of a log by a request and by a day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import SecurityEvent
from accounts.tests.factories import UserFactory
from booking.admin.logs import REQUEST_DAYS

pytestmark = pytest.mark.django_db

LOG = "/admin/accounts/securityevent/"


@pytest.fixture
def add_event():
    def add(days_ago, **columns):
        at = timezone.now() - timedelta(days=days_ago)
        return SecurityEvent.objects.create(kind="signed_in", at=at, **columns)

    return add


@pytest.fixture
def find(manager):
    def get_rows(**parameters):
        response = manager.get(LOG, parameters)
        assert response.status_code == 200, response.headers
        return list(response.context["cl"].result_list)

    return get_rows


@pytest.mark.parametrize("column", ["request_id", "caller_request_id"])
def test_a_request_is_found_in_the_last_days_or_in_the_chosen_one(
    add_event, find, column
):
    old = add_event(days_ago=REQUEST_DAYS + 1, **{column: "r-1"})
    recent, latest = (add_event(days_ago=days, **{column: "r-1"}) for days in (6, 0))
    add_event(days_ago=0, **{column: "r-2"})

    assert find(q="r-1") == [latest, recent]
    assert find(q="r-1", day=old.at.date().isoformat()) == [old]


def test_a_day_shows_its_rows_alone_newest_first(add_event, find):
    first, second = (add_event(days_ago=40) for _ in range(2))
    add_event(days_ago=41)

    assert find(day=first.at.date().isoformat()) == [second, first]


def test_an_account_is_found_on_any_day(add_event, find):
    person = UserFactory()
    old = add_event(days_ago=300, account=person)

    assert find(q=person.email) == [old]
    assert find(q=person.email, day=timezone.now().date().isoformat()) == []
