"""Django's PostgreSQL backend, with a pool that notices a restart of the server."""

import select

import psycopg
from django.db.backends.postgresql import base
from psycopg_pool import ConnectionPool


class DatabaseWrapper(base.DatabaseWrapper):
    """Gives no request a connection that broke while it lay in the pool.

    Otherwise each of them would cost a request after the server restarted. Django's
    CONN_HEALTH_CHECKS does the same with a round trip for every request.
    """

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
    # Nobody asked, and something is there to be read: as a rule, the end.
    try:
        ConnectionPool.check_connection(connection)
    except psycopg.OperationalError:
        return True
    return False
