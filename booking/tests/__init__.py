"""How tests read responses of the API."""


def refusals(response):
    """Return the errors as sorted pairs of parameter and code; check their shape."""
    body = response.json()
    assert response["Content-Type"].startswith("application/json")
    assert body.keys() == {"type", "errors"}
    assert body["type"] in ("validation_error", "client_error", "server_error")
    assert (body["type"] == "server_error") == (response.status_code >= 500)
    assert body["errors"]
    for error in body["errors"]:
        assert error.keys() == {"code", "detail", "attr"}
    found = [(error["attr"], error["code"]) for error in body["errors"]]
    return sorted(found, key=lambda pair: (pair[0] or "", pair[1]))


def codes(response):
    return [code for _, code in refusals(response)]


def is_replay(response, of):
    """Say whether a response is the stored one of an earlier request."""
    assert response["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in of
    same = ("Content-Type", "ETag")
    assert [response.get(name) for name in same] == [of.get(name) for name in same]
    return (response.status_code, response.content) == (of.status_code, of.content)
