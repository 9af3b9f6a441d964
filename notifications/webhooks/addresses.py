"""Addresses to which webhooks may go: public ones, unless the practice allows its own."""

import socket
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

PORTS = {"https": 443, "http": 80}
# Of IPv6, only these lead to public servers, and NAT64 to those of IPv4.
GLOBAL_UNICAST, NAT64 = IPv6Network("2000::/3"), IPv6Network("64:ff9b::/96")


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
    if (address := _read_ip(parts.hostname)) is not None:
        _refuse_private(address)
    return parts


def resolve(parts: SplitResult) -> tuple[list[str], int]:
    """Return the IP addresses and the port to connect to.

    Raises `OSError` for a name that is unknown, and `ForbiddenAddress` if any address of
    it is not public.
    """
    port = parts.port or PORTS[parts.scheme]
    found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(address[0] for *_, address in found))
    for address in addresses:
        _refuse_private(address)
    return addresses, port


def _read_ip(host):
    """Return the IP address that a host is, or None for a name."""
    if host.rstrip(".").rpartition(".")[2] == "localhost":
        return "127.0.0.1"
    with suppress(ValueError):
        ip_address(host)
        return host
    # Other ways to write one, such as 127.1 and 0x7f000001.
    with suppress(OSError):
        return socket.inet_ntoa(socket.inet_aton(host.rstrip(".")))
    return None


def _refuse_private(text):
    if settings.WEBHOOK_ALLOW_PRIVATE:
        return
    address = _get_inner(ip_address(text.partition("%")[0]))
    is_unicast = address.version == 4 or address in GLOBAL_UNICAST
    if not address.is_global or address.is_multicast or not is_unicast:
        raise ForbiddenAddress(text)


def _get_inner(address):
    """Return the IPv4 address within an IPv6 one: it leads to the same place."""
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    for inner in ("ipv4_mapped", "sixtofour"):
        address = getattr(address, inner, None) or address
    return address
