"""Access that publishers granted: who gets it, and where it is never seen."""

from __future__ import annotations

import base64
import json
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest

from newsflow.ops.connection import with_access
from newsflow.outcomes import Outcome
from newsflow.settings import Settings, SettingsError
from newsflow.web import access
from newsflow.web.guarded_connection import tls_context
from newsflow.web.transport import Transport
from tests.listener import Listener
from tests.web.conftest import lookup
from tests.web.test_tls import HOST, cert, secure
from tests.webserver import Server, says

__all__ = ["cert", "secure"]

SECRET = "s3cr3t-w0rd"
BASIC = "Basic " + base64.b64encode(f"ana:{SECRET}".encode()).decode()
Make = Callable[..., Transport]


@pytest.fixture
def other() -> Iterator[Server]:
    found = Server()
    yield found
    found.close()


def granting(server: Server, path: str = "/", **more: object) -> str:
    return json.dumps([{"url": server.origin + path, **(more or {"user": "ana", "password": SECRET})}])


def test_credentials_go_to_their_origin_and_into_nothing_that_is_kept(
    server: Server, transports: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.plays["/a"] = says(body=b"x", headers={"Set-Cookie": f"session={SECRET}"})
    found = transports(server, access=granting(server)).exchange(server.url("/a"))
    assert server.requests[0].headers["authorization"] == BASIC
    assert found.outcome is Outcome.OK
    for told in (repr(found), str(asdict(found)), caplog.text):
        assert SECRET not in told
        assert BASIC not in told


def test_no_other_origin_gets_them_by_a_redirect(server: Server, other: Server, transports: Make) -> None:
    server.plays["/a"] = says("302 Found", headers={"Location": other.url("/b")})
    other.plays["/b"] = says("302 Found", headers={"Location": server.url("/c")})
    server.plays["/c"] = says(body=b"x")
    given = granting(server, headers={"X-Key": SECRET}, cookies={"k": SECRET})
    transports(server, access=given, allow_origins=f"{server.origin} {other.origin}").exchange(server.url("/a"))
    assert [(one.headers.get("x-key"), one.headers.get("cookie")) for one in server.requests] == [
        (SECRET, f"k={SECRET}")
    ] * 2
    assert SECRET not in str([one.headers for one in other.requests])


@pytest.mark.parametrize(
    ("path", "is_sent"), [("/premium", True), ("/premium/a", True), ("/premium2", False), ("/", False)]
)
def test_a_grant_for_a_part_of_a_site(server: Server, transports: Make, path: str, is_sent: bool) -> None:
    server.plays[path] = says(body=b"x")
    transports(server, access=granting(server, "/premium", bearer=SECRET)).exchange(server.url(path))
    assert (server.requests[0].headers.get("authorization") == f"Bearer {SECRET}") is is_sent


def test_a_file_that_others_may_read_is_refused(tmp_path: Path, server: Server) -> None:
    file = tmp_path / "access.yaml"
    file.write_text(f"- url: {server.origin}\n  user: ana\n  password: {SECRET}\n")
    file.chmod(0o644)
    with pytest.raises(SettingsError, match="can be read by others"):
        access.load(Settings(access_file=str(file)))
    file.chmod(0o600)
    found = access.load(Settings(access_file=str(file))).of(server.url("/x"))
    assert found is not None
    assert found.headers == {"Authorization": BASIC}
    assert SECRET not in repr(found)


@pytest.mark.parametrize(
    "item",
    [
        {"user": "ana", "password": SECRET},
        {"url": "ftp://a.example/", "password": SECRET},
        {"url": "https://a.example/", "pasword": SECRET},
        {"url": "https://a.example/", "headers": {"Host": SECRET}},
        {"url": "https://a.example/", "headers": {"X": f"{SECRET}\r\nY: 1"}},
        {"url": "https://a.example/", "headers": {f"X: {SECRET}": "1"}},
        {"url": "https://a.example/", "cookies": {f"a={SECRET}; b": "1"}},
        {"url": "https://a.example/", "cookies": [SECRET]},
        {"url": "https://a.example/"},
        SECRET,
    ],
)
def test_what_cannot_be_used_is_told_without_its_values(item: Any) -> None:
    with pytest.raises(SettingsError, match="entry 1") as refused:
        access.load(Settings(access=json.dumps([item])))
    assert SECRET not in str(refused.value)
    assert SECRET not in str(refused.value.__cause__)


@pytest.mark.parametrize("text", ['{"url": 1', f'"{SECRET}"', f'{{"{SECRET}": 1}}'])
def test_what_is_no_list_is_told_without_its_values(text: str) -> None:
    with pytest.raises(SettingsError) as refused:
        access.load(Settings(access=text))
    assert SECRET not in str(refused.value)


@dataclass
class Connection:
    """What Airflow's connections have that is read."""

    host: str
    schema: str = ""
    port: int | None = None
    login: str = ""
    password: str = ""
    extra_dejson: dict[str, Any] = field(default_factory=dict)


@pytest.mark.parametrize(
    ("connection", "url", "headers"),
    [
        (Connection("a.example", login="ana", password=SECRET), "https://a.example/x", {"Authorization": BASIC}),
        (Connection("http://a.example/p/", login="ana", password=SECRET), "http://a.example/p/",
         {"Authorization": BASIC}),
        (Connection("a.example", "http", 81, extra_dejson={"bearer": "b", "path": "/p"}), "http://a.example:81/p",
         {"Authorization": "Bearer b"}),
        (Connection("a.example", extra_dejson={"headers": {"X": "1"}, "timeout": 3}), "https://a.example/", {"X": "1"}),
    ],
)  # fmt: skip
def test_airflows_connections_grant_access(connection: Connection, url: str, headers: dict[str, str]) -> None:
    settings = with_access(Settings(access_connections="one"), {"one": connection}.__getitem__)
    found = access.load(settings).of(url)
    assert found is not None
    assert found.headers == headers


class Proxy:
    """A forward proxy: CONNECT, and http:// by whole addresses; everything goes to one server."""

    def __init__(self, server: Server) -> None:
        self.server, self.asked = server, []  # type: tuple[Server, list[str]]
        self._listener = Listener(self._relay)
        self.url = f"http://user:{SECRET}@127.0.0.1:{self._listener.port}"

    def _relay(self, client: socket.socket) -> None:
        head = client.recv(65_536)
        self.asked.append(head.decode("latin-1"))
        upstream = socket.create_connection(("127.0.0.1", self.server.port))
        if head.startswith(b"CONNECT"):
            client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        else:
            method, target, rest = head.split(b" ", 2)
            upstream.sendall(b" ".join((method, b"/" + target.split(b"/", 3)[3], rest)))
        threading.Thread(target=_pump, args=(upstream, client), daemon=True).start()
        _pump(client, upstream)

    def close(self) -> None:
        self._listener.close()


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while piece := source.recv(65_536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    found = Proxy(server)
    yield found
    found.close()


def test_only_the_origins_of_the_list_go_through_the_proxy(
    server: Server, proxy: Proxy, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.plays["/a"] = says(body=b"x")
    settings = Settings(proxy=proxy.url, proxy_origins="http://listed.example")
    with Transport(settings, lookup=lookup) as transport:
        through = transport.exchange("http://listed.example/a")
        direct = transport.exchange("http://other.example/a")
    assert (through.outcome, through.body, through.ip) == (Outcome.OK, b"x", "")
    assert proxy.asked[0].startswith("GET http://listed.example/a HTTP/1.1\r\n")
    assert "Proxy-Authorization: Basic" in proxy.asked[0]
    assert direct.outcome is Outcome.SSRF_BLOCKED  # its name leads to loopback
    assert len(proxy.asked) == 1
    assert SECRET not in repr((through, direct)) + caplog.text


def test_a_redirect_leads_out_of_the_proxy(server: Server, proxy: Proxy) -> None:
    server.plays["/a"] = says("302 Found", headers={"Location": "http://inside.example/secret"})
    with Transport(Settings(proxy=proxy.url, proxy_origins="http://listed.example"), lookup=lookup) as transport:
        assert transport.exchange("http://listed.example/a").outcome is Outcome.SSRF_BLOCKED
    assert len(proxy.asked) == 1


def test_https_goes_through_a_tunnel(cert: tuple[Path, Path], secure: Server) -> None:
    """The proxy sees a name and no more; the certificate is the origin's own."""
    proxy = Proxy(secure)
    origin = f"https://{HOST}:{secure.port}"
    settings = Settings(proxy=proxy.url, proxy_origins=origin, access=json.dumps([{"url": origin, "bearer": "b"}]))
    with Transport(settings, lookup=lookup, tls=tls_context(str(cert[0]))) as transport:
        found = transport.exchange(f"{origin}/")
    proxy.close()
    assert proxy.asked[0].startswith(f"CONNECT {HOST}:{secure.port} HTTP/1.")
    assert "Bearer" not in proxy.asked[0]
    assert (found.outcome, found.body) == (Outcome.OK, b"secret news")
    assert "proxy-authorization" not in secure.requests[0].headers
    assert secure.requests[0].headers["authorization"] == "Bearer b"


def test_the_environments_proxy_is_not_heeded(server: Server, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", proxy.url)
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    server.plays["/a"] = says(body=b"x")
    with Transport(Settings(allow_origins=server.origin), lookup=lookup) as transport:
        assert transport.exchange(server.url("/a")).outcome is Outcome.OK
    assert proxy.asked == []


@pytest.mark.parametrize("given", ["", "socks5://h:1", f"https://{SECRET}@h:1", "h:1"])
def test_a_proxy_that_cannot_be_used_is_told(given: str) -> None:
    with pytest.raises(SettingsError, match="NEWSFLOW_PROXY") as refused:
        access.proxied(Settings(proxy=given, proxy_origins="http://a.example"))
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("grants", [True, False])
def test_cookies_of_an_origin_that_knows_us_go_back_to_it_alone(
    server: Server, other: Server, transports: Make, grants: bool
) -> None:
    """Cookies know no ports: both servers are one host to them."""
    server.plays["/a"] = says("302 Found", headers={"Location": "/b", "Set-Cookie": "session=mine; Path=/"})
    server.plays["/b"] = says("302 Found", headers={"Location": other.url("/c")})
    other.plays["/c"] = says("302 Found", headers={"Location": server.url("/d")})
    server.plays["/d"] = says(body=b"x")
    given = {"access": granting(server)} if grants else {}
    both = f"{server.origin} {other.origin}"
    assert transports(server, allow_origins=both, **given).exchange(server.url("/a")).outcome is Outcome.OK
    assert ("session=mine" in other.asked("/c")[0].headers.get("cookie", "")) is not grants
    assert all("session=mine" in server.asked(path)[0].headers["cookie"] for path in ("/b", "/d"))
