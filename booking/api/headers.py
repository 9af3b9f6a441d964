"""Security headers of every response, also of errors that no view has made."""

from django.middleware.security import SecurityMiddleware

from booking.api.middleware import ADMIN_PREFIX

# Data, and whatever else is not a page: a browser may do nothing with it.
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
# Pages load scripts and styles from this service, and have none within.
PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class SecurityHeaders(SecurityMiddleware):
    """Django's headers, a content security policy, and no caching of what is private.

    It stands outside of everything that may refuse. Its base stands within too, where it
    redirects to HTTPS and adds Django's headers to what comes back through it. A policy
    or a `Cache-Control` that the response has is kept.
    """

    def process_request(self, request):
        """Redirect nothing: a health check comes without TLS."""

    def process_response(self, request, response):
        if "X-Content-Type-Options" not in response.headers:
            response = super().process_response(request, response)
        is_page = response.get("Content-Type", "").startswith("text/html")
        policy = PAGE_POLICY if is_page else DATA_POLICY
        response.headers.setdefault("Content-Security-Policy", policy)
        if _is_private(request):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def _is_private(request):
    """Tell whether the response may be about a person, or have a token."""
    return bool(
        request.META.get("HTTP_AUTHORIZATION")
        or request.META.get("HTTP_COOKIE")
        or request.method not in ("GET", "HEAD")
        or request.path_info.startswith(ADMIN_PREFIX)
    )
