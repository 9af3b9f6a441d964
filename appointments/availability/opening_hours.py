"""The SQL functions that turn working hours into periods in UTC.

They are functions of the database, so that PostgreSQL plans their long text only for
a therapist who has hours, and so that a practice can ask for them in psql:

    SELECT * FROM opening_hours(ARRAY[3], '2027-03-01', '2027-03-08');

A change of a file needs a migration that runs it again.
"""

from pathlib import Path

FOLDER = Path(__file__).parent
# In the order in which they need one another.
FUNCTIONS = ("opening_hours_edge", "opening_hours")


def read_function(name: str) -> str:
    """Return the SQL that creates the function, or replaces it."""
    return (FOLDER / f"{name}.sql").read_text("utf-8")
