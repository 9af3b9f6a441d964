"""A POST goes to the address that was checked, with the certificate of the name."""

import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from http.client import HTTPException

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from notifications.tests.webhooks.conftest import serve
from notifications.webhooks import posting
from notifications.webhooks.addresses import ForbiddenAddress
from notifications.webhooks.posting import post

NAME, PUBLIC = "records.example", "93.184.216.34"
PEM, DAY = serialization.Encoding.PEM, timedelta(days=1)


def make_certificate(folder, name):
    """Write a certificate that signs itself, and its key; return the path of both."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = (
        x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - DAY)
        .not_valid_after(datetime.now(UTC) + DAY)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
        .add_extension(x509.BasicConstraints(True, None), True)
        .add_extension(identifier, False)
    )
    certificate = builder.sign(key, hashes.SHA256())
    written = key.private_bytes(
        PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / f"{name}.pem"
    path.write_bytes(written + certificate.public_bytes(PEM))
    return path


@pytest.fixture
def clock():
    """Certificates have the true time, so the tests do."""


@pytest.fixture
def trusted(tmp_path, monkeypatch):
    """Trust a certificate of the name alone."""
    path = make_certificate(tmp_path, NAME)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return path


@pytest.fixture
def serve_tls():
    """Serve HTTPS with a certificate; return the endpoint, which collects the names asked."""
    with serve() as endpoint:

        def use(path):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(path)
            endpoint.names = []
            context.sni_callback = lambda _, name, __: endpoint.names.append(name)
            server = endpoint.server
            server.handle_error = lambda *arguments: None
            server.socket = context.wrap_socket(server.socket, server_side=True)
            endpoint.url = f"https://{NAME}:{server.server_port}/hooks?of=practice"
            return endpoint

        yield use


@pytest.fixture
def lead(monkeypatch):
    """Let names lead to addresses: each time to the next, and then to the last."""
    looked_up = []
    true = socket.getaddrinfo

    def run(addresses):
        def resolve(host, port, *arguments, **options):
            looked_up.append(host)
            if host not in addresses:
                return true(host, port, *arguments, **options)
            known = addresses[host]
            found = known.pop(0) if len(known) > 1 else known[0]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (found, port))]

        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        return looked_up

    return run


def test_it_goes_to_the_address_that_was_checked(trusted, serve_tls, lead):
    endpoint = serve_tls(trusted)
    # After the check the name leads inside. The public address is that of this server.
    looked_up = lead({NAME: [PUBLIC, "10.0.0.7"], PUBLIC: ["127.0.0.1"]})

    status = post(endpoint.url, b"{}", {"webhook-id": "msg_1"})

    assert status == 204
    assert looked_up == [NAME, PUBLIC]
    [(path, headers, body)] = endpoint.requests
    assert (path, body) == ("/hooks?of=practice", "{}")
    assert headers["Host"] == f"{NAME}:{endpoint.server.server_port}"
    assert endpoint.names == [NAME]


def test_a_name_that_leads_inside_later_is_refused_then(trusted, serve_tls, lead):
    endpoint = serve_tls(trusted)
    lead({NAME: [PUBLIC, "127.0.0.1"], PUBLIC: ["127.0.0.1"]})
    assert post(endpoint.url, b"{}", {}) == 204

    with pytest.raises(ForbiddenAddress):
        post(endpoint.url, b"{}", {})

    assert len(endpoint.requests) == 1


@pytest.mark.parametrize("name", ["other.example", "records.example.evil.example"])
def test_a_certificate_of_another_name_is_refused(
    tmp_path, monkeypatch, serve_tls, lead, name
):
    path = make_certificate(tmp_path, name)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    endpoint = serve_tls(path)
    lead({NAME: [PUBLIC], PUBLIC: ["127.0.0.1"]})

    with pytest.raises(ssl.SSLCertVerificationError):
        post(endpoint.url, b"{}", {})

    assert endpoint.requests == []


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path, serve_tls, lead):
    endpoint = serve_tls(make_certificate(tmp_path, NAME))
    lead({NAME: [PUBLIC], PUBLIC: ["127.0.0.1"]})

    with pytest.raises(ssl.SSLCertVerificationError):
        post(endpoint.url, b"{}", {})

    assert endpoint.requests == []


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="silence"),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n", id="endless promises"),
        pytest.param(b"H", id="one byte after the other"),
    ],
)
def test_an_endpoint_that_is_slow_is_left_after_the_time_out(
    monkeypatch, settings, answer
):
    settings.WEBHOOK_ALLOW_PRIVATE = True
    monkeypatch.setattr(posting, "SECONDS", 0.5)
    ended = threading.Event()

    def trickle(listening):
        connected, _ = listening.accept()
        with connected:
            while not ended.wait(0.05):
                try:
                    connected.sendall(answer)
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=trickle, args=[listening])
        thread.start()
        begun = time.monotonic()
        try:
            with pytest.raises((OSError, HTTPException)):
                post(f"http://127.0.0.1:{listening.getsockname()[1]}/", b"{}", {})
            assert time.monotonic() - begun < 3
        finally:
            ended.set()
            thread.join()
