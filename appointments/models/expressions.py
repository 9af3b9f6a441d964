"""Expressions of the constraints. A migration imports them, so they stay here."""

from django.contrib.postgres.fields import DateTimeRangeField
from django.db.models import DateTimeField, Func


class Period(Func):
    """The half-open range [start, end) of a row."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class WholeMinute(Func):
    """A moment, cut to the whole minute."""

    template = "date_trunc('minute', %(expressions)s, 'UTC')"
    output_field = DateTimeField()
