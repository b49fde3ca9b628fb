"""The chart of `benchmarks.storage`: bytes an article by table, and the last night's cost over the store's size."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

COLOURS = ("#1f5fa8", "#b3402a", "#3f7d3a", "#8a5a9e", "#c08a1e", "#475569")
PARTS = (("rows", "#1f5fa8"), ("texts", "#7fa7d4"), ("indexes", "#c08a1e"))
SHOWN = 12  # tables

Seconds = Mapping[str, tuple[float, float]]


def draw(sizes: Mapping[str, Sequence[int]], articles: int, nights: Sequence[tuple[int, int, Seconds]]) -> str:
    """An SVG of two panels.

    :param sizes: bytes of rows, texts and indexes, by table.
    :param nights: stored articles, articles of the night, CPU and wall seconds by stage.
    """
    return "\n".join([
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 400" font-family="sans-serif" font-size="12">',
        '<rect width="900" height="400" fill="white"/>', *_bars(sizes, articles), *_lines(nights), "</svg>", "",
    ])  # fmt: skip


def _bars(sizes: Mapping[str, Sequence[int]], articles: int) -> list[str]:
    shown = sorted(sizes.items(), key=lambda item: -sum(item[1]))[:SHOWN]
    widest = sum(shown[0][1]) or 1
    drawn = [f'<text x="20" y="24" font-size="14">Bytes an article, {articles:,} articles</text>']
    for place, (part, colour) in enumerate(PARTS):
        drawn.append(f'<rect x="{20 + 80 * place}" y="34" width="10" height="10" fill="{colour}"/>')
        drawn.append(f'<text x="{34 + 80 * place}" y="44">{part}</text>')
    for row, (name, parts) in enumerate(shown):
        x, y = 190.0, 60 + 26 * row
        drawn.append(f'<text x="184" y="{y + 13}" text-anchor="end">{name}</text>')
        for value, (_, colour) in zip(parts, PARTS, strict=True):
            width = 190 * value / widest
            drawn.append(f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="18" fill="{colour}"/>')
            x += width
        drawn.append(f'<text x="{x + 5:.0f}" y="{y + 13}">{sum(parts) / articles:,.0f}</text>')
    return drawn


def _lines(nights: Sequence[tuple[int, int, Seconds]]) -> list[str]:
    least, most = math.log(nights[0][0]), math.log(nights[-1][0])
    top = max(cpu / night for _, night, stages in nights for cpu, _ in stages.values()) * 1.15 or 1.0

    def at(stored: int, cost: float) -> str:
        return f"{540 + 310 * (math.log(stored) - least) / ((most - least) or 1):.0f},{340 - 270 * cost / top:.0f}"

    drawn = ['<text x="520" y="24" font-size="14">CPU ms an article of the last night</text>']
    for part in range(5):
        y = 344 - 270 * part / 4
        drawn.append(f'<text x="530" y="{y:.0f}" text-anchor="end">{1e3 * top * part / 4:.1f}</text>')
    for stored, _, _ in nights:
        drawn.append(f'<text x="{at(stored, 0).split(",")[0]}" y="362" text-anchor="middle">{stored:,}</text>')
    drawn.append('<text x="695" y="386" text-anchor="middle">stored articles (logarithmic)</text>')
    for stage, colour in zip(nights[0][2], COLOURS, strict=False):
        spots = [at(stored, stages[stage][0] / night) for stored, night, stages in nights]
        drawn.append(f'<polyline points="{" ".join(spots)}" fill="none" stroke="{colour}" stroke-width="2"/>')
        x, y = map(int, spots[-1].split(","))
        drawn.append(f'<text x="{x}" y="{y - 6}" text-anchor="end" fill="{colour}">{stage}</text>')
    return drawn
