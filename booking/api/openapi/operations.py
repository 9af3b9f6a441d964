"""Declaring what the OpenAPI document says about an operation.

`describe` declares the refusals that an operation may raise. Statuses, codes, sentences
and examples follow from their classes.
"""

from collections.abc import Callable, Iterable

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import APIException

from booking.api.errors import KeyInUse, PreconditionFailed, PreconditionRequired

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="1 to 255 visible ASCII characters of your choice, such as a UUID. If "
    "you send the same request again within 24 hours, it has no further effect: you get "
    "the first response, with `Idempotent-Replayed: true`.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag that you read. If the resource has changed since, the response "
    "is 412, and nothing changes.",
)
ETAG = OpenApiParameter(
    "ETag",
    str,
    OpenApiParameter.HEADER,
    response=[200, 201],
    description="The version of the resource in this response.",
)
# A header of the request is documented wherever the refusal of its value is.
HEADERS = {KeyInUse: IDEMPOTENCY_KEY, PreconditionFailed: IF_MATCH}
PRECONDITION = (PreconditionFailed, PreconditionRequired)


def describe(*, refusals: Iterable[type[APIException]] = (), **options) -> Callable:
    """Describe an operation by `extend_schema`, and declare the refusals it may raise.

    The refusals of serializers, filters and pagination need not be declared.
    """

    def decorate(handler):
        handler.refusals = (*getattr(handler, "refusals", ()), *refusals)
        return extend_schema(**options)(handler)

    return decorate
