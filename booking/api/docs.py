"""The OpenAPI document and its two viewers, which load nothing from other hosts."""

import re
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.decorators import method_decorator
from django.views.decorators.gzip import gzip_page
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import (
    SpectacularAPIView,
    SpectacularRedocView,
    SpectacularSwaggerSplitView,
)
from rest_framework.negotiation import DefaultContentNegotiation

from booking.api.openapi.document import get_document, get_document_schemes
from booking.api.parameters import reads_query

# The scripts are our own, from the sidecar. Both viewers make styles, and Redoc a worker.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "worker-src blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)

LOGO = re.compile(rb"https://cdn\.redoc\.ly/redoc/[\w.-]+")


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
class SwaggerView(Page, SpectacularSwaggerSplitView):
    """Its script is a response of its own, so that the page has none within."""

    template_name = "booking/swagger.html"
    template_name_js = "booking/swagger.js"

    @extend_schema(exclude=True)
    def get(self, request, *args, **kwargs):
        response = super().get(request, *args, **kwargs)
        [scheme] = get_document_schemes()
        response.data |= {"scheme": scheme, "login_url": reverse("login")}
        return response


@reads_query
@method_decorator(gzip_page, name="dispatch")
class RedocView(Page, SpectacularRedocView):
    template_name = "booking/redoc.html"

    @extend_schema(exclude=True)
    def get(self, request, *args, **kwargs):
        if "script" in request.GET:
            script = HttpResponse(_get_redoc(), content_type="text/javascript")
            script["Cache-Control"] = "public, max-age=3600"
            return script
        return super().get(request, *args, **kwargs)

    @staticmethod
    def _redoc_standalone():
        return "?script"


@cache
def _get_redoc():
    """Return Redoc's script without the logo that it would load from elsewhere."""
    path = finders.find("drf_spectacular_sidecar/redoc/bundles/redoc.standalone.js")
    return LOGO.sub(b"data:,", Path(path).read_bytes())


@method_decorator(gzip_page, name="dispatch")
class SchemaView(SpectacularAPIView):
    # YAML, or JSON if the request accepts only JSON.
    content_negotiation_class = DefaultContentNegotiation

    def _get_schema_response(self, request):
        renderer = request.accepted_renderer
        document = get_document("json" if "json" in renderer.media_type else "yaml")
        response = HttpResponse(document.content, content_type=renderer.media_type)
        response["ETag"] = document.etag
        patch_vary_headers(response, ["Accept"])
        return get_conditional_response(request, etag=document.etag, response=response)
