"""SQL written by hand: each statement with a name, its text and the type of its rows."""

from collections.abc import Iterator
from typing import Any, Generic, NamedTuple, TypeVar
from weakref import WeakValueDictionary

from django.db import connection
from psycopg.types.numeric import Int8

Row = TypeVar("Row", bound=tuple)
# Every statement by its name, for `manage.py show_sql` and for the reviewed snapshots.
# Composed statements leave it when their caches drop them.
STATEMENTS: WeakValueDictionary[str, "Statement"] = WeakValueDictionary()


class Statement(Generic[Row]):
    """A statement whose parameters are given by keyword and whose rows are read by name.

    The text runs exactly as it is written. `row` is a named tuple with the columns of
    the statement, in their order.
    """

    def __init__(self, name: str, text: str, row: type[Row]):
        self.name, self.text, self.row = name, text.strip(), row
        self._columns_match = False
        STATEMENTS[name] = self

    def fetch_one(self, **parameters: Any) -> Row | None:
        return next(self._rows(parameters), None)

    def fetch_all(self, **parameters: Any) -> list[Row]:
        return list(self._rows(parameters))

    def _rows(self, parameters: dict[str, Any]) -> Iterator[Row]:
        with connection.cursor() as cursor:
            cursor.execute(self.text, _widen_integers(parameters))
            self._compare_columns(cursor)
            rows = cursor.fetchall()
        return map(self.row._make, rows)

    def _compare_columns(self, cursor):
        """Compare the columns with the fields, once per process."""
        if self._columns_match:
            return
        columns = tuple(column.name for column in cursor.description)
        if columns != self.row._fields:
            raise TypeError(f"{self.name} yields {columns}, not {self.row._fields}.")
        self._columns_match = True


class Condition(NamedTuple):
    """A condition that a statement may get, and what else comes with it.

    The name becomes a part of the statement's. One of the `texts` must hold. `table` is a
    common table expression to which they refer, and `each` yields rows to which they do.
    The statement looks for a page of each text and of each row, so that all of these can
    follow an index in order.
    """

    name: str
    texts: tuple[str, ...]
    parameters: dict[str, Any] | None
    table: str = ""
    each: str = ""


def _widen_integers(parameters):
    # psycopg chooses an integer's type by its size, and PostgreSQL would plan each type.
    return {
        name: Int8(value) if type(value) is int else value
        for name, value in parameters.items()
    }
