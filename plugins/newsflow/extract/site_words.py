"""What the pages of a publisher say of their site: its name and its language. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from newsflow.model import Extraction
from newsflow.outcomes import Outcome

LEAST = 3  # articles that must agree: one page may carry another site's head
SHARE = 0.8  # of the articles that say anything: a site of two languages, or of many names, says none


@dataclass
class SiteWords:
    """Counts what a step's articles say, by publisher."""

    _said: defaultdict[tuple[int, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def note(self, publisher: int, made: Extraction) -> None:
        """Take an extraction; only articles count."""
        if made.outcome is not Outcome.OK:
            return
        for name, text in (("title", made.site_name), ("languages", made.site_language)):
            if text.strip():
                self._said[publisher, name][text] += 1

    def agreed(self) -> Iterator[tuple[int, Mapping[str, str]]]:
        """Of each publisher what its articles agree on."""
        for (publisher, name), said in sorted(self._said.items(), key=lambda item: item[0]):
            text, times = said.most_common(1)[0]
            if times >= LEAST and times >= SHARE * said.total():
                yield publisher, {name: text}
