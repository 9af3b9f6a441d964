"""Addresses to which webhooks may go: public ones, unless the practice allows its own."""

import socket
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

PORTS = {"https": 443, "http": 80}


class ForbiddenAddress(Exception):
    """The address leads to this machine, or into a private network."""


def check_url(url: str) -> SplitResult:
    """Return the parts of an address that an endpoint may have.

    Raises `ValueError` for one that is none, or whose scheme is not allowed, and
    `ForbiddenAddress` for an IP address that is not public. Names are looked up later.
    """
    parts = urlsplit(url)
    schemes = ("https", "http") if settings.WEBHOOK_ALLOW_PRIVATE else ("https",)
    is_plain = url.isascii() and url.isprintable() and " " not in url
    # Reading the port checks it.
    if not is_plain or parts.scheme not in schemes or parts.port == 0:
        raise ValueError(url)
    if not parts.hostname or parts.username is not None or parts.fragment:
        raise ValueError(url)
    if _is_ip(parts.hostname):
        _refuse_private(parts.hostname)
    return parts


def resolve(parts: SplitResult) -> tuple[str, int]:
    """Return the IP address and port to connect to.

    Raises `OSError` for a name that is unknown, and `ForbiddenAddress` if any address of
    it is not public.
    """
    port = parts.port or PORTS[parts.scheme]
    found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    addresses = [address[0] for *_, address in found]
    for address in addresses:
        _refuse_private(address)
    return addresses[0], port


def _is_ip(text):
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _refuse_private(text):
    if settings.WEBHOOK_ALLOW_PRIVATE:
        return
    address = ip_address(text.partition("%")[0])
    # An IPv4 address within an IPv6 one leads to the same place.
    for inner in ("ipv4_mapped", "sixtofour"):
        address = getattr(address, inner, None) or address
    if not address.is_global or address.is_multicast:
        raise ForbiddenAddress(text)
