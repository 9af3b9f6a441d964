"""How tests search for slots and read the response."""

URL = "/api/v1/slots"
MONDAY = {"start": "2030-01-07", "end": "2030-01-07", "type": "one-off"}


def list_starts(response):
    """Return the time of each slot, without its day."""
    assert response.status_code == 200, response.content
    return [slot["start"][11:16] for slot in response.json()["results"]]
