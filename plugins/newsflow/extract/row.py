"""An extraction as the database keeps it."""

from __future__ import annotations

import hashlib
import json
from datetime import timezone
from typing import Any

from newsflow.extract.counting import count_words
from newsflow.model import Extraction
from newsflow.text.normalise import text_hash

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


def values(extraction: Extraction) -> list[Any]:
    """The values of `COLUMNS`, then word count and both hashes."""
    stated = [getattr(extraction, name) for name in COLUMNS]
    plain = [list(value) if isinstance(value, tuple) else value for value in stated]
    plain[COLUMNS.index("outcome")] = str(extraction.outcome)
    return [*plain, count_words(extraction.body), content_hash(extraction), text_hash(extraction.body)]
