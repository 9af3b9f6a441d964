"""Django's PostgreSQL backend: its pool survives a restart, and moments are read in C."""

import select

import psycopg
from django.db.backends.postgresql import base
from psycopg.adapt import AdaptersMap
from psycopg.types.datetime import TimestamptzLoader
from psycopg_pool import ConnectionPool


class DatabaseWrapper(base.DatabaseWrapper):
    """Never hands out a connection that broke while it was idle in the pool.

    Otherwise, after a restart of the server, each idle connection would fail a request.
    Django's CONN_HEALTH_CHECKS prevents that too, but costs each request a round trip.
    """

    def get_connection_params(self):
        """Read moments by psycopg's loader in C.

        Django's own is written in Python, because it can give other time zones than the
        connection's. Here that is always UTC, and a list of 50 reads 250 moments.
        """
        params = super().get_connection_params()
        params["context"] = adapters = AdaptersMap(params["context"])
        adapters.register_loader("timestamptz", TimestamptzLoader)
        return params

    def create_cursor(self, name=None):
        if name is None:
            return self.connection.cursor()
        return self.connection.cursor(
            name, scrollable=False, withhold=self.connection.autocommit
        )

    @property
    def is_read_only(self):
        """Say whether the server takes no changes: a standby, or set so.

        PostgreSQL tells the connection whenever this changes, so nothing is asked.
        """
        tell = self.connection.info.parameter_status
        return "on" in (tell("in_hot_standby"), tell("default_transaction_read_only"))

    def leave_server(self):
        """Close every idle connection, and this one: the next may find a new primary."""
        self.connection.close()
        if self.pool:
            self.pool.drain()

    def is_usable(self):
        """Check the connection after an error."""
        if self.connection is not None and self.is_read_only:
            self.leave_server()
            return False
        return super().is_usable()

    def get_new_connection(self, conn_params):
        connection = super().get_new_connection(conn_params)
        while self.pool and _is_lost(connection):
            connection.close()
            self.pool.putconn(connection)
            connection = super().get_new_connection(conn_params)
        return connection


def _is_lost(connection):
    socket = select.poll()
    socket.register(connection.fileno(), select.POLLIN)
    if not socket.poll(0):
        return False
    # Data on an idle connection usually means that the server has closed it.
    try:
        ConnectionPool.check_connection(connection)
    except psycopg.OperationalError:
        return True
    return False
