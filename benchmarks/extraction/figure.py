"""F1 of each extractor on each set, as dots with their 95 % margins: SVG drawn by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from xml.sax.saxutils import escape

from benchmarks.resample import draws, margin
from benchmarks.scores import Scores, summary

Points = dict[str, tuple[float, float]]  # extractor to F1 and margin

PANEL, LABELS, ROW, TOP = 210, 250, 22, 64
OURS, OTHERS = "#c2410c", "#475569"


def points(scores: Mapping[str, Scores]) -> Points:
    return {name: (summary(found)[0], margin(draws(found))) for name, found in scores.items()}


def draw(sets: Mapping[str, Points]) -> str:
    """A panel a set, a row an extractor: newsflow first, then those with the best F1 on any set."""
    names = list(dict.fromkeys(name for found in sets.values() for name in found))
    names.sort(key=lambda name: (_colour(name) != OURS, -max(f[name][0] for f in sets.values() if name in f)))
    width, height = LABELS + PANEL * len(sets) + 20, TOP + ROW * len(names) + 40
    labels = [_text(LABELS - 10, TOP + ROW * n + 5, name, "end", _colour(name)) for n, name in enumerate(names)]
    panels = [part for n, (title, found) in enumerate(sets.items()) for part in _panel(n, title, found, names)]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"',
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        _text(LABELS, 22, "F1 of the body, with 95 % margins (right is better)", "start", "#111", 15),
    ]
    return "\n".join([*parts, *labels, *panels, "</svg>", ""])


def _panel(number: int, title: str, found: Points, names: Sequence[str]) -> list[str]:
    left, right = LABELS + PANEL * number + 14, LABELS + PANEL * (number + 1) - 14
    least = min(value - spread for value, spread in found.values())
    bottom = TOP + ROW * len(names)

    def x(value: float) -> float:
        return left + (right - left) * (value - least) / (1.0 - least)

    parts = [_text((left + right) / 2, TOP - 20, title, "middle", "#111")]
    for tick, anchor in ((least, "start"), ((1 + least) / 2, "middle"), (1.0, "end")):
        parts.append(f'<path d="M{x(tick):.0f} {TOP - 12}V{bottom}" stroke="#ddd"/>')
        parts.append(_text(x(tick), bottom + 16, f"{tick:.2f}", anchor, "#666"))
    for row, name in enumerate(names):
        if name in found:
            parts += _dot(x, TOP + ROW * row, *found[name], _colour(name))
    return parts


def _dot(x: Callable[[float], float], y: float, value: float, spread: float, colour: str) -> list[str]:
    low, high = x(value - spread), x(min(1.0, value + spread))
    return [
        f'<path d="M{low:.1f} {y}H{high:.1f}" stroke="{colour}" stroke-width="2"/>',
        f'<circle cx="{x(value):.1f}" cy="{y}" r="4" fill="{colour}">',
        f"<title>{value:.4f} ± {spread:.3f}</title></circle>",
    ]


def _colour(name: str) -> str:
    return OURS if name.startswith("newsflow") else OTHERS


def _text(x: float, y: float, text: str, anchor: str, colour: str, size: int = 12) -> str:
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" fill="{colour}" font-size="{size}">{escape(text)}</text>'
    )
