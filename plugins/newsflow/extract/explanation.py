"""How an extraction came about, for people: as lines of text, or as one HTML page that needs nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html import escape
from typing import Any

from newsflow.extract.body.placement import Paragraph
from newsflow.extract.document import PageReading

_FIELDS = ("title", "authors", "agencies", "published_at", "published_quality", "modified_at", "language", "section",
           "tags", "page_type", "lead", "image_url", "image_caption", "canonical_url", "amp_url")  # fmt: skip
_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
body.beside { max-width: none; display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; }
iframe { width: 100%; height: 95vh; position: sticky; top: 1rem; border: 1px solid gray; background: white; }
table { border-collapse: collapse; } th { text-align: left; vertical-align: top; padding-right: 1rem; }
p { margin: .4rem 0; padding-left: .8rem; border-left: 4px solid seagreen; }
p.filled, p.deck { border-color: steelblue; }
p.cut { border-color: crimson; opacity: .65; text-decoration: line-through; }
small { color: gray; text-decoration: none; display: inline-block; margin-right: .6rem; }
"""


def _fields(reading: PageReading) -> Iterator[tuple[str, str, str]]:
    """Name, value and source of each field that has a value."""
    made = reading.extraction
    for name in _FIELDS:
        value = getattr(made, name)
        text = ", ".join(value) if isinstance(value, tuple) else str(value or "")
        if text:
            yield name, text, made.sources.get(name, "")
    yield "body", f"{sum(p.words for p in reading.paragraphs if not p.cut)} words", made.sources.get("body", "")
    yield "encoding", reading.encoding, ""
    yield "extractor", made.extractor, ""


def _reason(p: Paragraph) -> str:
    return f"cut: {p.cut}" if p.cut else f"kept ({p.by})"


def _place(p: Paragraph) -> str:
    return p.block.path[-1].removesuffix("#.") if p.block else "not found on the page as one line"


def _summary(reading: PageReading) -> str:
    """How many paragraphs were kept, and for which reasons others were cut."""
    reasons = Counter(p.cut for p in reading.paragraphs if p.cut)
    kept = sum(not p.cut for p in reading.paragraphs)
    cut = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    return f"{kept} of {len(reading.paragraphs)} paragraphs kept" + (f"; cut: {cut}" if cut else "")


def data(reading: PageReading) -> dict[str, Any]:
    """The same for programs."""
    made = reading.extraction
    return {
        "outcome": made.outcome,
        "detail": made.detail,
        "fields": {name: {"value": value, "source": source} for name, value, source in _fields(reading)},
        "paragraphs": [{"kept": not p.cut, "reason": _reason(p), "text": p.text} for p in reading.paragraphs],
    }


def text(reading: PageReading) -> Iterator[str]:
    """Outcome, fields with their sources, and each paragraph with its reason."""
    made = reading.extraction
    yield f"{made.outcome}  {made.detail}".rstrip()
    yield ""
    for name, value, source in _fields(reading):
        yield f"  {name:<18} {value[:150]}{f'   [{source}]' if source else ''}"
    yield ""
    yield _summary(reading)
    for p in reading.paragraphs:
        yield f"  {'-' if p.cut else '+'} {_reason(p):<22} {p.text[:150]}"


def _row(name: str, value: str, source: str) -> str:
    return f"<tr><th>{escape(name)}</th><td>{escape(value[:600])} <small>{escape(source)}</small></td></tr>"


def _paragraph(p: Paragraph) -> str:
    kind = "cut" if p.cut else p.by if p.by in {"filled", "deck"} else "kept"
    note = f"<small>{escape(_reason(p))}</small>"
    return f'<p class="{kind}" title="{escape(_place(p), quote=True)}">{note}{escape(p.text)}</p>'


# The page is drawn as it was stored: it runs no script and asks nobody for anything.
_ALONE = "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'unsafe-inline'\">"


def _beside(reading: PageReading, page: bytes) -> str:
    """The stored page in a frame of its own; "" where there is none."""
    if not page:
        return ""
    text = _ALONE + page.decode(reading.encoding or "utf-8", "replace")
    return f'<iframe sandbox title="the page as it was stored" srcdoc="{escape(text, quote=True)}"></iframe>'


def html(reading: PageReading, page: bytes = b"") -> str:
    """The report as one HTML page; everything that came from the document is escaped.

    :param page: the bytes that were read, which the report shows beside its lines; none leave that side out.
    """
    made = reading.extraction
    rows = "".join(_row(*found) for found in _fields(reading))
    lines = "".join(map(_paragraph, reading.paragraphs))
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(made.title or made.url)}</title>'
        f"<style>{_STYLE}</style><body{' class=beside' if page else ''}><main><h1>{escape(made.title or made.url)}</h1>"
        f"<p><b>{escape(str(made.outcome))}</b> {escape(made.detail)}</p><table>{rows}</table>"
        f"<h2>Paragraphs</h2><div>{escape(_summary(reading))}</div>{lines}</main>"
        f"{_beside(reading, page)}</body></html>\n"
    )
