"""A worker has places for so many requests at once; one that only waits lends its own."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

_lend: Callable[[], AbstractContextManager] = nullcontext


def set_lender(lend: Callable[[], AbstractContextManager]) -> None:
    """Choose how a place is lent, once per process. Outside of a worker, none is."""
    global _lend
    _lend = lend


def lend_place() -> AbstractContextManager:
    """Let another request have this one's place during the block, while it waits.

    It must hold no connection to the database: there are as many as places.
    """
    return _lend()
