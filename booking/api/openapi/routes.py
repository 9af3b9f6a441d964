"""The routes that the OpenAPI document describes, and their order."""

from django.urls import is_valid_path
from drf_spectacular.plumbing import alpha_operation_sorter

from booking.api.openapi.tags import ORIGINAL_NAMES, PREFIX, TAGS, get_tag


def select_canonical_routes(endpoints):
    """Document the routes of this version, without a trailing slash.

    The same views also answer with a trailing slash, and some of them at the root.
    """
    return [
        (path.rstrip("/"), *rest)
        for path, *rest in endpoints
        if path.startswith(PREFIX)
    ]


def sort_operations(endpoint):
    """Sort by tag, and then as drf-spectacular does; the original names are last."""
    place = [*TAGS, ORIGINAL_NAMES].index(get_tag(endpoint[0]))
    return place, alpha_operation_sorter(endpoint)


def is_original(path):
    """Tell whether a path of this version works at the root too."""
    return bool(is_valid_path(path.removeprefix(PREFIX.rstrip("/"))))


def name_original(path):
    """Return the operation id of an original name: `originalGetAppointments`."""
    words = path.removeprefix(PREFIX).split("_")
    return "original" + "".join(word.capitalize() for word in words)
