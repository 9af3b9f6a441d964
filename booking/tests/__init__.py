"""How tests read responses of the API."""

# An operation declares the refusals of these statuses one by one.
DECLARED = (409, 412, 422, 428)


def refusals(response):
    """Return the errors as sorted pairs of parameter and code.

    Checks their shape, and that the operation declares them for the OpenAPI document.
    """
    body = response.json()
    assert response["Content-Type"].startswith("application/json")
    # A refused time may come with others that are free.
    assert body.keys() - {"alternatives"} == {"type", "errors"}
    assert body["type"] in ("validation_error", "client_error", "server_error")
    assert (body["type"] == "server_error") == (response.status_code >= 500)
    assert body["errors"]
    for error in body["errors"]:
        assert error.keys() == {"code", "detail", "attr"}
    undeclared = _get_undeclared(response)
    assert not undeclared, f"{undeclared} in none of the operation's refusals"
    found = [(error["attr"], error["code"]) for error in body["errors"]]
    return sorted(found, key=lambda pair: (pair[0] or "", pair[1]))


def _get_undeclared(response):
    context = getattr(response, "renderer_context", None)
    if response.status_code not in DECLARED or context is None:
        return set()
    view = context["view"]
    handler = getattr(view, getattr(view, "action", view.request.method.lower()))
    declared = {refusal.default_code for refusal in handler.refusals}
    return {error["code"] for error in response.json()["errors"]} - declared


def codes(response):
    return [code for _, code in refusals(response)]


def is_replay(response, of):
    """Say whether a response is the stored one of an earlier request."""
    assert response["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in of
    same = ("Content-Type", "ETag")
    assert [response.get(name) for name in same] == [of.get(name) for name in same]
    return (response.status_code, response.content) == (of.status_code, of.content)
