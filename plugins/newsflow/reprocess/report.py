"""The report of a comparison, for review: numbers as JSON, and a page with examples side by side."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from psycopg2.extensions import connection as Connection

from newsflow.errors import NewsflowError
from newsflow.reprocess.sides import Paragraph, Version, lines, side_by_side
from newsflow.store import queries
from newsflow.text.counted import counted

EXAMPLES = 25  # of each verdict
VERDICTS = {
    "changed": "articles that would get a revision",
    "same": "articles that stay as they are",
    "gained": "rejects that would become articles",
    "lost": "articles that the tried extractor rejects; they stay",
    "rejected": "rejects that stay rejects",
    "unreadable": "captures that can't be read",
}

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem;color:#1d2329;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}table{border-collapse:collapse}
td,th{padding:.2rem .8rem .2rem 0;text-align:left;vertical-align:top}td.n{text-align:right}
.bar{background:#2f6f9f;height:.8rem;display:inline-block}.pair{display:grid;grid-template-columns:1fr 1fr;gap:1rem}
article{border-top:1px solid #c8d0d8;padding:.6rem 0}article h3{font-size:1rem;margin:.2rem 0;overflow-wrap:anywhere}
.pair p{margin:.2rem 0;overflow-wrap:anywhere}del{background:#fbdcd8;text-decoration:none}
ins{background:#d5efdb;text-decoration:none}.quiet{color:#5a6672}
"""


def summary(conn: Connection, number: int) -> dict[str, Any]:
    """Counts by verdict, changed fields, outcomes of rejects, and the histogram of similarity in tenths."""
    counts = queries.reprocess.counts(conn, reprocess_id=number)
    verdicts: dict[str, int] = {}
    for found in counts:
        verdicts[found.verdict or "waiting"] = verdicts.get(found.verdict or "waiting", 0) + found.pages
    turned = [
        {"before": c.before_outcome, "after": c.outcome, "pages": c.pages}
        for c in counts
        if c.verdict in {"gained", "lost", "rejected"}
    ]
    fields = {row.field: row.pages for row in queries.reprocess.fields(conn, reprocess_id=number)}
    tenths = {row.tenth: row.pages for row in queries.reprocess.histogram(conn, reprocess_id=number)}
    histogram = [tenths.get(tenth, 0) for tenth in range(10)]
    return {"verdicts": verdicts, "fields": fields, "outcomes": turned, "similarity": histogram}


def write(conn: Connection, number: int, folder: Path) -> tuple[Path, Path]:
    """Write `reprocess-N.json` and `reprocess-N.html`; returns their paths.

    :raises UnknownReprocessError: where there is no such reprocess.
    """
    folder.mkdir(parents=True, exist_ok=True)
    data, page = folder / f"reprocess-{number}.json", folder / f"reprocess-{number}.html"
    data.write_text(json.dumps(summary(conn, number), indent=1) + "\n", encoding="utf-8")
    page.write_text(render(conn, number), encoding="utf-8")
    return data, page


class UnknownReprocessError(NewsflowError):
    """There is no reprocess of this number."""


def render(conn: Connection, number: int) -> str:
    """The self-contained page: no script, no address of elsewhere is loaded.

    :raises UnknownReprocessError: where there is no such reprocess.
    """
    found = queries.reprocess.get(conn, reprocess_id=number)
    if found is None:
        raise UnknownReprocessError(f"there is no reprocess {number}")
    numbers = summary(conn, number)
    parts = [
        f"<h1>Reprocess {number}: {html.escape(found.state)}</h1>",
        f'<p class="quiet">{counted(found.pages, "page")}, extractor {html.escape(found.extractor)}, chosen by'
        f" {html.escape(json.dumps(found.selection))}</p>",
        _verdicts(numbers["verdicts"]),
        _fields(numbers["fields"]),
        _histogram(numbers["similarity"]),
        *(_examples(conn, number, verdict) for verdict in ("changed", "gained", "lost")),
    ]
    head = f'<meta charset="utf-8"><title>Reprocess {number}</title><style>{_STYLE}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(parts)}</body></html>\n'


def _verdicts(counts: Mapping[str, int]) -> str:
    rows = "".join(
        f'<tr><td>{name}</td><td class="n">{counts.get(name, 0)}</td><td>{text}</td></tr>'
        for name, text in VERDICTS.items()
    )
    return f"<h2>What would happen</h2><table>{rows}</table>"


def _fields(fields: Mapping[str, int]) -> str:
    rows = "".join(f'<tr><td>{html.escape(name)}</td><td class="n">{pages}</td></tr>' for name, pages in fields.items())
    return f"<h2>Fields that differ</h2><table>{rows}</table>" if rows else ""


def _histogram(tenths: list[int]) -> str:
    most = max(tenths) or 1
    rows = "".join(
        f'<tr><td>{n / 10:.1f} – {(n + 1) / 10:.1f}</td><td class="n">{pages}</td>'
        f'<td><span class="bar" style="width:{20 * pages / most:.1f}rem"></span></td></tr>'
        for n, pages in enumerate(tenths)
    )
    return f"<h2>Similarity of the bodies that change (F1 of words)</h2><table>{rows}</table>"


def _examples(conn: Connection, number: int, verdict: str) -> str:
    found = queries.reprocess.examples(conn, reprocess_id=number, verdict=verdict, limit=EXAMPLES)
    if not found:
        return ""
    return f"<h2>{verdict.capitalize()}: {VERDICTS[verdict]}</h2>" + "".join(map(_example, found))


def versions(row: queries.reprocess.ExamplesRow) -> tuple[Version, Version]:
    """The article of an example as it stands, and as the tried extractor makes it."""
    return (
        Version(row.old_title, row.old_lead, row.old_body, row.old_authors, row.old_published_at),
        Version(row.new_title, row.new_lead, row.new_body, row.new_authors, row.new_published_at),
    )


def _example(row: queries.reprocess.ExamplesRow) -> str:
    said = f"similarity {row.similarity:.2f}; " if row.similarity is not None else ""
    what = ", ".join(row.changed) or f"{row.before_outcome or 'nothing'} → {row.outcome}: {row.detail}"
    head = f'<h3>{html.escape(row.url)}</h3><p class="quiet">{html.escape(said + what)}</p>'
    old, new = (_column(side) for side in side_by_side(*map(lines, versions(row))))
    return f'<article>{head}<div class="pair"><div>{old}</div><div>{new}</div></div></article>'


def _column(paragraphs: Sequence[Paragraph]) -> str:
    return "".join(f"<p>{' '.join(_marked(run.mark, run.text) for run in paragraph)}</p>" for paragraph in paragraphs)


def _marked(mark: str, text: str) -> str:
    return f"<{mark}>{html.escape(text)}</{mark}>" if mark else html.escape(text)
