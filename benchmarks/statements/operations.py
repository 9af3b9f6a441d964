"""What changes one appointment by hand: the floor's statements, as pgbench runs them."""

from benchmarks.floor.changes_sql import CANCEL, MOVE, REPLAY, TAKE
from benchmarks.floor.sql import by_hand

PREPARE = """
INSERT INTO appointments_appointment
       (id, therapist_id, client_id, type, status, start, "end", busy_until,
        was_published, overridden, created_at, updated_at)
SELECT %(first_id)s + client * %(each)s + n,
       1 + client * %(therapists)s + n %% %(therapists)s,
       CASE WHEN %(status)s = 'booked' THEN %(first_client)s + client END,
       'one-off', %(status)s, start, start + interval '1 hour', start + interval '1 hour',
       %(status)s = 'available', '{}', to_timestamp(%(area)s), to_timestamp(%(area)s)
  FROM generate_series(0, %(clients)s - 1) client, generate_series(0, %(each)s - 1) n,
       LATERAL (SELECT to_timestamp(%(area)s) + n * interval '2 hours' AS start) moment
"""

_CALLER = "\\set client :first_client + :client_id\n"
_NEXT = """\\set n :n + 1
\\set id :first_id + :client_id * :each + :n - 1
"""
# There and back: each with two runs of the script.
_PLACE = """\\set n :n + 1
\\set m (:n - 1) / 2
\\set id :first_id + :client_id * :each + :m
\\set at :area + (:m * 2 + :n % 2) * 3600
"""
_VALUES = {
    "user": ":client",
    "password": "upper(md5(password))",
    "now": "now()",
    "request_id": "'by hand'",
    "id": ":id",
    "start": "to_timestamp(:at)",
    "reason": "''",
    "key": "'sent-again'",
}


def _script(variables, statement):
    return _CALLER + variables + by_hand(statement, **_VALUES) + ";"


SCRIPTS = {
    "take": _script(_NEXT, TAKE),
    "move": _script(_PLACE, MOVE),
    "cancel": _script(_NEXT, CANCEL),
    "replay": _script("", REPLAY),
}
