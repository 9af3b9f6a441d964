"""The OpenAPI document and its two readers, which load nothing from elsewhere."""

from drf_spectacular.views import (
    SpectacularAPIView,
    SpectacularRedocView,
    SpectacularSwaggerView,
)
from rest_framework.negotiation import DefaultContentNegotiation

# The scripts come from the sidecar; some would fetch a logo or fonts if they could.
ONLY_FROM_HERE = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; worker-src blob:"
)


class Page:
    """A page for a browser. It cannot be rendered as the answer to OPTIONS."""

    http_method_names = ["get", "head"]
    content_negotiation_class = DefaultContentNegotiation
    url_name = "schema"

    def finalize_response(self, *args, **kwargs):
        response = super().finalize_response(*args, **kwargs)
        response["Content-Security-Policy"] = ONLY_FROM_HERE
        return response


class SwaggerView(Page, SpectacularSwaggerView):
    pass


class RedocView(Page, SpectacularRedocView):
    template_name = "booking/redoc.html"


class SchemaView(SpectacularAPIView):
    # As YAML or, for whoever accepts only that, as JSON.
    content_negotiation_class = DefaultContentNegotiation
