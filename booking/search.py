"""Search for people by parts of their names, with an index of trigrams."""

from django.db.models import Q
from django.utils.text import smart_split, unescape_string_literal

MOST_PEOPLE = 1_000


def find_ids(people, text, *columns):
    """Return the ids of people with each word in a column, at most one too many.

    Case does not matter. A word of one or two letters must begin a word: an index of
    trigrams knows how words begin, but nothing else that short.
    """
    for word in smart_split(text):
        condition = Q()
        for column in columns:
            condition |= _has_word(column, _unquote(word))
        people = people.filter(condition)
    # In no order: PostgreSQL might walk along one, past all rows.
    return list(people.order_by().values_list("pk", flat=True)[: MOST_PEOPLE + 1])


def _has_word(column, word):
    if len(word) > 2:
        return Q((f"{column}__icontains", word))
    return Q((f"{column}__istartswith", word)) | Q((f"{column}__icontains", f" {word}"))


def _unquote(word):
    is_quoted = word[0] in "\"'" and word[0] == word[-1]
    return unescape_string_literal(word) if is_quoted else word
