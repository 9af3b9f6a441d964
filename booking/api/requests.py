from django.core.handlers.wsgi import WSGIRequest
from django.http.request import parse_header_parameters


class Request(WSGIRequest):
    """Django's, reading everything as UTF-8 whatever charset the caller claims.

    JSON is always UTF-8 (RFC 8259), and so are query strings. Django would already
    here, before any error is handled, read the query string in the claimed charset,
    which fails for `base64` and the like.
    """

    def _set_content_type_params(self, meta):
        content_type = meta.get("CONTENT_TYPE", "")
        self.content_type, self.content_params = parse_header_parameters(content_type)
