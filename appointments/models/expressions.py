"""Expressions that constraints use; migrations import them from here for good."""

from django.contrib.postgres.fields import DateTimeRangeField
from django.db.models import DateTimeField, Func


class Period(Func):
    """The half-open range [start, end) of a row."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class WholeMinute(Func):
    """A moment without its seconds."""

    template = "date_trunc('minute', %(expressions)s, 'UTC')"
    output_field = DateTimeField()
