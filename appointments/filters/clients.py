"""Query parameters of the list of clients."""

from django_filters import rest_framework as filters

from accounts.search import find_people
from booking.api.errors import InvalidField
from booking.api.filters import StrictFilterSet
from booking.search import MOST_PEOPLE


class TooManyPeople(InvalidField):
    field = "search"
    default_code = "too_many"
    default_detail = f"More than {MOST_PEOPLE} clients match. Please type more."


class ClientFilterSet(StrictFilterSet):
    search = filters.CharFilter(
        max_length=200,
        help_text="Parts of a name, address or phone. A phone may be written as people "
        "write it, without the country's code.",
    )

    def filter_queryset(self, clients):
        text = self.form.cleaned_data["search"]
        return clients.filter(pk__in=find_clients(text)) if text else clients


def find_clients(text: str) -> list[int]:
    """Return the ids of people who match, clients or not; raise `TooManyPeople`."""
    ids = find_people(text)
    if len(ids) > MOST_PEOPLE:
        raise TooManyPeople
    return ids
