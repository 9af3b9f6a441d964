"""How tests tell that an answer was given before."""


def is_replay(response, of):
    assert response["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in of
    same = ("Content-Type", "ETag")
    assert [response.get(name) for name in same] == [of.get(name) for name in same]
    return (response.status_code, response.content) == (of.status_code, of.content)
