"""Two figures from the database, as SVG: articles by hour, and a topic's languages.

    python docs/examples/figures.py DSN FOLDER

Standard library and psycopg2 only. Where you have matplotlib or a notebook, take the queries.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import psycopg2

VOLUME = """
select to_char(date_trunc('hour', published_at), 'HH24:MI'), count(*)
from news.articles
where published_at >= '2026-03-02' and published_at < '2026-03-03' and published_quality = 'exact'
group by 1 order by 1
"""
LANGUAGES = """
select a.language, count(*)
from news.tags t join news.unique_articles a using (article_id)
where t.folded = 'energy' and a.language_confidence >= 0.8
group by 1 order by 2 desc, 1
"""


def bars(title: str, rows: Sequence[tuple[str, int]]) -> str:
    """A horizontal bar chart, a row a label, its value at the end of its bar."""
    top = max((value for _, value in rows), default=1)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="480" height="{50 + 26 * len(rows)}" font-family="sans-serif">',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="12" y="24" font-size="15">{escape(title)}</text>',
    ]
    for row, (label, value) in enumerate(rows):
        y, width = 40 + 26 * row, round(320 * value / top)
        parts.append(f'<text x="90" y="{y + 15}" font-size="12" text-anchor="end">{escape(label)}</text>')
        parts.append(f'<rect x="98" y="{y}" width="{width}" height="20" fill="#2b6cb0"/>')
        parts.append(f'<text x="{104 + width}" y="{y + 15}" font-size="12">{value}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def main(dsn: str, folder: str) -> None:
    """Ask, draw, write."""
    figures = {
        "volume.svg": ("Articles by hour of publication (UTC), 2 March 2026, sample newsroom", VOLUME),
        "languages.svg": ("Unique articles tagged 'energy', by language, sample newsroom", LANGUAGES),
    }
    with psycopg2.connect(dsn, options="-c timezone=UTC") as conn, conn.cursor() as cursor:
        for name, (title, query) in figures.items():
            cursor.execute(query)
            Path(folder, name).write_text(bars(title, cursor.fetchall()), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
