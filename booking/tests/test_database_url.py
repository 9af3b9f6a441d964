"""DATABASE_URL: its options, and what is no URL of PostgreSQL."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from booking import env


def test_timeouts_are_options_that_the_database_url_replaces():
    url = "postgres://booking@db/booking?options=-c%20lock_timeout=9s"

    options = env.database(url, {}, {"lock_timeout": 2})["OPTIONS"]["options"]

    # PostgreSQL takes the last.
    assert options == "-c lock_timeout=2s -c lock_timeout=9s"


def test_the_database_url_can_contain_options():
    plain = env.database("postgres://booking@db/booking", {"connect_timeout": 3})
    secure = env.database("postgres://booking@db/booking?sslmode=require", {})

    assert plain["OPTIONS"] == {"connect_timeout": 3}
    assert secure["OPTIONS"] == {"sslmode": "require"}


def test_the_database_url_replaces_default_options():
    url = "postgres://booking@db/booking?connect_timeout=9&options=-c%20work_mem=8MB"
    defaults = {"connect_timeout": 3, "application_name": "x", "options": "-c jit=off"}

    assert env.database(url, defaults)["OPTIONS"] == {
        "connect_timeout": 9,
        "application_name": "x",
        "options": "-c jit=off -c work_mem=8MB",
    }


@pytest.mark.parametrize(
    "url",
    ["nonsense", "mysql://hidden@db/x", "postgres://hidden@db:x/x", "postgres://db"],
)
def test_a_database_url_that_is_none_is_refused_and_not_quoted(url):
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL") as refused:
        env.database(url, {})

    assert "hidden" not in str(refused.value)
