from django.core.handlers.wsgi import WSGIRequest
from django.http.request import parse_header_parameters


class Request(WSGIRequest):
    """Django's request, but always in UTF-8, whatever charset the client names.

    JSON is always UTF-8 (RFC 8259), and so are query strings. Django would decode the
    query string here by the client's charset. For `base64` and the like that fails, and
    no error handler has been reached yet.
    """

    def _set_content_type_params(self, meta):
        content_type = meta.get("CONTENT_TYPE", "")
        self.content_type, self.content_params = parse_header_parameters(content_type)
