import pytest

pytestmark = pytest.mark.django_db

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def test_a_browser_gets_a_page_with_the_ways_on(client, settings):
    settings.PRACTICE_NAME = "Elm & Sons"

    response = client.get("/", headers={"Accept": BROWSER})

    page = response.content.decode()
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/html")
    assert "<h1>Elm &amp; Sons</h1>" in page
    for path in ("/admin/", "/api/v1/docs", "/api/v1/redoc", "/api/v1/schema"):
        assert f'href="{path}"' in page
    assert "<script" not in page
    assert "style=" not in page
    assert "Accept" in response["Vary"]


@pytest.mark.parametrize("accepted", ["*/*", "application/json", "", "image/png"])
def test_other_clients_get_json(client, settings, accepted):
    settings.PRACTICE_NAME = "Elm Street"

    response = client.get("/", headers={"Accept": accepted})

    assert response.status_code == 200
    assert response.json() == {
        "name": "Elm Street",
        "docs": "/api/v1/docs",
        "schema": "/api/v1/schema",
        "practice": "/api/v1/practice",
        "admin": "/admin/",
    }


def test_parameters_of_campaigns_are_ignored(client):
    assert client.get("/?utm_source=x&utm_source=y").status_code == 200


def test_head_has_no_body_and_post_is_refused(client):
    head, post = client.head("/"), client.post("/")

    assert (head.status_code, head.content) == (200, b"")
    assert post.status_code == 405
    assert post.json()["errors"][0]["code"] == "method_not_allowed"


def test_the_icon_is_found(client):
    response = client.get("/favicon.ico")

    assert response.status_code == 200
    assert response["Content-Type"] == "image/x-icon"
    assert response.content.startswith(b"\x00\x00\x01\x00")


def test_the_admin_leads_to_the_page(staff):
    page = staff.get("/admin/").content.decode()

    assert '<a href="/">View site</a>' in page
