"""robots.txt parsers: how many of Google's cases they pass, and CPU on a file of 20,000 rules."""

from __future__ import annotations

import importlib.util
import json
import time
import urllib.robotparser
from collections.abc import Callable

from protego import Protego
from rich.console import Console
from rich.table import Table

from newsflow.web.robots import Rules
from tests.worlds.shared import SHARED

Ask = Callable[[str, str], bool]  # (url, agent) -> allowed


def _ours(body: str, agent: str) -> Ask:
    return Rules(body, [agent]).allows


def _protego(body: str, agent: str) -> Ask:
    return Protego.parse(body).can_fetch


def _standard(body: str, agent: str) -> Ask:
    parser = urllib.robotparser.RobotFileParser()
    parser.parse(body.splitlines())
    return lambda url, agent: parser.can_fetch(agent, url)


def _robotspy(body: str, agent: str) -> Ask:
    from robots import RobotsParser

    parser = RobotsParser.from_string(body)
    return lambda url, agent: bool(parser.can_fetch(agent, url))


def main() -> None:
    """Print the table."""
    cases = json.loads((SHARED / "robots" / "cases.json").read_text())
    large = "User-agent: *\n" + "".join(f"Disallow: /a{n}/*x\n" for n in range(20_000))
    parsers = {"newsflow": _ours, "protego": _protego, "standard library": _standard}
    if importlib.util.find_spec("robots"):
        parsers["robotspy"] = _robotspy
    table = Table("parser", "cases passed", "CPU s to parse", "CPU s for 100 URLs")
    for name, parser in parsers.items():
        passed = sum(parser(c["robots"], c["ua"])(c["url"], c["ua"]) == c["allowed"] for c in cases)
        began = time.process_time()
        ask = parser(large, "newsflow")
        parsed = time.process_time()
        for number in range(100):
            ask(f"http://example.org/z{number}", "newsflow")
        asked = time.process_time()
        table.add_row(name, f"{passed} of {len(cases)}", f"{parsed - began:.2f}", f"{asked - parsed:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
