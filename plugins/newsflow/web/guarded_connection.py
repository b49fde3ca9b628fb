"""Guarded connections under `requests`: the address checked is the address dialled, in time.

One look-up; refused when any answer is not public; the very address connected to; the
peer compared; every read and write within the exchange's budget (`newsflow.web.budget`).
"""

from __future__ import annotations

import socket
import ssl
from functools import lru_cache
from http.client import HTTPException, HTTPResponse, RemoteDisconnected
from ipaddress import ip_address
from typing import Any

import certifi
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from newsflow.outcomes import Outcome
from newsflow.web import guard
from newsflow.web.budget import ExchangeEnd, RequestBudget, current

_CONNECT_S = 10.0  # for one address
_LOOKUP_S = 10.0
_ADDRESSES = 4  # tried of a host


class _Budgeted:
    """Reads and writes of a socket, each within what the exchange has left."""

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        call = current()
        size: int = self._timed(call, super().recv_into, *args, **kwargs)  # type: ignore[misc]
        call.count(size)
        return size

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        self._timed(current(), super().sendall, *args, **kwargs)  # type: ignore[misc]

    def do_handshake(self, *args: Any, **kwargs: Any) -> None:
        self._timed(current(), super().do_handshake, *args, **kwargs)  # type: ignore[misc]

    def _timed(self, call: RequestBudget, operation: Any, *args: Any, **kwargs: Any) -> Any:
        self.settimeout(call.remaining())  # type: ignore[attr-defined]
        try:
            return operation(*args, **kwargs)
        except TimeoutError:
            raise call.overdue() from None


class Socket(_Budgeted, socket.socket):
    """A TCP socket within a budget."""


class TlsSocket(_Budgeted, ssl.SSLSocket):
    """A TLS socket within a budget."""


@lru_cache(maxsize=4)
def tls_context(ca_file: str | None = None) -> ssl.SSLContext:
    """A verifying client context (TLS 1.2 or later) whose sockets keep to the budget.

    One for all transports of a process: to read the authorities takes 50 ms of CPU.

    :param ca_file: PEM file of the authorities; default: certifi's, as `requests` has it.
    """
    context = ssl.create_default_context(cafile=ca_file or certifi.where())
    context.sslsocket_class = TlsSocket
    context.set_alpn_protocols(["http/1.1"])
    return context


def _addresses(call: RequestBudget, host: str) -> list[str]:
    try:
        addresses = call.names.addresses(host, min(_LOOKUP_S, call.remaining()))
    except TimeoutError as error:
        call.remaining()
        raise ExchangeEnd(Outcome.DNS_ERROR, f"{host}: {error}") from None
    except OSError as error:
        raise ExchangeEnd(Outcome.DNS_ERROR, f"{host}: {error.strerror or error}") from None
    # the proxy that a person named may be within our network, and looks up the origin itself
    why = "" if call.proxied else guard.refusal(addresses, loopback_allowed=call.loopback)
    if why:
        raise ExchangeEnd(Outcome.SSRF_BLOCKED, f"{host}: {why}")
    return addresses[:_ADDRESSES]


def _connect(call: RequestBudget, address: str, port: int, tries_left: int) -> Socket:
    sock = Socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(min(_CONNECT_S, call.remaining() / tries_left))
        sock.connect((address, port))
        peer = str(sock.getpeername()[0])
        if ip_address(peer) != ip_address(address):
            raise ExchangeEnd(Outcome.SSRF_BLOCKED, f"the peer is {peer} and not {address}")
    except BaseException:
        sock.close()
        raise
    call.ip = address
    return sock


def dial(host: str, port: int) -> Socket:
    """A connection to `host`, for the exchange that runs in this thread.

    :raises Stop: DNS_ERROR, SSRF_BLOCKED, CONNECT_ERROR or DEADLINE.
    """
    call = current()
    addresses = _addresses(call, host)
    trouble = ""
    for tried, address in enumerate(addresses):
        try:
            return _connect(call, address, port, len(addresses) - tried)
        except TimeoutError:
            call.remaining()
            trouble = f"{address}: no connection in time"
        except OSError as error:
            trouble = f"{address}: {error.strerror or error}"
    raise ExchangeEnd(Outcome.CONNECT_ERROR, trouble)


class _Guarded:
    """What plain and TLS connections have in common."""

    host: str
    port: int
    peer = ""

    def _new_conn(self) -> Socket:
        sock = dial(self.host, self.port)
        self.peer = "" if current().proxied else current().ip  # a proxy's address says nothing of the origin
        return sock

    def request(self, *args: Any, **kwargs: Any) -> None:
        call = current()
        call.fresh = getattr(self, "sock", None) is None
        call.ip = self.peer
        super().request(*args, **kwargs)  # type: ignore[misc]
        call.ip = self.peer

    def getresponse(self) -> HTTPResponse:
        try:
            response: HTTPResponse = super().getresponse()  # type: ignore[misc]
        except (RemoteDisconnected, ConnectionError, ssl.SSLError) as error:
            raise ExchangeEnd(Outcome.CONNECTION_LOST, f"no answer: {_words(error)}") from None
        except (HTTPException, ValueError) as error:
            raise ExchangeEnd(Outcome.BAD_RESPONSE, f"not HTTP: {_words(error)}") from None
        return response


def _words(error: BaseException) -> str:
    text = " ".join(str(error).split())[:200]
    return f"{type(error).__name__} {text}".strip() if text else type(error).__name__


class PlainConnection(_Guarded, HTTPConnection):  # type: ignore[misc]
    """http://, guarded."""


class TlsConnection(_Guarded, HTTPSConnection):  # type: ignore[misc]
    """https://, guarded."""

    def connect(self) -> None:
        """Dial and shake hands.

        :raises Stop: TLS_ERROR beside those of `dial`.
        """
        try:
            super().connect()
        except (ssl.SSLError, ssl.CertificateError) as error:
            raise ExchangeEnd(Outcome.TLS_ERROR, getattr(error, "verify_message", "") or _words(error)) from None
        except (OSError, HTTPError, ValueError) as error:
            raise ExchangeEnd(Outcome.TLS_ERROR, f"broken during the handshake: {_words(error)}") from None


class PlainPool(HTTPConnectionPool):
    """Kept connections to one origin."""

    ConnectionCls = PlainConnection  # type: ignore[assignment]


class TlsPool(HTTPSConnectionPool):
    """Kept connections to one origin, with TLS."""

    ConnectionCls = TlsConnection  # type: ignore[assignment]


class GuardedAdapter(HTTPAdapter):
    """requests' adapter over guarded connections; knows no environment, and no proxy but the one it is told to use."""

    def __init__(self, context: ssl.SSLContext, *, origins: int = 256) -> None:
        self._context = context
        super().__init__(pool_connections=origins, pool_maxsize=2)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        """Make the pools, with the guarded classes in them."""
        self.poolmanager = PoolManager(connections, maxsize=maxsize, block=block, ssl_context=self._context)
        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": TlsPool}

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> ProxyManager:
        """The pools of connections through a proxy: guarded as well, and TLS is the origin's own."""
        manager: ProxyManager = super().proxy_manager_for(proxy, ssl_context=self._context, **kwargs)
        manager.pool_classes_by_scheme = {"http": PlainPool, "https": TlsPool}
        return manager

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Nothing: the context verifies, with its authorities loaded once and not for each connection."""
