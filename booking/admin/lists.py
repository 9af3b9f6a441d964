"""Lists of tables that grow: a page costs a page, however large the table is."""

from datetime import date, datetime, time, timedelta

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import Value
from django.utils import timezone
from django.utils.functional import cached_property

# A list ends after this many rows. Filters and search find the others.
MOST_ROWS = 1_000


class BoundedPaginator(Paginator):
    """Counts the first rows only: counting all would read all."""

    @cached_property
    def count(self):
        # In order, so that PostgreSQL follows the same index as for the page.
        return self.object_list[:MOST_ROWS].count()

    @property
    def is_cut(self):
        return self.count == MOST_ROWS


class LargeChangeList(ChangeList):
    """Reads a single page with a LIMIT too: without one, PostgreSQL expects all rows.

    It has no other orders than `sortable_by` allows. Django would take any from the URL.
    """

    def get_ordering_field(self, field_name):
        is_allowed = field_name in self.sortable_by
        return super().get_ordering_field(field_name) if is_allowed else None

    def get_results(self, request):
        super().get_results(request)
        if not self.result_list.query.is_sliced:
            self.result_list = self.result_list[: self.list_max_show_all]
        if self.paginator.is_cut:
            # The count below the list says that there are more; the one above cannot.
            self.full_result_count = self.result_count


class LargeListAdmin(admin.ModelAdmin):
    """A model admin whose table has more rows than anybody pages through."""

    paginator = BoundedPaginator
    show_full_result_count = False
    # These would count all rows for each choice of a filter.
    show_facets = admin.ShowFacets.NEVER

    def get_changelist(self, request, **kwargs):
        return LargeChangeList


class Literal(Value):
    """A word that is written into the statement, and is no parameter of it.

    PostgreSQL plans a statement once for all values of its parameters, and so without
    an index for the rows with one of them. For words of the code only, never for input.
    """

    def as_sql(self, compiler, connection):
        return f"'{self.value}'", []


class DayFilter(admin.SimpleListFilter):
    """Rows whose `moment` is on the entered day of the practice's time zone.

    Django's `date_hierarchy` reads all rows for the years that it offers.
    """

    title = "day"
    parameter_name = "day"
    template = "booking/day_filter.html"
    moment = "start"

    def lookups(self, request, model_admin):
        return []

    def has_output(self):
        return True

    def choices(self, changelist):
        """Return the only form, with the other filters as hidden inputs."""
        others = changelist.get_filters_params()
        others.pop(self.parameter_name, None)
        pairs = [(name, value) for name in others for value in others[name]]
        return [{"name": self.parameter_name, "value": self.value(), "others": pairs}]

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        try:
            day = date.fromisoformat(self.value())
            since, until = get_midnight(day), get_midnight(day, later=1)
            return filter_period(queryset, self.moment, since, until)
        except (ValueError, OverflowError) as error:
            raise IncorrectLookupParameters from error


def filter_period(queryset, moment, since, until):
    return queryset.filter((f"{moment}__gte", since), (f"{moment}__lt", until))


def get_midnight(day, later=0):
    """Return the moment at which a day begins, or the day so many days later."""
    midnight = datetime.combine(day + timedelta(days=later), time())
    return midnight.replace(tzinfo=timezone.get_current_timezone())
