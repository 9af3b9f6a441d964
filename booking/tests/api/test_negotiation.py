import pytest

from booking.tests import codes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("debug")]

THERAPISTS = "/api/v1/therapists"


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "x", "image/*"])
def test_the_response_is_json_whatever_the_client_accepts(api, accept):
    response = api().get(THERAPISTS, HTTP_ACCEPT=accept)

    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"


@pytest.mark.parametrize("accept", ["text/xml", "application/xml", "x", "image/*"])
@pytest.mark.parametrize("page", ["schema", "docs", "redoc"])
def test_a_page_in_a_form_that_does_not_exist_is_refused_in_json(api, page, accept):
    response = api().get(f"/api/v1/{page}", HTTP_ACCEPT=accept)

    assert response.status_code == 406
    assert codes(response) == ["not_acceptable"]
