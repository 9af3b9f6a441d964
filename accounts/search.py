"""Search for people by parts of a name, an address or a telephone number."""

import re

from django.db.models import Q

from accounts.models import User
from booking.search import MOST_PEOPLE, find_ids

# Three digits at least: an index of trigrams finds no less.
NUMBER = re.compile(r"[+(]?[0-9][0-9 ()/.-]+[0-9]")


def find_people(text: str, users=None) -> list[int]:
    """Return the ids of users with each word in name or address, or with the number.

    At most `MOST_PEOPLE` and one too many. A number may be written as people write it,
    with spaces, and without the country's code.
    """
    users = User.objects.all() if users is None else users
    ids = find_ids(users, text, "name", "email")
    if digits := _read_digits(text):
        numbers = users.filter(Q(phone__icontains=digits)).order_by()
        ids += numbers.exclude(pk__in=ids).values_list("pk", flat=True)[
            : MOST_PEOPLE + 1 - len(ids)
        ]
    return ids


def _read_digits(text):
    """Return the digits as E.164 has them, without the zeros of a national prefix."""
    if not NUMBER.fullmatch(text.strip()):
        return ""
    digits = re.sub("[^0-9]", "", text).lstrip("0")
    return digits if len(digits) > 2 else ""
