"""Addresses of the admin that only somebody who edits them can have."""

import logging
import re
from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import DataError, ProgrammingError, transaction
from django.http import HttpRequest, HttpResponseRedirect

ID = re.compile("[0-9]{1,18}")
logger = logging.getLogger(__name__)
# Errors of filters that Django accepts: a year out of range, a number beyond bigint, a
# range with one end, a lookup that needs an extension of PostgreSQL.
UNUSABLE = (
    DataError,
    ProgrammingError,
    LookupError,
    OverflowError,
    TypeError,
    ValueError,
)


def refuse_unusable_request(request: HttpRequest) -> None:
    """Refuse with 400 what no page of the admin sends."""
    if "%00" in request.META["QUERY_STRING"]:
        raise BadRequest("PostgreSQL's text cannot contain NUL.")
    if request.method == "POST":
        ids = request.POST.getlist("_selected_action")
        if not all(ID.fullmatch(id) for id in ids):
            raise BadRequest("An action needs the ids of rows.")


def ignores_unusable_query(view: Callable) -> Callable:
    """Show a page without its query, and say so, if the query breaks it.

    Django does so with filters that it cannot build; some fail only when they are used. A
    page that breaks without a query is a bug, and goes up.
    """

    @wraps(view)
    def show(request, *args, **kwargs):
        if request.method not in ("GET", "HEAD") or not request.META["QUERY_STRING"]:
            return view(request, *args, **kwargs)
        try:
            with transaction.atomic():
                return view(request, *args, **kwargs)
        except UNUSABLE:
            logger.warning("A query broke %s", request.path, exc_info=True)
            messages.error(request, "This address had a filter that cannot be used.")
            return HttpResponseRedirect(request.path)

    return show
