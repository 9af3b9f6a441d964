"""Cursor pagination: it skips and repeats no row when others are added or removed."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core import signing
from django.db.models import Q
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from booking.api.errors import InvalidField

DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE = 50, 200
PAGINATION_PARAMETERS = frozenset({"cursor", "page_size"})


class InvalidPageSize(InvalidField):
    field = "page_size"
    default_code = "invalid"
    default_detail = f"Choose 1 to {MAX_PAGE_SIZE}."


class InvalidCursor(InvalidField):
    field = "cursor"
    default_code = "invalid_cursor"
    default_detail = "Follow `next` and `previous` unchanged."


@dataclass(frozen=True)
class Position:
    """After the row with these keys in the list; before it if backwards."""

    keys: list
    backwards: bool


class CursorPagination(BasePagination):
    """Makes responses of the form `{next, previous, results}`.

    A cursor is signed together with its route and filters. An edited cursor, or one of
    another list, is refused with 400.
    """

    refusals = (InvalidPageSize, InvalidCursor)

    def read_request(self, request):
        """Read page size and position; call this before reading the rows."""
        self.request = request
        self.next = self.previous = None
        self.size = self._read_size()
        self.position = self._read_position()

    @property
    def backwards(self):
        return self.position is not None and self.position.backwards

    @property
    def limit(self):
        """The number of rows to read: one more than the page, to see if more follow."""
        return self.size + 1

    def paginate_rows(self, rows, get_keys):
        """Return the rows of the page in list order, and set the links.

        `rows` come in the order in which they were read, which is reversed if the
        position is backwards. The last of a row's keys must be a whole number.
        """
        more = len(rows) > self.size
        page = rows[: self.size]
        if self.backwards:
            page.reverse()
        came_from = self.position is not None
        if came_from and not page:
            self._link_back()
            return page
        has_next, has_previous = (
            (came_from, more) if self.backwards else (more, came_from)
        )
        self.next = self._make_link(get_keys(page[-1]), False) if has_next else None
        self.previous = (
            self._make_link(get_keys(page[0]), True) if has_previous else None
        )
        return page

    def go_on_after(self, keys):
        """Link a next page after these keys, unless there is one already."""
        self.next = self.next or self._make_link(keys, False)

    def go_on_before(self, keys):
        """Link a previous page before these keys, unless there is one already."""
        self.previous = self.previous or self._make_link(keys, True)

    def _link_back(self):
        """Link an empty page to the page that led to it, including its last row."""
        *keys, tie = self.position.keys
        self.next = self.previous = None
        if self.backwards:
            self.next = self._make_link([*keys, tie - 1], False)
        else:
            self.previous = self._make_link([*keys, tie + 1], True)

    def paginate_queryset(self, queryset, request, view=None):
        """Page a queryset ordered by two columns, of which the last is unique."""
        self.read_request(request)
        first, last = getattr(view, "ordering", queryset.model._meta.ordering)
        sign = "-" if self.backwards else ""
        queryset = queryset.order_by(f"{sign}{first}", f"{sign}{last}")
        if self.position is not None:
            side = "lt" if self.backwards else "gt"
            key, tie = self.position.keys
            queryset = queryset.filter(
                Q(**{f"{first}__{side}": key})
                | Q(**{first: key, f"{last}__{side}": tie}),
                # Implied by the rest, and where an index on the first begins to read.
                Q(**{f"{first}__{side}e": key}),
            )
        rows = list(queryset[: self.limit])
        return self.paginate_rows(rows, lambda row: [str(getattr(row, first)), row.pk])

    def get_paginated_response(self, data):
        return Response({"next": self.next, "previous": self.previous, "results": data})

    def _read_size(self):
        text = self.request.query_params.get("page_size")
        if text is None:
            return DEFAULT_PAGE_SIZE
        if text.isascii() and text.isdigit() and len(text) < 10:
            size = int(text)
            if 1 <= size <= MAX_PAGE_SIZE:
                return size
        raise InvalidPageSize

    def _read_position(self):
        text = self.request.query_params.get("cursor")
        if text is None:
            return None
        try:
            keys, backwards = self._get_signer().unsign_object(text)
        except (signing.BadSignature, ValueError):
            raise InvalidCursor from None
        return Position(keys, backwards)

    def _make_link(self, keys, backwards):
        url = self.request.build_absolute_uri()
        cursor = self._get_signer().sign_object([keys, backwards])
        return replace_query_param(url, "cursor", cursor)

    def _get_signer(self):
        parameters = self.request.query_params.lists()
        filters = sorted(
            (name, values)
            for name, values in parameters
            if name not in PAGINATION_PARAMETERS
        )
        route = self.request.path.rstrip("/")
        return signing.Signer(salt=f"cursor {route}?{urlencode(filters, True)}")

    def get_schema_operation_parameters(self, view):
        return [
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "description": "Position in the list. Taken from `next` or `previous`.",
                "schema": {"type": "string"},
            },
            {
                "name": "page_size",
                "in": "query",
                "required": False,
                "description": "Number of results per page.",
                "schema": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": MAX_PAGE_SIZE,
                    "default": DEFAULT_PAGE_SIZE,
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
                "next": link | {"description": "The next page; null on the last."},
                "previous": link
                | {"description": "The previous page; null on the first."},
                "results": schema,
            },
        }
