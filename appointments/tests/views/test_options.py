"""How the routes describe themselves to OPTIONS."""

import pytest

from accounts.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["appointments", "slots", "series"])
def test_a_route_describes_itself_without_internals(api, path):
    response = api(UserFactory()).options(f"/api/v1/{path}")

    assert response.status_code == 200
    description = response.data["description"]
    assert description
    assert "queryset" not in description
    assert "`" not in description
