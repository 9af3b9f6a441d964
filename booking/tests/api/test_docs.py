import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("debug")]


@pytest.mark.parametrize("page", ["docs", "redoc"])
def test_the_docs_load_nothing_from_other_hosts(api, page):
    response = api().get(f"/api/v1/{page}")

    assert response.status_code == 200
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert b"https://" not in response.content
