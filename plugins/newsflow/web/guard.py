"""Which addresses may be dialled: only globally reachable unicast ones.

Python 3.11's `ipaddress.is_global` is wrong on several ranges, so the IANA special-purpose
registries are written down here (RFC 6890 and its updates, as of 2025).
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_V4 = tuple(
    IPv4Network(net)
    for net in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",
        "169.254.0.0/16",  # link local, cloud metadata
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")
_V6 = tuple(
    IPv6Network(net)
    for net in (
        "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID, …
        "2001:db8::/32",
        "2002::/16",  # 6to4: carries any IPv4 address
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)

# https://fetch.spec.whatwg.org/#bad-port: no web server answers there, but other services might act.
_PORTS = """
    0 1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 123 135
    137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 990 993 995 1719
    1720 1723 2049 3659 4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080
"""
BAD_PORTS = frozenset(map(int, _PORTS.split()))


def is_public(address: str) -> bool:
    """True where `address` (an IPv4 or IPv6 literal, no zone) is globally reachable unicast.

    Addresses that carry another one (IPv4-mapped or -compatible, NAT64, 6to4, Teredo) are
    refused: a resolver has no business to give them, and a gateway might unwrap them.
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv4Address):
        return not any(ip in net for net in _V4)
    return _public_v6(ip)


def _public_v6(ip: IPv6Address) -> bool:
    return ip.scope_id is None and ip in _GLOBAL_V6 and not any(ip in net for net in _V6)


def is_loopback(address: str) -> bool:
    """True for 127.0.0.0/8 and ::1."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def refusal(addresses: list[str], *, loopback_allowed: bool) -> str:
    """Why a host with these answers is not dialled; empty where it may be.

    One bad answer refuses all: rebinding gives a mixture.
    """
    if not addresses:
        return "the host has no address"
    for address in addresses:
        if is_public(address) or (loopback_allowed and is_loopback(address)):
            continue
        return f"{address} is not a public address"
    return ""
