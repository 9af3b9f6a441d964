"""Query parameters of operations that read none are refused, as a list refuses its own."""

from collections.abc import Callable

from booking.api.errors import UnknownParameter
from booking.api.middleware import refusal_response

READING = ("GET", "HEAD")


def reads_query(handler: Callable) -> Callable:
    """Mark a handler, or a view, that reads the query and refuses what it does not know.

    A list with a `filterset_class` does so, and needs no mark.
    """
    handler.reads_query = True
    return handler


class UnknownParameters:
    """Refuses every parameter of an operation of the API that reads none."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.META.get("QUERY_STRING"):
            return None
        handler = _get_handler(request, view)
        if handler is None or _reads_query(request, view, handler) or not request.GET:
            return None
        return refusal_response(UnknownParameter(request.GET))


def _get_handler(request, view):
    """Return the handler of the API that gets the request, or None."""
    method = "get" if request.method == "HEAD" else request.method.lower()
    actions = getattr(view, "actions", None) or {method: method}
    if method == "options" or not hasattr(view, "cls"):
        return None
    return getattr(view.cls, actions.get(method, ""), None)


def _reads_query(request, view, handler):
    if any(getattr(one, "reads_query", False) for one in (handler, view.cls)):
        return True
    if request.method not in READING:
        return False
    if view.initkwargs.get("detail"):
        # The filters of the list are not those of one row.
        return "filterset_class" in view.initkwargs
    return hasattr(view.cls, "filterset_class")
