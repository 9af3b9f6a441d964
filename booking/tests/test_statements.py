from typing import NamedTuple

import pytest

from booking.statements import STATEMENTS, Statement

pytestmark = pytest.mark.django_db

NUMBERS = "SELECT n AS number, n * n AS square FROM generate_series(1, %(last)s::int) n"


class NumberRow(NamedTuple):
    number: int
    square: int


class TypeRow(NamedTuple):
    type: str


@pytest.fixture
def declare():
    """Declare a statement for one test."""

    def create(text, row):
        return Statement("test_statement", text, row)

    yield create
    STATEMENTS.pop("test_statement", None)


def test_rows_are_read_by_name(declare):
    statement = declare(NUMBERS, NumberRow)

    rows = statement.fetch_all(last=3)

    assert [(row.number, row.square) for row in rows] == [(1, 1), (2, 4), (3, 9)]


def test_fetch_one_returns_the_first_row_or_none(declare):
    statement = declare(NUMBERS, NumberRow)

    assert statement.fetch_one(last=3) == NumberRow(number=1, square=1)
    assert statement.fetch_one(last=0) is None


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param("n * n AS square, n AS number", id="another order"),
        pytest.param("n AS number, n * n AS power", id="another name"),
        pytest.param("n AS number", id="a missing column"),
        pytest.param("n AS number, n * n AS square, 1 AS more", id="another column"),
    ],
)
@pytest.mark.parametrize("last", [3, 0], ids=["with rows", "without rows"])
def test_columns_that_differ_from_the_row_are_refused(declare, columns, last):
    text = NUMBERS.replace("n AS number, n * n AS square", columns)
    statement = declare(text, NumberRow)

    for fetch in (statement.fetch_all, statement.fetch_one):
        with pytest.raises(TypeError, match="test_statement yields"):
            fetch(last=last)


@pytest.mark.parametrize(
    ("value", "type"),
    [
        pytest.param(1, "bigint", id="a small integer"),
        pytest.param(2**15, "bigint", id="an integer of 4 bytes"),
        pytest.param(2**62, "bigint", id="an integer of 8 bytes"),
        pytest.param(True, "boolean", id="a boolean"),
        pytest.param(1.5, "double precision", id="a float"),
    ],
)
def test_integers_are_sent_as_bigint(declare, value, type):
    statement = declare("SELECT pg_typeof(%(value)s)::text AS type", TypeRow)

    assert statement.fetch_one(value=value).type == type


def test_a_statement_is_found_by_its_name(declare):
    statement = declare(NUMBERS, NumberRow)

    assert STATEMENTS["test_statement"] is statement
