from io import BytesIO

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http.request import parse_header_parameters
from gunicorn.http.errors import ParseException
from rest_framework.exceptions import ParseError

from booking.api.errors import BodyIncomplete, LengthRequired, TooLarge


class Request(WSGIRequest):
    """Django's request, but always in UTF-8, whatever charset the client names.

    JSON is always UTF-8 (RFC 8259), and so are query strings. Django would decode the
    query string here by the client's charset. For `base64` and the like that fails, and
    no error handler has been reached yet.

    A body in chunks is read at once, and has a length from then on: without one, Django
    and DRF take it for empty. `refusal` is set if it cannot be read whole.
    """

    def __init__(self, environ):
        in_chunks = "HTTP_TRANSFER_ENCODING" in environ
        self.refusal = _read_chunks(environ) if in_chunks else None
        super().__init__(environ)

    def _set_content_type_params(self, meta):
        content_type = meta.get("CONTENT_TYPE", "")
        self.content_type, self.content_params = parse_header_parameters(content_type)


def _read_chunks(environ):
    """Replace the stream by one of known length; return the refusal of its body."""
    if not environ.get("wsgi.input_terminated"):
        return LengthRequired()
    try:
        body = environ["wsgi.input"].read(settings.BODY_LIMIT_BYTES + 1)
    except TimeoutError:
        return BodyIncomplete()
    except ParseException:
        return ParseError("The chunks of the body are malformed.")
    environ["wsgi.input"] = BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    return TooLarge() if len(body) > settings.BODY_LIMIT_BYTES else None
