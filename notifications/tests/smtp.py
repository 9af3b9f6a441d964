"""A real mail server, which also refuses, stalls and closes."""

import asyncio
import socket
from contextlib import contextmanager

from aiosmtpd.controller import Controller

ADDRESS = "127.0.0.1"


class Handler:
    """Keeps the mails that it takes. `reply` is what it says to the next ones."""

    def __init__(self):
        self.mails, self.reply, self.stalls, self.closes = [], "250 OK", False, False

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.reply.startswith("550"):
            return self.reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.stalls:
            await asyncio.sleep(60)
        if self.closes:
            server.transport.close()
            return self.reply
        if self.reply.startswith("250"):
            self.mails.append(envelope)
        return self.reply


@contextmanager
def serve_mail(settings):
    """Run the server on a free port, and let Django send its mail there."""
    handler = Handler()
    with socket.create_server((ADDRESS, 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname=ADDRESS, port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = ADDRESS
    settings.EMAIL_PORT = port
    settings.EMAIL_TIMEOUT = 1
    try:
        yield handler
    finally:
        controller.stop(no_assert=True)
