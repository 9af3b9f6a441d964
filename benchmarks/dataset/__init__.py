"""The practice: 1,000 therapists and a year of appointments around today.

Users have consecutive ids: the therapists come first, then the clients, then staff.
"""

from datetime import UTC, datetime, time, timedelta

THERAPISTS = 1_000
CLIENTS = 20_000
FIRST_CLIENT = THERAPISTS + 1
STAFF = FIRST_CLIENT + CLIENTS

SPECIALISMS = 20
RARE_SPECIALISM = f"Specialism {SPECIALISMS + 1}"
RARE_THERAPISTS = 50  # have the rare specialism

# The filled year ends before this moment. Cases add their appointments after it, so a
# clean-up removes all that start there.
FREE_FROM = datetime.combine(datetime.now(UTC).date(), time(), UTC) + timedelta(
    days=200
)
