"""An extraction as the database keeps it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from typing import Any

from newsflow.model import Extraction
from newsflow.store.queries.extract import StoreValues, TakeRow
from newsflow.store.queries.reprocess import TakeRow as ReprocessRow
from newsflow.text.normalise import text_hash, tokens_by_line
from newsflow.text.word_count import count_words

CapturedPage = TakeRow | ReprocessRow  # a page with the capture that is to be read

COLUMNS = (
    "extractor", "outcome", "detail", "title", "lead", "body", "authors", "agencies", "published_at", "published_raw",
    "published_quality", "modified_at", "language", "language_confidence", "section", "tags", "image_url",
    "image_caption", "canonical_url", "amp_url", "page_type",
)  # fmt: skip


def content_hash(extraction: Extraction) -> bytes:
    """sha256 over what a reader would call a change: title, lead, body, persons, agencies, time of publication.

    Left out is what pages change with each rendering: modified times, tags, images, sections.
    """
    published = extraction.published_at.astimezone(timezone.utc).isoformat() if extraction.published_at else ""
    parts = [extraction.title, extraction.lead, extraction.body, extraction.authors, extraction.agencies, published]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")).digest()


def values(extraction: Extraction, lines: Iterable[Iterable[str]] | None = None) -> dict[str, Any]:
    """The values of `COLUMNS`, with word count and both hashes, by column.

    :param lines: `tokens_by_line` of its body, where they are at hand.
    """
    stated = {name: getattr(extraction, name) for name in COLUMNS}
    return {
        **{name: list(value) if isinstance(value, tuple) else value for name, value in stated.items()},
        "outcome": str(extraction.outcome),
        "word_count": count_words(extraction.body),
        "content_hash": content_hash(extraction),
        "text_hash": text_hash(lines or tokens_by_line(extraction.body)),
    }


def record(
    page: CapturedPage,
    run_id: int,
    cause: str,
    extraction: Extraction,
    values: Mapping[str, Any],
    taught: int,
    now: datetime,
) -> StoreValues:
    """The row of `extract.store`.

    :param cause: why this version came to be: fetch, backfill, reprocess.
    :param values: those of `values`.
    :param taught: the newest run that taught one of the publisher's site lines; 0 where there are none.
    """
    learned = {"site_lines": f"run {taught}"} if taught else {}
    return StoreValues(
        page_id=page.page_id,
        capture_id=page.capture_id,
        run_id=run_id,
        cause=cause,
        rights={**(page.rights or {}), **extraction.rights},
        sources={**extraction.sources, **learned},
        extracted_at=now,
        **values,
    )
