"""The OpenAPI document and its two viewers, which load nothing from other hosts."""

from drf_spectacular.views import (
    SpectacularAPIView,
    SpectacularRedocView,
    SpectacularSwaggerView,
)
from rest_framework.negotiation import DefaultContentNegotiation

from booking.api.parameters import reads_query

# The scripts are our own, from the sidecar. Some would load a logo or fonts elsewhere.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; worker-src blob:"
)


class Page:
    """A page for a browser. OPTIONS is left out: it could not be rendered."""

    http_method_names = ["get", "head"]
    content_negotiation_class = DefaultContentNegotiation
    url_name = "schema"

    def finalize_response(self, *args, **kwargs):
        response = super().finalize_response(*args, **kwargs)
        response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        return response


@reads_query
class SwaggerView(Page, SpectacularSwaggerView):
    pass


class RedocView(Page, SpectacularRedocView):
    template_name = "booking/redoc.html"


class SchemaView(SpectacularAPIView):
    # YAML, or JSON if the request accepts only JSON.
    content_negotiation_class = DefaultContentNegotiation
