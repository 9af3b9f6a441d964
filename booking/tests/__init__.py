"""How tests read an error of the API. Each makes sure of the documented shape."""


def refusals(response):
    """Return what was refused as sorted pairs of parameter and code."""
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
