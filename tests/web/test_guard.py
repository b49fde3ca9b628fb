"""Which addresses may be dialled, beside the standard library and a guard by others."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ssrfguard import DEFAULT_DENIED

from newsflow.outcomes import Outcome
from newsflow.settings import Settings
from newsflow.web.guard import is_public, refusal
from newsflow.web.transport import Transport
from tests.waiting import PATIENCE_S
from tests.webserver import Server, says

REFUSED = """
    0.0.0.0 10.1.2.3 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255
    192.0.0.1 192.0.0.170 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9
    224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 64:ff9b::7f00:1
    64:ff9b::8.8.8.8 64:ff9b:1::1 100::1 2001::1 2001:2::1 2001:10::1 2001:db8::1 2002:7f00:1:: 2002:808:808::1
    3fff::1 5f00::1 fc00::1 fd12:3456::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1 fd00:ec2::254 127.1 0x7f000001 localhost
"""
ALLOWED = "1.1.1.1 8.8.8.8 100.63.255.255 100.128.0.0 172.32.0.1 192.0.1.1 223.255.255.255 2606:4700::1 2a00:1450::1"


@pytest.mark.parametrize("address", REFUSED.split())
def test_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ALLOWED.split())
def test_allowed(address: str) -> None:
    assert is_public(address)


EDGES = [
    edge
    for block in DEFAULT_DENIED.blocks
    for at in (int(block.network.network_address), int(block.network.broadcast_address))
    for edge in (at - 1, at, at + 1)
]
addresses = st.one_of(
    st.integers(0, 2**32 - 1).map(IPv4Address),
    st.integers(0, 2**128 - 1).map(IPv6Address),
    st.integers(0, 2**125 - 1).map(lambda n: IPv6Address((1 << 125) | n)),
    st.sampled_from([n for n in EDGES if 0 <= n < 2**32]).map(IPv4Address),
    st.sampled_from([n for n in EDGES if 2**32 <= n < 2**128]).map(IPv6Address),
)


@given(addresses)
@example(ip_address("192.0.0.9"))
def test_never_dials_what_ssrfguard_refuses(address: IPv4Address | IPv6Address) -> None:
    assert not (is_public(str(address)) and DEFAULT_DENIED.classify(address).blocked)


@given(addresses)
def test_refuses_more_only_where_no_news_is_served(address: IPv4Address | IPv6Address) -> None:
    """Stricter than ssrfguard: addresses that carry others, protocol assignments, AS112 and AMT, outside 2000::/3."""
    if is_public(str(address)) or DEFAULT_DENIED.classify(address).blocked:
        return
    block = DEFAULT_DENIED.match(address)
    outside = isinstance(address, IPv6Address) and address not in IPv6Network("2000::/3")
    carries = isinstance(address, IPv6Address) and address.sixtofour is not None
    assert outside or carries or block is not None


def test_one_private_answer_refuses_the_host() -> None:
    assert refusal(["1.1.1.1", "10.0.0.1"], loopback_allowed=False) == "10.0.0.1 is not a public address"
    assert refusal(["1.1.1.1", "127.0.0.1"], loopback_allowed=False)
    assert refusal([], loopback_allowed=True)
    assert refusal(["127.0.0.1", "::1"], loopback_allowed=True) == ""
    assert refusal(["127.0.0.1", "192.168.0.1"], loopback_allowed=True)


ANSWERS = {
    "rebinding": ["93.184.216.34", "127.0.0.1"],
    "cgnat": ["100.64.0.1"],
    "nat64": ["64:ff9b::7f00:1"],
    "6to4": ["2002:7f00:1::"],
    "compatible": ["::127.0.0.1"],
    "metadata": ["169.254.169.254"],
    "loopback": ["127.0.0.1"],
}


@pytest.mark.parametrize("answers", ANSWERS.values(), ids=ANSWERS)
def test_host_with_such_answers_is_never_dialled(answers: list[str], server: Server) -> None:
    asked: list[str] = []

    def lookup(host: str) -> list[str]:
        asked.append(host)
        return answers

    with Transport(Settings(allow_origins=server.origin), lookup=lookup) as transport:
        found = transport.exchange(f"http://news.example:{server.port}/")
    assert found.outcome is Outcome.SSRF_BLOCKED
    assert asked == ["news.example"]
    assert server.connections == 0


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "0x7f000001",
        "127.1",
        "2130706433",
        "0177.0.0.1",
        "127。0。0。1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0",
    ],
)
def test_spelling_of_loopback_does_not_matter(host: str, server: Server) -> None:
    with Transport(Settings(), lookup=lambda name: [name]) as transport:
        found = transport.exchange(f"http://{host}:{server.port}/")
    assert found.outcome is Outcome.SSRF_BLOCKED
    assert server.connections == 0


@pytest.mark.parametrize(
    ("url", "outcome"),
    [
        ("http://a@127.0.0.1:1/", Outcome.BAD_URL),
        ("http://news.example\\@127.0.0.1/", Outcome.SSRF_BLOCKED),
        ("http://news.example:25/", Outcome.BAD_URL),
        ("file:///etc/passwd", Outcome.BAD_URL),
        ("gopher://127.0.0.1/", Outcome.BAD_URL),
        ("http://", Outcome.BAD_URL),
        ("http://exa mple/", Outcome.BAD_URL),
        ("http://[::1", Outcome.BAD_URL),
        ("", Outcome.BAD_URL),
    ],
)
def test_trick_urls(url: str, outcome: Outcome) -> None:
    """`\\@` is read as a path by the parser that we dial by, so the host is news.example."""
    with Transport(Settings(), lookup=lambda name: ["127.0.0.1"]) as transport:
        found = transport.exchange(url)
    assert found.outcome is outcome
    assert found.status == 0


def test_loopback_is_for_named_origins_only(server: Server, transports: Callable[..., Transport]) -> None:
    other = Server({"/": says(body=b"secret")})
    try:
        assert transports(server).exchange(other.url("/")).outcome is Outcome.SSRF_BLOCKED
        assert other.connections == 0
    finally:
        other.close()


def test_name_is_looked_up_once(server: Server) -> None:
    asked: list[str] = []

    def lookup(host: str) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    server.plays["/"] = says(body=b"x", headers={"Connection": "close"})
    origin = f"http://news.example:{server.port}"
    with Transport(Settings(allow_origins=origin), lookup=lookup) as transport:
        for _ in range(3):
            assert transport.exchange(origin + "/").outcome is Outcome.OK
    assert asked == ["news.example"]
    assert server.requests[0].headers["host"] == f"news.example:{server.port}"


def test_look_up_that_hangs_ends_at_the_deadline(server: Server) -> None:
    """getaddrinfo knows no timeout."""
    until = threading.Event()

    def lookup(host: str) -> list[str]:
        until.wait(PATIENCE_S)
        return ["127.0.0.1"]

    with Transport(Settings(deadline_s=0.3), lookup=lookup) as transport:
        found = transport.exchange("http://news.example/")
        until.set()
    assert found.outcome is Outcome.DEADLINE
    assert 0.3 <= found.seconds < PATIENCE_S


def test_name_that_does_not_exist() -> None:
    def lookup(host: str) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with Transport(Settings(), lookup=lookup) as transport:
        found = transport.exchange("http://news.example/?token=secret")
    assert (found.outcome, found.detail) == (Outcome.DNS_ERROR, "news.example: Name or service not known")


def test_dead_address_is_passed_over(server: Server) -> None:
    server.plays["/"] = says(body=b"x")
    origin = f"http://news.example:{server.port}"
    with Transport(Settings(allow_origins=origin), lookup=lambda _: ["::1", "127.0.0.1"]) as transport:
        found = transport.exchange(origin + "/")
    assert (found.outcome, found.ip) == (Outcome.OK, "127.0.0.1")


def test_proxies_and_netrc_are_ignored(
    server: Server, transport: Transport, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    netrc = f"{tmp_path}/netrc"
    with open(netrc, "w") as out:
        out.write("machine 127.0.0.1 login spy password secret\n")
    monkeypatch.setenv("NETRC", netrc)
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    monkeypatch.setenv("no_proxy", "")
    server.plays["/"] = says(body=b"x")
    assert transport.exchange(server.url("/")).outcome is Outcome.OK
    assert "authorization" not in server.requests[0].headers
