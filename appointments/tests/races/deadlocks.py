from django.db import connection

# A connection may report its deadlocks seconds later, but at the latest when it ends.
END_OTHER_CONNECTIONS = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
 WHERE datname = current_database() AND backend_type = 'client backend'
   AND pid <> pg_backend_pid()
"""
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


def count_deadlocks() -> int:
    """Return how many deadlocks PostgreSQL has broken; ends all other connections."""
    with connection.cursor() as cursor:
        while _fetch_value(cursor, END_OTHER_CONNECTIONS) > 0:
            # PostgreSQL's own wait takes a tenth of a second for each connection.
            cursor.execute("SELECT pg_sleep(0.002)")
        return _fetch_value(cursor, DEADLOCKS)


def _fetch_value(cursor, sql):
    cursor.execute(sql)
    return cursor.fetchone()[0]
