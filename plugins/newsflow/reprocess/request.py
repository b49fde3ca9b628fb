"""What a reprocess is asked to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class ReprocessRequest:
    """Which captures are extracted again; empty means all.

    :param since: first day of the capture, UTC; `until` the last one.
    :param outcomes: `loaded` for articles, or codes of rejects (`too_short`, …).
    :param extractors: versions that made what stands there, as SQL patterns (`%trafilatura-2.3.0%`).
    """

    publishers: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    outcomes: tuple[str, ...] = ()
    extractors: tuple[str, ...] = ()
    limit: int | None = None

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> ReprocessRequest:
        """From Airflow's Params (or any mapping with these keys).

        :raises ValueError: for a date that is none, or a span that ends before it begins.
        """
        lists = {name: tuple(params.get(name) or ()) for name in ("publishers", "outcomes", "extractors")}
        since, until = _day(params.get("since")), _day(params.get("until"))
        if since and until and until < since:
            raise ValueError(f"the span ends on {until}, before it begins on {since}")
        return cls(**lists, since=since, until=until, limit=params.get("limit"))

    def as_params(self) -> dict[str, Any]:
        """The mapping that `from_params` reads."""
        return {
            "publishers": list(self.publishers),
            "since": str(self.since) if self.since else None,
            "until": str(self.until) if self.until else None,
            "outcomes": list(self.outcomes),
            "extractors": list(self.extractors),
            "limit": self.limit,
        }

    def as_query(self) -> dict[str, Any]:
        """Parameters of `reprocess.choose`."""
        return {
            "publishers": list(self.publishers) or None,
            "since": self.since,
            "until": self.until,
            "outcomes": list(self.outcomes) or None,
            "extractors": list(self.extractors) or None,
            "limit": self.limit,
        }


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)[:10]) if value else None
