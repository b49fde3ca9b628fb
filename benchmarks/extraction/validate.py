"""What was tuned, chosen again without the publishers that it is judged on: five folds of publishers."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Hashable, Sequence
from functools import cache
from itertools import product
from typing import TypeVar
from unittest import mock

import numpy as np
from rich.progress import track

from benchmarks.extraction.extractors import Made
from benchmarks.extraction.learned import applied
from benchmarks.extraction.sets import Gold
from benchmarks.resample import gain
from benchmarks.scores import Scores, page_scores, precision_recall, summary
from benchmarks.sheets import Sheet
from newsflow.extract.body import completeness
from newsflow.extract.document import extract
from newsflow.text.site_lines import RULE, Rule

FOLDS = 5
RULES = [
    Rule(votes=votes, share=share, long=long, long_votes=long_votes, long_share=long_share)
    for votes, share, long, long_votes, long_share in product(
        (2, 3), (0.05, 0.1, 0.2, 0.3), (15, 25, 40), (2, 3, 4), (0.1, 0.2, 0.3)
    )
]
GATES = (1.25, completeness.GATE, 2.0, float("inf"))

Choice = TypeVar("Choice", bound=Hashable)


def fold(site: str) -> int:
    """The same fold for a publisher whatever the set."""
    return zlib.crc32(site.encode()) % FOLDS


def validated(gold: Sequence[Gold], choices: dict[Choice, Scores]) -> tuple[Scores, list[Choice]]:
    """Scores of each page under the choice that was best on the other folds' publishers, and those choices."""
    of = np.array([fold(one.site) for one in gold])
    scores, picked = np.empty((len(gold), 2)), []
    for number in range(FOLDS):
        best = max(choices, key=lambda choice: summary(choices[choice][of != number])[0])
        scores[of == number] = choices[best][of == number]
        picked.append(best)
    return scores, picked


def site_rules(gold: Sequence[Gold], made: Sequence[Made]) -> dict[Rule, Scores]:
    """The grid of rules for site lines; a body that two rules make is scored once."""
    score = cache(precision_recall)
    return {
        rule: np.array([score(one.text, body) for one, body in zip(gold, applied(gold, made, rule), strict=True)])
        for rule in track(RULES, "  rules for site lines", transient=True)
    }


def gates(gold: Sequence[Gold]) -> dict[float, Scores]:
    """How much running text the engine must have missed before candidates vote."""
    return {gate: _gated(gold, gate) for gate in GATES}


def _gated(gold: Sequence[Gold], gate: float) -> Scores:
    with mock.patch.object(completeness, "GATE", gate):
        pages = track(gold, f"  gate {gate:g}", transient=True)
        return page_scores([one.text for one in gold], [extract(one.html(), one.url).body for one in pages])


def sheet(
    title: str, gold: Sequence[Gold], choices: dict[Choice, Scores], chosen: Choice, say: Callable[[Choice], str]
) -> Sheet:
    """In force, best on all (too kind), and as chosen without the publishers that are judged."""
    scores, picked = validated(gold, choices)
    f1 = {choice: summary(found)[0] for choice, found in choices.items()}
    best = max(f1, key=f1.__getitem__)
    picks = "; ".join(map(say, dict.fromkeys(picked)))
    rows = [
        ("in force", f"{f1[chosen]:.4f}", say(chosen)),
        ("best of the grid on all pages", f"{f1[best]:.4f}", say(best)),
        ("chosen on four folds of publishers, judged on the fifth", f"{summary(scores)[0]:.4f}", picks),
    ]
    sites = [one.site for one in gold]
    low, high = gain(scores, choices[chosen], sites)
    notes = [
        f"{len(f1)} choices, F1 from {min(f1.values()):.4f} to {max(f1.values()):.4f}; {len(set(sites))} publishers.",
        f"Cross-validated less in force, publishers drawn: {low:+.4f} … {high:+.4f} (95 %).",
    ]
    return Sheet(title, ("", "F1", "choice"), rows, notes)


def say_rule(rule: Rule) -> str:
    return f"{rule.votes}/{rule.share:g}, over {rule.long} words {rule.long_votes}/{rule.long_share:g}"


def sheets(sets: dict[str, Sequence[Gold]], made: dict[str, Sequence[Made]]) -> list[Sheet]:
    """Site lines on `sites`, the gate on the sets that it was chosen on."""
    found = []
    if "sites" in sets:
        rules = site_rules(sets["sites"], made["sites"])
        found.append(sheet("sites: rule for site lines", sets["sites"], rules, RULE, say_rule))
    for name in [name for name in ("pages", "pages_meta") if name in sets]:
        title = f"{name}: gate of the vote"
        found.append(sheet(title, sets[name], gates(sets[name]), completeness.GATE, lambda gate: f"{gate:g}"))
    return found
