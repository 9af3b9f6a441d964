"""The floor's statements for existing appointments, and how pgbench counts through them.

Each connection is one client, who takes the next of their own appointments each time.
"""

CLIENT = "\\set user :first_client + :client_id\n"
NEXT_APPOINTMENT = f"""{CLIENT}\\set n :n + 1
\\set id :first_id + :client_id * :each + :n - 1
"""
# An hour later, and with the next run back.
NEXT_MOVE = f"""{CLIENT}\\set n :n + 1
\\set m (:n - 1) / 2
\\set id :first_id + :client_id * :each + :m
\\set at :free_from + (:m * 2 + :n % 2) * 3600
"""
EXPRESSIONS = {
    "start": "to_timestamp(%(at)s)",
    "reason": "''",
    "key": "'sent-again'",
}
