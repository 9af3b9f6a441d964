"""ETags and If-Match (RFC 9110): a change applies only to the version that was seen."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import salted_hmac

from booking.api.errors import PreconditionFailed, PreconditionRequired

ETAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')


@dataclass(frozen=True)
class Precondition:
    """The If-Match header of a request; None if the request has none."""

    header: str | None = None

    def check(self, version: str) -> None:
        """Refuse unless the header names this version.

        Raises `PreconditionFailed`, or `PreconditionRequired` if the header is missing
        and the practice requires it. Weak tags never match.
        """
        if self.header is None:
            if settings.REQUIRE_IF_MATCH:
                raise PreconditionRequired
            return
        if self.header.strip() == "*":
            return
        tags = {f'"{tag}"' for weak, tag in ETAG.findall(self.header) if not weak}
        keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        if tags.isdisjoint(get_etag(version, key) for key in keys):
            raise PreconditionFailed


def get_precondition(request) -> Precondition:
    return Precondition(request.headers.get("If-Match"))


def add_etag(response, version: str):
    """Return the response with the ETag of the version that it shows."""
    response["ETag"] = get_etag(version)
    return response


def get_etag(version: str, key: str | None = None) -> str:
    """Return the ETag of a version, with its quotation marks."""
    # Hashed: a plain version would reveal how often and when the row was changed.
    digest = salted_hmac("etag", version, secret=key, algorithm="sha256").hexdigest()
    return f'"{digest[:32]}"'
