"""ETags and If-Match (RFC 9110): nobody changes what they have not seen."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import salted_hmac

from booking.api.errors import PreconditionFailed, PreconditionRequired

ETAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')


@dataclass(frozen=True)
class Precondition:
    """The If-Match of a request; `header` is None where there was none."""

    header: str | None = None

    def check(self, version: str) -> None:
        """Refuse if this is no version that the caller named.

        Raises `PreconditionFailed`, and `PreconditionRequired` where the practice
        insists on If-Match and there is none. Weak tags never match.
        """
        if self.header is None:
            if settings.REQUIRE_IF_MATCH:
                raise PreconditionRequired
            return
        if self.header.strip() == "*":
            return
        named = {tag for weak, tag in ETAG.findall(self.header) if not weak}
        if _opaque(version) not in named:
            raise PreconditionFailed


def if_match(request) -> Precondition:
    return Precondition(request.headers.get("If-Match"))


def tagged(response, version: str):
    """Give the response the ETag of what it shows."""
    response["ETag"] = f'"{_opaque(version)}"'
    return response


def _opaque(version):
    """What a version is made of would tell what else was changed, and when."""
    return salted_hmac("etag", version, algorithm="sha256").hexdigest()[:32]
