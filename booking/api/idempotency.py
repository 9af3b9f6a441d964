"""Idempotency-Key: a repeated request gets the first response and changes nothing.

This follows the draft of the IETF's httpapi group. The response is stored in the
transaction of the change, so that either both exist or neither. It is kept for a day.
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
from rest_framework.exceptions import APIException, ParseError

from booking.api.errors import (
    Conflict,
    InvalidField,
    InvalidIdempotencyKey,
    KeyInUse,
    KeyReused,
    RightsChanged,
    violations_as,
)
from booking.models import IdempotentResponse

RETENTION = timedelta(hours=24)
# Refusals that depend on the state of the data. Any other leaves the key unused.
STORED_REFUSALS = (409, 422)
# Runs for every request with a key. Building it by the ORM would take longer.
# It always has a row: with the diary of the user, if they are an active therapist, so
# that what they may see costs no statement of its own.
READ_RESPONSE = """
SELECT (SELECT id FROM therapists_therapist WHERE user_id = asked.id AND is_active),
       stored.fingerprint, stored.rights, stored.status, stored.body, stored.etag
  FROM (VALUES (%s)) asked (id)
  LEFT JOIN booking_idempotentresponse stored
         ON stored.user_id = asked.id AND stored.key = %s AND stored.expires_at > %s
"""
KEY = re.compile(r"[\x21-\x7e]{1,255}")


class _AlreadyStored(APIException):
    """Another request with this key stored its response after this one looked."""

    constraint = "response_one_per_user_and_key"


def idempotent(handler: Callable) -> Callable:
    """Give a repeated request the first response, without calling the handler again.

    For the handlers of a view that change something. A request without the header or
    without a user is handled as usual. A repeated request is refused if the rights of the
    user have changed since: they may no longer see what the first response shows.
    """

    @wraps(handler)
    def handle_once(view, request, *args, **kwargs):
        key = _read_key(request)
        if key is None:
            return handler(view, request, *args, **kwargs)
        keyed = _KeyedRequest(request, key)
        if (stored := keyed.find_response()) is not None:
            return stored
        try:
            with transaction.atomic():
                keyed.lock()
                response = _get_response(handler, view, request, *args, **kwargs)
                keyed.store(response)
                return response
        except APIException:
            # The first request may have finished since the look-up. Then this refusal
            # only reflects its change, and the first response is the right one.
            if (stored := keyed.find_response()) is None:
                raise
            return stored

    handle_once.refusals = (
        InvalidIdempotencyKey,
        KeyInUse,
        KeyReused,
        RightsChanged,
    )
    return handle_once


def _read_key(request):
    text = request.headers.get("Idempotency-Key")
    if text is None or not request.user.is_authenticated:
        return None
    # The draft has a structured field, in quotes. Many clients send it without them.
    key = text.strip().removeprefix('"').removesuffix('"')
    if not KEY.fullmatch(key):
        raise InvalidIdempotencyKey
    return key


def _get_response(handler, view, request, *args, **kwargs):
    """Return the handler's response, or that of a refusal which is to be stored."""
    try:
        # A savepoint: the refusal undoes the handler's changes, and the outer
        # transaction goes on to store the response.
        with transaction.atomic():
            return _keep_changes(handler, view, request, *args, **kwargs)
    except APIException as refusal:
        if refusal.status_code not in STORED_REFUSALS:
            raise
        return view.handle_exception(refusal)


def _keep_changes(handler, view, request, *args, **kwargs):
    """Return the response also of a refusal whose changes are to stay."""
    try:
        return handler(view, request, *args, **kwargs)
    except (Conflict, InvalidField) as refusal:
        if not refusal.keeps_changes:
            raise
        return view.handle_exception(refusal)


class _KeyedRequest:
    """A request with its idempotency key."""

    def __init__(self, request, key):
        self.user, self.key = request.user, key
        route = request.path.rstrip("/")
        query = request.META["QUERY_STRING"]
        try:
            body = orjson.dumps(request.data, option=orjson.OPT_SORT_KEYS)
        except orjson.JSONEncodeError as error:
            # orjson reads deeper nesting than it writes. No route needs such a body.
            raise ParseError from error
        content = b"\n".join([f"{request.method} {route}?{query}".encode(), body])
        self.fingerprint = hashlib.sha256(content).hexdigest()
        self.rights = None

    def find_response(self):
        """Return the stored response, or None.

        Raises `KeyReused` if the requests differ, and `RightsChanged` if the rights do.
        """
        values = [Int8(self.user.pk), self.key, timezone.now()]
        with connection.cursor() as cursor:
            cursor.execute(READ_RESPONSE, values)
            row = cursor.fetchone()
        therapist_id, fingerprint, rights, status, body, etag = row
        # The rights before the change, which its response has to match.
        self.rights = _hash_rights(self.user, therapist_id)
        if fingerprint is None:
            return None
        if fingerprint != self.fingerprint:
            raise KeyReused
        if rights != self.rights:
            raise RightsChanged
        response = HttpResponse(body, status=status, content_type="application/json")
        if etag:
            response["ETag"] = etag
        response["Idempotent-Replayed"] = "true"
        return response

    def lock(self):
        """Be the only request with this key until the transaction ends, or refuse."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"idempotency {self.user.pk} {self.key}"],
            )
            if not cursor.fetchone()[0]:
                raise KeyInUse

    def store(self, response):
        now = timezone.now()
        # Once its response has expired, a key may be used for another request.
        IdempotentResponse.objects.filter(
            user=self.user, key=self.key, expires_at__lte=now
        ).delete()
        with violations_as([_AlreadyStored]):
            IdempotentResponse.objects.create(
                user=self.user,
                key=self.key,
                fingerprint=self.fingerprint,
                rights=self.rights,
                status=response.status_code,
                body=ORJSONRenderer().render(response.data).decode(),
                etag=response.get("ETag", ""),
                expires_at=now + RETENTION,
            )


def _hash_rights(user, therapist_id):
    """Return a hash of what the user may see; empty for clients, who see their own."""
    rights = [] if therapist_id is None else [f"therapist {therapist_id}"]
    if user.is_superuser:
        rights.append("superuser")
    elif user.is_staff:
        rights += ["staff", *sorted(user.get_all_permissions())]
    return hashlib.sha256(" ".join(rights).encode()).hexdigest() if rights else ""


def delete_expired() -> int:
    """Delete the expired responses; return how many there were."""
    return IdempotentResponse.objects.filter(expires_at__lte=timezone.now()).delete()[0]
