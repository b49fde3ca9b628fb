"""Machines of a cluster as network namespaces of this one: each has an address and a cable that can be pulled.

The servers of a cluster listen on loopback only, so what a machine sends to 127.0.0.0/8 goes over its cable to the
first machine (`route_localnet`); on its own loopback nothing listens. All of it needs root on Linux, and a network of
our own: `alone` starts a program anew where there is none but its own loopback, so no address is anybody else's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

_MARK = "NEWSFLOW_CLUSTER_ALONE"
_NOWHERE = "02:00:00:00:00:99"  # an Ethernet address that nobody has: what is sent there is lost without a word


def possible() -> bool:
    """Whether this program has a network of its own, and so can have machines."""
    return bool(os.environ.get(_MARK))


def alone(words: Sequence[str]) -> None:
    """Run `python words` anew in a network of its own, for good; returns where the machine does not allow that."""
    if possible() or os.geteuid() or not shutil.which("ip") or not shutil.which("unshare"):
        return
    if subprocess.run(
        ["unshare", "--net", "ip", "link", "set", "lo", "up"], capture_output=True, check=False
    ).returncode:
        return
    start = 'ip link set lo up && exec "$@"'
    os.execvpe(
        "unshare",
        ["unshare", "--net", "--mount", "sh", "-c", start, "sh", sys.executable, *words],
        {**os.environ, _MARK: "1"},
    )


@dataclass
class Machine:
    """A namespace with a name, and the cable from the first machine to it."""

    name: str
    number: int
    is_cut: bool = False

    @property
    def address(self) -> str:
        """Its address on its cable."""
        return f"10.77.{self.number}.2"

    @property
    def _first(self) -> str:
        return f"10.77.{self.number}.1"

    @property
    def _cable(self) -> str:
        return f"cable{self.number}"

    @property
    def words(self) -> list[str]:
        """What stands before a command that is to run there, under the machine's own host name."""
        named = f'hostname {self.name} && exec "$@"'
        return ["ip", "netns", "exec", self.name, "unshare", "--uts", "sh", "-c", named, "sh"]

    def plug(self, stack: ExitStack) -> Machine:
        """Make it, for as long as the stack lasts."""
        _ip("netns", "add", self.name)
        stack.callback(_ip, "netns", "del", self.name)
        _ip("link", "add", self._cable, "type", "veth", "peer", "name", "eth0", "netns", self.name)
        _ip("addr", "add", f"{self._first}/24", "dev", self._cable)
        _ip("link", "set", self._cable, "up")
        self._there("addr", "add", f"{self.address}/24", "dev", "eth0")
        self._there("link", "set", "eth0", "up")
        for words, name in (([], self._cable), (["ip", "netns", "exec", self.name], "eth0")):
            _run(*words, "sysctl", "-qw", f"net.ipv4.conf.{name}.route_localnet=1")
        self._there("route", "add", "127.0.0.0/8", "via", self._first, "dev", "eth0", "src", self.address)
        return self

    def cut(self) -> None:
        """Let nothing through any more, in neither direction, and nobody know: as with a switch that has died."""
        self.is_cut = True
        wrong = ("lladdr", _NOWHERE, "nud", "permanent")
        _ip("neigh", "replace", self.address, *wrong, "dev", self._cable)
        self._there("neigh", "replace", self._first, *wrong, "dev", "eth0")

    def mend(self) -> None:
        """Let everything through again."""
        self.is_cut = False
        _ip("neigh", "del", self.address, "dev", self._cable)
        self._there("neigh", "del", self._first, "dev", "eth0")

    def _there(self, *words: str) -> None:
        _ip("-n", self.name, *words)


def _ip(*words: str) -> None:
    _run("ip", *words)


def _run(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"{' '.join(words)}: {done.stderr.strip()}")
