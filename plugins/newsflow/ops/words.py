"""Outcomes and counts in words, for pages, alarms and the terminal. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from newsflow.model import OUTCOMES, Outcome


def sentence(code: str | None) -> str:
    """What an outcome means; the code itself where it is unknown, as one of another release may be."""
    try:
        return OUTCOMES[Outcome(code or "")].sentence
    except ValueError:
        return code or ""


def counts_line(counts: Mapping[str, int], limit: int = 4) -> str:
    """Counts as a short line: "ok 12, not_found 3"."""
    ordered = sorted(counts.items(), key=lambda c: (-c[1], c[0]))
    rest = sum(n for _, n in ordered[limit:])
    shown = [f"{code.replace('_', ' ')} {n}" for code, n in ordered[:limit]]
    return ", ".join([*shown, f"others {rest}"] if rest else shown)
