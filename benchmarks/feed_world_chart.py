"""The chart of `benchmarks.feed_world`."""

from __future__ import annotations

import math
from collections.abc import Sequence


def draw(points: Sequence[tuple[str, float, float]], subject: str) -> str:
    """Ways of polling (name, requests a feed and day, share missed), both on logarithmic scales, as SVG."""
    width, height, left, bottom = 720, 420, 80, 60
    least_x, most_x = 0.5, 300.0
    least_y, most_y = 0.0005, 1.0

    def x(per_day: float) -> float:
        return left + (width - left - 30) * math.log(per_day / least_x) / math.log(most_x / least_x)

    def y(share: float) -> float:
        part = math.log(max(share, least_y) / least_y) / math.log(most_y / least_y)
        return height - bottom - (height - bottom - 40) * part

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"',
        'font-family="sans-serif" font-size="13">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text x="{left}" y="24" font-size="16">Items missed against requests: {subject}</text>',
    ]
    for value in (1, 2, 5, 10, 20, 50, 100):
        parts.append(f'<path d="M{x(value):.0f} 40V{height - bottom}" stroke="#ddd"/>')
        parts.append(f'<text x="{x(value):.0f}" y="{height - bottom + 18}" text-anchor="middle">{value}</text>')
    for value in (0.001, 0.01, 0.1, 1.0):
        parts.append(f'<path d="M{left} {y(value):.0f}H{width - 30}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8}" y="{y(value) + 4:.0f}" text-anchor="end">{value:.1%}</text>')
    parts.append(f'<text x="{width / 2}" y="{height - 16}" text-anchor="middle">requests a feed and day</text>')
    parts.append(f'<text transform="translate(20 {height / 2}) rotate(-90)" text-anchor="middle">items missed</text>')
    for name, per_day, share in points:
        cx, cy = x(per_day), y(share)
        ours = name.startswith("newsflow")
        colour = "#c2410c" if ours else "#475569"
        place = f'x="{cx - 12:.0f}" text-anchor="end"' if ours else f'x="{cx + 12:.0f}"'
        lower = 14 if name == "newsflow" else 0  # beside the other one of ours, which stands close above it
        parts.append(f'<circle cx="{cx:.0f}" cy="{cy:.0f}" r="7" fill="{colour}"/>')
        parts.append(f'<text {place} y="{cy + 5 + lower:.0f}" fill="{colour}">{name}: {share:.2%}</text>')
    return "\n".join([*parts, "</svg>", ""])
