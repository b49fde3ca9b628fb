"""What a fetch tells people while it runs and when it ends: pure.

Hosts, numbers and page ids only; URLs can hold secrets.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from newsflow.model import Exchange
from newsflow.outcomes import Kind

_SLOWEST = 5
_EXAMPLES = 10


def label(pages_by_publisher: Mapping[str, int], done: int) -> str:
    """As the Airflow UI shows a mapped task: "bbc.co.uk +11 · 212/240"."""
    if not pages_by_publisher:
        return "no pages"
    first = min(pages_by_publisher, key=lambda name: (-pages_by_publisher[name], name))
    others = f" +{len(pages_by_publisher) - 1}" if len(pages_by_publisher) > 1 else ""
    return f"{first}{others} · {done}/{sum(pages_by_publisher.values())}"


@dataclass
class FetchProgress:
    """Figures of a step at work."""

    bytes: int = 0
    tries: int = 0
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failures: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def note(self, host: str, page_id: int, exchange: Exchange) -> None:
        """A try that ended."""
        self.tries += 1
        self.bytes += len(exchange.body)
        times = self.seconds[host]
        times.append(exchange.seconds)
        if len(times) > 1000:
            del times[:500]
        examples = self.failures[str(exchange.outcome)]
        if exchange.outcome.meaning.kind is not Kind.OK and len(examples) < _EXAMPLES:
            examples.append(f"page {page_id} of {host}: {exchange.detail}")

    def progress(self, done: int, total: int, seconds: float) -> str:
        """One line while it runs."""
        rate = done / seconds if seconds > 0 else 0.0
        return f"{done}/{total} pages, {rate:.1f}/s, {self.bytes / 1e6:.1f} MB, {len(self.seconds)} hosts"

    def summary(self, counts: Mapping[str, int]) -> list[str]:
        """Some lines at the end: counts, slowest hosts, first failures by kind."""
        lines = [", ".join(f"{name} {number}" for name, number in Counter(counts).most_common()) or "no pages"]
        means = {host: sum(times) / len(times) for host, times in self.seconds.items() if times}
        slowest = sorted(means, key=lambda host: -means[host])[:_SLOWEST]
        if slowest:
            lines.append("slowest hosts: " + ", ".join(f"{host} {means[host]:.2f} s" for host in slowest))
        for outcome, examples in sorted(self.failures.items()):
            lines.extend(f"{outcome}: {example}" for example in examples)
        return lines
