"""The WSGI application. Refuses to start without APPLICATION_STAGE."""

import os

from django.core.wsgi import get_wsgi_application

from booking import env
from booking.api.requests import Request

os.environ.setdefault("DJANGO_SETTINGS_MODULE", env.settings_module())

application = get_wsgi_application()
application.request_class = Request
