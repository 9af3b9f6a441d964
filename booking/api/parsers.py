from django.conf import settings
from drf_orjson_renderer.parsers import ORJSONParser

from booking.api.errors import TooLarge


class JSONParser(ORJSONParser):
    """JSON in UTF-8 of limited size.

    DRF's own parser overflows the stack on deep nesting, and has no limit of size.
    """

    def parse(self, stream, media_type=None, parser_context=None):
        if int(stream.META.get("CONTENT_LENGTH") or 0) > settings.BODY_LIMIT_BYTES:
            raise TooLarge
        return super().parse(stream, media_type, {"encoding": "utf-8"})
