"""Paging by the position of a row: nothing is skipped or repeated while rows change."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core import signing
from django.db.models import Q
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

DEFAULT_SIZE, LARGEST_SIZE = 50, 200
PAGING_PARAMETERS = frozenset({"cursor", "page_size"})


@dataclass(frozen=True)
class Position:
    """Between two rows: after, or seen backwards before, the row with these keys."""

    keys: list
    backwards: bool


class CursorPaging(BasePagination):
    """Answers `{next, previous, results}`.

    A cursor is signed together with the route and the filters it was made for; one
    that was edited, or that comes from another list, is refused with 400.
    """

    def begin(self, request):
        """Read size and position from the request, before the rows are read."""
        self.request = request
        self.size = self._size()
        self.position = self._position()

    @property
    def backwards(self):
        return self.position is not None and self.position.backwards

    @property
    def reads(self):
        """How many rows to read: one more than shown tells whether there are more."""
        return self.size + 1

    def finish(self, rows, keys_of):
        """Take the rows as read, in reading order; return those of the page.

        The last of a row's keys is a whole number.
        """
        more = len(rows) > self.size
        page = rows[: self.size]
        if self.backwards:
            page.reverse()
        came_from = self.position is not None
        if came_from and not page:
            self._turn_back()
            return page
        has_next, has_previous = (
            (came_from, more) if self.backwards else (more, came_from)
        )
        self.next = self._link(keys_of(page[-1]), False) if has_next else None
        self.previous = self._link(keys_of(page[0]), True) if has_previous else None
        return page

    def _turn_back(self):
        """Link an empty page to where it was reached from, that row included."""
        *keys, tie = self.position.keys
        self.next = self.previous = None
        if self.backwards:
            self.next = self._link([*keys, tie - 1], False)
        else:
            self.previous = self._link([*keys, tie + 1], True)

    def paginate_queryset(self, queryset, request, view=None):
        """Page a queryset in the order of two columns, of which the last is unique."""
        self.begin(request)
        first, last = getattr(view, "ordering", queryset.model._meta.ordering)
        sign = "-" if self.backwards else ""
        queryset = queryset.order_by(f"{sign}{first}", f"{sign}{last}")
        if self.position is not None:
            side = "lt" if self.backwards else "gt"
            key, tie = self.position.keys
            queryset = queryset.filter(
                Q(**{f"{first}__{side}": key})
                | Q(**{first: key, f"{last}__{side}": tie})
            )
        rows = list(queryset[: self.reads])
        return self.finish(rows, lambda row: [str(getattr(row, first)), row.pk])

    def get_paginated_response(self, data):
        return Response({"next": self.next, "previous": self.previous, "results": data})

    def _size(self):
        text = self.request.query_params.get("page_size")
        if text is None:
            return DEFAULT_SIZE
        if text.isascii() and text.isdigit() and len(text) < 10:
            size = int(text)
            if 1 <= size <= LARGEST_SIZE:
                return size
        raise _refused("page_size", "invalid", f"Choose 1 to {LARGEST_SIZE}.")

    def _position(self):
        text = self.request.query_params.get("cursor")
        if text is None:
            return None
        try:
            keys, backwards = self._signer().unsign_object(text)
        except (signing.BadSignature, ValueError):
            raise _refused(
                "cursor", "invalid_cursor", "Follow the links as they were given."
            ) from None
        return Position(keys, backwards)

    def _link(self, keys, backwards):
        url = self.request.build_absolute_uri()
        cursor = self._signer().sign_object([keys, backwards])
        return replace_query_param(url, "cursor", cursor)

    def _signer(self):
        given = self.request.query_params.lists()
        filters = sorted(item for item in given if item[0] not in PAGING_PARAMETERS)
        route = self.request.path.rstrip("/")
        return signing.Signer(salt=f"cursor {route}?{urlencode(filters, True)}")

    def get_schema_operation_parameters(self, view):
        return [
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "description": "Position in the list: follow `next` and `previous`.",
                "schema": {"type": "string"},
            },
            {
                "name": "page_size",
                "in": "query",
                "required": False,
                "description": "How many results a page has.",
                "schema": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": LARGEST_SIZE,
                    "default": DEFAULT_SIZE,
                },
            },
        ]

    def get_paginated_response_schema(self, schema):
        link = {
            "type": ["string", "null"],
            "format": "uri",
            "example": "https://booking.example/api/v1/appointments?cursor=W1si…",
        }
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": link | {"description": "The next page, or null on the last."},
                "previous": link | {"description": "The page before, or null."},
                "results": schema,
            },
        }


def _refused(parameter, code, detail):
    return ValidationError({parameter: [ErrorDetail(detail, code)]})
