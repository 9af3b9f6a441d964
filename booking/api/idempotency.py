"""Idempotency-Key: a request that is sent again is answered again, and not done again.

After the draft of the IETF's httpapi group. The answer is stored in the transaction of
the change: either both are there or neither is. Kept for a day, then swept.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps

import orjson
from django.db import connection, transaction
from django.http import HttpResponse
from django.utils import timezone
from drf_orjson_renderer.renderers import ORJSONRenderer
from psycopg.types.numeric import Int8
from rest_framework.exceptions import (
    APIException,
    ErrorDetail,
    ParseError,
    ValidationError,
)

from booking.api.errors import Conflict, violations_as
from booking.models import IdempotentResponse

KEPT = timedelta(hours=24)
# Refusals that the state of the diary decided; any other leaves the key free.
STORED_REFUSALS = (409, 422)
# Asked with every request that has a key, and so not built by the ORM each time.
READ_STORED = """
SELECT fingerprint, status, body, etag FROM booking_idempotentresponse
 WHERE user_id = %s AND key = %s AND expires_at > %s
"""
KEY = re.compile(r"[\x21-\x7e]{1,255}")


class KeyInUse(Conflict):
    default_code = "idempotency_key_in_use"
    default_detail = "The first request with this key is still running; try again."


class KeyReused(APIException):
    status_code = 422
    default_code = "idempotency_key_reused"
    default_detail = "This key was used for another request."


class _StoredMeanwhile(APIException):
    """Another request with the key was answered between looking and storing."""


def idempotent(handler: Callable) -> Callable:
    """Answer a signed-in user's repeated request with what was answered first.

    For handlers of a view that change something. Requests without the header, and
    those without a user, are handled as ever.
    """

    @wraps(handler)
    def once(view, request, *args, **kwargs):
        key = _key(request)
        if key is None:
            return handler(view, request, *args, **kwargs)
        asked = _Asked(request, key)
        if (answer := asked.answered()) is not None:
            return answer
        try:
            with transaction.atomic():
                asked.claim()
                response = _handled(handler, view, request, *args, **kwargs)
                asked.store(response)
                return response
        except APIException:
            # The first may have been answered since this one looked, and then what
            # refused this one is only what the first has done.
            if (answer := asked.answered()) is None:
                raise
            return answer

    return once


def _key(request):
    text = request.headers.get("Idempotency-Key")
    if text is None or not request.user.is_authenticated:
        return None
    # The draft has it as a structured field, in quotes; many send it without.
    key = text.strip().removeprefix('"').removesuffix('"')
    if not KEY.fullmatch(key):
        detail = ErrorDetail("Use 1 to 255 visible ASCII characters.", "invalid")
        raise ValidationError({"Idempotency-Key": [detail]})
    return key


def _handled(handler, view, request, *args, **kwargs):
    """Return the answer, also if it is a refusal to be stored."""
    try:
        # What is refused leaves no trace, but the transaction goes on.
        with transaction.atomic():
            return handler(view, request, *args, **kwargs)
    except APIException as refusal:
        if refusal.status_code not in STORED_REFUSALS:
            raise
        return view.handle_exception(refusal)


class _Asked:
    """A request with its key."""

    def __init__(self, request, key):
        self.user, self.key = request.user, key
        route = request.path.rstrip("/")
        query = request.META["QUERY_STRING"]
        try:
            body = orjson.dumps(request.data, option=orjson.OPT_SORT_KEYS)
        except orjson.JSONEncodeError as error:
            # It reads deeper nesting than it writes; no route wants so deep a body.
            raise ParseError from error
        asked = b"\n".join([f"{request.method} {route}?{query}".encode(), body])
        self.fingerprint = hashlib.sha256(asked).hexdigest()

    def answered(self):
        """Return the stored answer, if there is one; refuse the key for another request."""
        values = [Int8(self.user.pk), self.key, timezone.now()]
        with connection.cursor() as cursor:
            cursor.execute(READ_STORED, values)
            stored = cursor.fetchone()
        if stored is None:
            return None
        fingerprint, status, body, etag = stored
        if fingerprint != self.fingerprint:
            raise KeyReused
        answer = HttpResponse(body, status=status, content_type="application/json")
        if etag:
            answer["ETag"] = etag
        answer["Idempotent-Replayed"] = "true"
        return answer

    def claim(self):
        """Be the only request with this key until the transaction ends."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"idempotency {self.user.pk} {self.key}"],
            )
            if not cursor.fetchone()[0]:
                raise KeyInUse

    def store(self, response):
        now = timezone.now()
        # A key may be used for anything once its answer is no longer kept.
        IdempotentResponse.objects.filter(
            user=self.user, key=self.key, expires_at__lte=now
        ).delete()
        with violations_as({"response_one_per_user_and_key": _StoredMeanwhile}):
            IdempotentResponse.objects.create(
                user=self.user,
                key=self.key,
                fingerprint=self.fingerprint,
                status=response.status_code,
                body=ORJSONRenderer().render(response.data).decode(),
                etag=response.get("ETag", ""),
                expires_at=now + KEPT,
            )


def sweep() -> int:
    """Remove the answers that are no longer kept; return how many."""
    return IdempotentResponse.objects.filter(expires_at__lte=timezone.now()).delete()[0]
