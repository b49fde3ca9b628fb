"""Hostile feeds meet a child process, and the poll goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import psutil
import pytest

from newsflow.feeds.parsed import FeedError
from newsflow.feeds.parser_process import ParserProcesses
from newsflow.outcomes import Outcome
from tests.paths import ROOT

BASE = "https://news.example/rss"
GOOD = b"<rss><channel><title>fine</title></channel></rss>"
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaaaaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + i, (b"&%c;" % (97 + i)) * 10) for i in range(10))
    + b"]><rss><channel><title>&k;</title><item><title>x</title></item></channel></rss>"
)
XXE = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    b"<rss><channel><title>&a;</title><item><title>&a;</title></item></channel></rss>"
)
ATTRIBUTES = (
    b"<rss><channel><item " + b" ".join(b'a%d="x"' % i for i in range(200_000)) + b"><title>x & y</title></item>"
)
DEEP = b"<rss><channel>" + b"<a>" * 200_000
TITLE = b"<rss><channel><item><title>" + b"x" * 20_000_000 + b"</title></item></channel></rss>"


@pytest.fixture
def children() -> Iterator[ParserProcesses]:
    with ParserProcesses(1, memory_mb=512, timeout_s=1.5, max_bytes=50_000_000) as running:
        yield running


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (LAUGHS, Outcome.PARSE_ERROR),
        (XXE, Outcome.PARSE_ERROR),
        (ATTRIBUTES, Outcome.PARSE_TIMEOUT),
        (DEEP, Outcome.PARSE_ERROR),
        (TITLE, Outcome.PARSE_ERROR),
    ],
    ids=["billion laughs", "XXE", "200k attributes", "200k deep", "20 MB title"],
)
def test_hostile_xml_ends_in_time_and_the_next_feed_is_read(
    children: ParserProcesses, body: bytes, outcome: Outcome
) -> None:
    with pytest.raises(FeedError) as caught:
        children.parse(body, BASE)
    assert caught.value.outcome is outcome
    assert "root:" not in caught.value.detail
    assert children.parse(GOOD, BASE).title == "fine"


def test_memory_is_bounded() -> None:
    many = b"<rss><channel>" + b"<item><a/><b/><c/><d/></item>" * 1_500_000 + b"</channel></rss>"
    with ParserProcesses(1, memory_mb=256, timeout_s=30, max_bytes=1) as children:
        with pytest.raises(FeedError) as caught:
            children.parse(many, BASE)
        assert caught.value.outcome is Outcome.PARSE_ERROR
        assert children.parse(GOOD, BASE).title == "fine"


def test_the_parent_needs_no_parser() -> None:
    code = (
        "import sys\n"
        "from newsflow.feeds.parser_process import ParserProcesses\n"
        "with ParserProcesses(1, memory_mb=512, timeout_s=60, max_bytes=1) as children:\n"
        f"    print(children.parse({GOOD!r}, 'https://a.example/').title, 'newsflow.feeds.parse' in sys.modules)\n"
    )
    path = {"PYTHONPATH": str(ROOT / "plugins")}
    said = subprocess.check_output([sys.executable, "-c", code], text=True, env=path)
    assert said.split() == ["fine", "False"]


def test_a_feed_takes_as_long_as_a_busy_machine_needs() -> None:
    """The child stands still for longer than its CPU seconds: its feed is read all the same."""
    others = set(psutil.Process().children())
    with ParserProcesses(1, memory_mb=512, timeout_s=1.5, max_bytes=1) as children:
        assert children.parse(GOOD, BASE).title == "fine"
        mine = set(psutil.Process().children()) - others
        (pid,) = (child.pid for child in mine if "parser_child" in " ".join(child.cmdline()))
        os.kill(pid, signal.SIGSTOP)
        threading.Timer(2.0, os.kill, (pid, signal.SIGCONT)).start()
        assert children.parse(GOOD, BASE).title == "fine"


def test_many_threads_share_few_processes(children: ParserProcesses) -> None:
    titles: list[str] = []
    threads = [threading.Thread(target=lambda: titles.append(children.parse(GOOD, BASE).title)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert titles == ["fine"] * 20
