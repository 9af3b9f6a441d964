"""Search for people in the admin, which goes on with the first of too many."""

from django.contrib import messages

from booking.search import MOST_PEOPLE

TOO_MANY = (
    f"More than {MOST_PEOPLE} people match, and {MOST_PEOPLE} of them count here. "
    "Please add another name or the email address."
)


def cut(ids, request):
    """Return no more ids than a search goes on with, and warn the user of others."""
    if len(ids) > MOST_PEOPLE and request.resolver_match.url_name != "autocomplete":
        messages.warning(request, TOO_MANY)
    return ids[:MOST_PEOPLE]
