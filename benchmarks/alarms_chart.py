"""The chart of `benchmarks.alarms`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

WIDTH, HEIGHT, LEFT, TOP, BOTTOM, RIGHT = 720, 420, 60, 40, 60, 130
COLOURS = ("#c2410c", "#0369a1", "#15803d", "#7e22ce", "#475569", "#b45309", "#be123c")


def draw(delays: Mapping[str, Sequence[int]], nights: int) -> str:
    """Share of each kind of fault that is found, by nights since it began, as SVG.

    :param delays: nights until it was found, by kind of fault; more than `nights` for never.
    """
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"',
        'font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="24" font-size="16">Faults found, publishers of two news a night or more</text>',
        f'<text x="{WIDTH / 2}" y="{HEIGHT - 16}" text-anchor="middle">nights since the fault began</text>',
        *_grid(nights),
    ]
    ends: list[float] = []
    for colour, (kind, found) in zip(COLOURS, sorted(delays.items(), key=_at_last), strict=False):
        parts += _line(kind, found, nights, colour, ends)
    return "\n".join([*parts, "</svg>", ""])


def _x(night: float, nights: int) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * night / nights


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * share


def _at_last(item: tuple[str, Sequence[int]]) -> float:
    return -sum(1 / (1 + night) for night in item[1]) / len(item[1])


def _grid(nights: int) -> list[str]:
    parts = []
    for night in range(0, nights + 1, 7):
        x = _x(night, nights)
        parts.append(f'<path d="M{x:.0f} {TOP}V{HEIGHT - BOTTOM}" stroke="#ddd"/>')
        parts.append(f'<text x="{x:.0f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{night}</text>')
    for share in (0, 0.25, 0.5, 0.75, 1):
        parts.append(f'<path d="M{LEFT} {_y(share):.0f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{_y(share) + 4:.0f}" text-anchor="end">{share:.0%}</text>')
    return parts


def _line(kind: str, found: Sequence[int], nights: int, colour: str, ends: list[float]) -> list[str]:
    """Steps of a kind, with its name at their end where there is room below the names before."""
    shares = [sum(night <= most for night in found) / len(found) for most in range(nights + 1)]
    steps = "".join(f"H{_x(night, nights):.0f}V{_y(share):.0f}" for night, share in enumerate(shares))
    place = max(_y(shares[-1]) + 4, ends[-1] + 16 if ends else 0)
    ends.append(place)
    return [
        f'<path d="M{LEFT} {_y(0):.0f}{steps}" fill="none" stroke="{colour}" stroke-width="2"/>',
        f'<text x="{WIDTH - RIGHT + 8}" y="{place:.0f}" fill="{colour}">{kind} ({len(found)})</text>',
    ]
