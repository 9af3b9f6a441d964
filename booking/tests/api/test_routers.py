import pytest
from django.urls import get_resolver

from accounts.tests.factories import UserFactory
from booking.api.health import CHECKS
from booking.api.middleware import PAGE_PREFIXES
from booking.tests import refusals
from booking.urls import urlpatterns as project_urls

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("debug")]


def get_routes(patterns=None, prefix=""):
    """Yield every route but the admin's, with the id 1."""
    for pattern in patterns or get_resolver().url_patterns:
        route = prefix + str(pattern.pattern).lstrip("^").removesuffix("$")
        if route.startswith("admin"):
            continue
        if hasattr(pattern, "url_patterns"):
            yield from get_routes(pattern.url_patterns, route)
        else:
            start, _, rest = route.partition("(?P<")
            yield "/" + (start + ("1/?" if rest else "")).removesuffix("/?")


ROUTES = sorted({*get_routes(project_urls), *CHECKS})


def test_the_list_of_routes_is_complete():
    assert {"/login", "/api/v1/appointments/1", "/livez"} <= set(ROUTES)


@pytest.mark.parametrize("url", ROUTES)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "HEAD"])
def test_a_trailing_slash_makes_no_difference(api, method, url):
    user = UserFactory()

    responses = [api(user).generic(method, url + slash) for slash in ("", "/")]

    assert responses[0].status_code == responses[1].status_code
    assert responses[0].status_code not in (301, 302, 500)
    if url.startswith(PAGE_PREFIXES):
        assert responses[0].content == responses[1].content
    elif responses[0].status_code >= 400 and method != "HEAD":
        assert refusals(responses[0]) == refusals(responses[1])
