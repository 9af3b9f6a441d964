"""How many passwords a process hashes at once: each needs 100 MB and all processors."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from threading import BoundedSemaphore, local

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection

from booking.runtime.places import lend_place

_places = BoundedSemaphore(settings.HASHES_AT_ONCE)
_thread = local()


@contextmanager
def hashing_place() -> Iterator[None]:
    """Wait for one of the places to hash, and keep it during the block.

    Blocks inside a block of the same thread need no second place. Wait outside of
    transactions: PostgreSQL ends those that are idle for long.
    """
    if getattr(_thread, "has_place", False):
        yield
        return
    _wait_for_place()
    _thread.has_place = True
    try:
        yield
    finally:
        _thread.has_place = False
        _places.release()


def give_back_connection() -> None:
    """Return the connection to the pool, right before a wait to hash.

    Outside of transactions only, and not where somebody is signed in to the admin, which
    tells its connection who acts.
    """
    if not connection.in_atomic_block:
        connection.close()


def _wait_for_place():
    if _places.acquire(blocking=False):
        return
    # Other requests go on meanwhile, if this one holds no connection that they need.
    with lend_place() if connection.connection is None else nullcontext():
        _places.acquire()


class BoundedArgon2PasswordHasher(Argon2PasswordHasher):
    """Django's Argon2, which waits for a place."""

    def encode(self, *args, **options):
        with hashing_place():
            return super().encode(*args, **options)

    def verify(self, *args, **options):
        with hashing_place():
            return super().verify(*args, **options)
