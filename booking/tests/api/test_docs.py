import gzip
import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import orjson
import pytest
from django.test import RequestFactory

from booking.api.docs import SchemaView
from booking.api.openapi import document

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("debug")]

SCHEMA = "/api/v1/schema"


@pytest.mark.parametrize("page", ["docs", "redoc"])
def test_the_docs_load_nothing_from_other_hosts(api, page):
    response = api().get(f"/api/v1/{page}")

    assert response.status_code == 200
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert b"https://" not in response.content


def test_the_script_of_redoc_loads_no_logo_from_elsewhere(api):
    response = api().get("/api/v1/redoc?script")

    assert response["Content-Type"] == "text/javascript"
    assert b"Redoc" in response.content
    assert b"cdn.redoc.ly" not in response.content


def test_the_docs_keep_no_token(api):
    [script] = re.findall(
        rb'src="(/api/v1/docs[^"]*)"', api().get("/api/v1/docs").content
    )

    response = api().get(script.decode())

    assert response.status_code == 200
    assert b'"persistAuthorization": false' in response.content


def test_the_docs_sign_in_with_an_address_and_a_password(api):
    script = api().get("/api/v1/docs?script").content.decode()

    [scheme] = document.get_document_schemes()
    assert f'const SCHEME = "{scheme}";' in script
    [login] = re.findall('const LOGIN = "(.+?)";', script)
    assert api().post(login.encode().decode("unicode_escape"), {}).status_code == 400
    assert b"booking/swagger.css" in api().get("/api/v1/docs").content


@pytest.fixture
def not_built():
    """Forget the document, as in a new process."""
    document._build.cache_clear()
    document._render.cache_clear()


def test_the_first_requests_for_the_document_may_come_at_once(not_built):
    gate = Barrier(3)

    def get(accept):
        gate.wait(timeout=10)
        request = RequestFactory().get(SCHEMA, headers={"accept": accept})
        return SchemaView.as_view()(request)

    with ThreadPoolExecutor(3) as pool:
        accepted = ["application/json", "application/yaml", "application/json"]
        responses = list(pool.map(get, accepted))

    assert [response.status_code for response in responses] == [200, 200, 200]
    assert responses[0].content == responses[2].content
    assert orjson.loads(responses[0].content)["openapi"] == "3.1.0"


def test_an_unchanged_document_is_not_sent_again(api):
    first = api().get(SCHEMA, headers={"accept": "application/json"})
    headers = {"accept": "application/json", "If-None-Match": first["ETag"]}

    second = api().get(SCHEMA, headers=headers)
    as_yaml = api().get(SCHEMA, headers=headers | {"accept": "application/yaml"})

    assert second.status_code == 304
    assert second.content == b""
    assert second["ETag"] == first["ETag"]
    assert as_yaml.status_code == 200
    assert "Accept" in first["Vary"]


def test_the_document_is_compressed_for_clients_that_ask(api):
    headers = {"accept": "application/json", "Accept-Encoding": "gzip"}

    response = api().get(SCHEMA, headers=headers)
    again = api().get(SCHEMA, headers=headers | {"If-None-Match": response["ETag"]})

    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) < 40_000
    assert orjson.loads(gzip.decompress(response.content))["info"]["title"] == "Booking"
    assert again.status_code == 304
