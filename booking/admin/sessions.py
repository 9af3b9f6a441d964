from django.contrib.sessions import middleware
from django.db import Error

from booking.api.middleware import text_response
from booking.api.unavailable import (
    DatabaseUnavailable,
    ReadOnly,
    explain_database_error,
)


class SessionMiddleware(middleware.SessionMiddleware):
    """Django's, but a session that cannot be saved is refused, not a crash."""

    def process_response(self, request, response):
        try:
            return super().process_response(request, response)
        except Error as error:
            refusal = explain_database_error(error)
            if refusal is None:
                raise
        # Before this, the view may have made its own change.
        if request.method == "POST" and not isinstance(refusal, ReadOnly):
            refusal = DatabaseUnavailable()
        return text_response(refusal)
