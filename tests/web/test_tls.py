"""TLS: certificates are checked, and a handshake is part of the deadline."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from newsflow.outcomes import Outcome
from newsflow.settings import Settings
from newsflow.web.guarded_connection import tls_context
from newsflow.web.transport import Transport
from tests.waiting import PATIENCE_S
from tests.webserver import Server, says

HOST = "news.example"


def certificate(folder: Path, host: str = HOST) -> tuple[Path, Path]:
    """A self-signed certificate and its key, valid for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / f"{host}.pem", folder / f"{host}.key"
    cert_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert_file, key_file


@pytest.fixture
def cert(tmp_path: Path) -> tuple[Path, Path]:
    return certificate(tmp_path)


@pytest.fixture
def secure(cert: tuple[Path, Path]) -> Iterator[Server]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*map(str, cert))
    server = Server({"/": says(body=b"secret news")}, wrap=lambda sock: context.wrap_socket(sock, server_side=True))
    yield server
    server.close()


def ask(
    server: Server, ca: Path | None, host: str = HOST, deadline_s: float = PATIENCE_S
) -> tuple[Outcome, str, bytes]:
    origin = f"https://{host}:{server.port}"
    settings = Settings(allow_origins=origin, deadline_s=deadline_s)
    tls = tls_context(str(ca) if ca else None)
    with Transport(settings, lookup=lambda _: ["127.0.0.1"], tls=tls) as transport:
        found = transport.exchange(origin + "/")
        if found.outcome is Outcome.OK:
            found = transport.exchange(origin + "/")  # over the kept connection
    return found.outcome, found.detail, found.body


def test_trusted_certificate(secure: Server, cert: tuple[Path, Path]) -> None:
    assert ask(secure, cert[0]) == (Outcome.OK, "", b"secret news")
    assert secure.connections == 1


def test_unknown_authority(secure: Server) -> None:
    outcome, detail, _ = ask(secure, None)
    assert outcome is Outcome.TLS_ERROR
    assert "self-signed" in detail
    assert secure.requests == []


def test_certificate_of_another_host(secure: Server, cert: tuple[Path, Path]) -> None:
    outcome, detail, _ = ask(secure, cert[0], "other.example")
    assert outcome is Outcome.TLS_ERROR
    assert "other.example" in detail


def test_plain_http_where_tls_is_expected(server: Server) -> None:
    assert ask(server, None, deadline_s=1.0)[0] in {Outcome.TLS_ERROR, Outcome.DEADLINE}


def stalling(play: Callable[[socket.socket], object]) -> Server:
    return Server(wrap=lambda sock: (play(sock), sock)[1])


def test_handshake_that_stalls_ends_at_the_deadline() -> None:
    until = threading.Event()
    server = stalling(lambda sock: until.wait(10))
    outcome, detail, _ = ask(server, None, deadline_s=0.4)
    until.set()
    server.close()
    assert (outcome, detail) == (Outcome.DEADLINE, "not complete after 0.4 s")


def test_handshake_that_breaks_off() -> None:
    server = stalling(lambda sock: sock.close())
    outcome, _, _ = ask(server, None)
    server.close()
    assert outcome is Outcome.TLS_ERROR
