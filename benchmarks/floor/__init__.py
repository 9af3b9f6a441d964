"""The floor: the least that can serve the same requests.

A bare WSGI function: PyJWT, a psycopg pool, orjson and one statement by hand for each
request. Like the service it validates its input, asks whether the token's user is active
and has the same password, takes the same locks, and tells the history who acts. It knows
one role, client, and only the parameters of the cases. It explains no refusal, and
replays responses without storing any.
"""
