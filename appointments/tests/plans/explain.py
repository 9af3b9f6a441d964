"""Runs a statement as the service does, by one plan for any parameters, and explains it."""

import json
import re
from datetime import datetime
from itertools import count

from django.db import connection
from psycopg.sql import Literal

# psycopg sends the types along; here they follow from where a parameter stands, or from
# its value, except:
TYPES = {"beyond": "timestamptz", "practice": "text"}
PARAMETER = re.compile(r"%(?:\((\w+)\))?s")


def count_rows_read(sql, parameters, of=None):
    """Return how many rows the statement's scans read, whether or not it uses them.

    Rows of the statement's own parts count too. With `of`, the rows of that table alone
    count.
    """
    nodes = [*list_nodes(explain(sql, parameters))]
    if of is not None:
        nodes = [node for node in nodes if node.get("Relation Name") == of]
    return round(sum(_get_rows_read(node) for node in nodes))


def count_rows_of_each(statements, of=None):
    """Return each statement with the rows that it reads."""
    # The collecting goes on, but not into this copy.
    return [(sql, count_rows_read(sql, values, of)) for sql, values in [*statements]]


def explain(sql, parameters):
    """Return the root of the statement's plan."""
    text, values = _number_parameters(sql, parameters)
    with connection.cursor() as cursor:
        cursor.execute(f"PREPARE explained AS {text}")
        try:
            arguments = ", ".join(Literal(value).as_string() for value in values)
            call = f"EXECUTE explained ({arguments})" if values else "EXECUTE explained"
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {call}")
            [[plan]] = cursor.fetchall()
        finally:
            cursor.execute("DEALLOCATE explained")
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return plan[0]["Plan"]


def _number_parameters(sql, parameters):
    """Write parameters as PREPARE has them; return their values in that order."""
    numbers, values, positions = {}, [], count()

    def write(match):
        name = match[1] or next(positions)
        if name not in numbers:
            values.append(parameters[name])
            numbers[name] = len(values)
        is_moment = isinstance(parameters[name], datetime)
        type = "timestamptz" if is_moment else TYPES.get(name)
        return f"${numbers[name]}" + (f"::{type}" if type else "")

    return PARAMETER.sub(write, sql).replace("%%", "%"), values


def list_nodes(plan):
    """Yield every node of a plan."""
    yield plan
    for child in plan.get("Plans", []):
        yield from list_nodes(child)


def _get_rows_read(node):
    if not node.keys() & {"Relation Name", "Function Name", "CTE Name"}:
        return 0
    dropped = sum(node[key] for key in node if key.startswith("Rows Removed by"))
    return (node["Actual Rows"] + dropped) * node["Actual Loops"]
