"""Texts of pages, made ready for comparison once and kept while they are likely to be asked for again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import islice
from sys import intern
from typing import Any

from psycopg2.extensions import connection as Connection

from newsflow.batched import batched
from newsflow.credits import credits
from newsflow.dedupe import store
from newsflow.dedupe.comparison_text import ComparisonText, prepare
from newsflow.dedupe.imported_site_lines import ImportedSiteLines
from newsflow.dedupe.overlap import Places, places
from newsflow.dedupe.sketch import Sketch, sketch
from newsflow.store.queries.dedupe import ListSourcesRow

TEXTS = 6000  # kept; some 20 kB each
PLACES = 20_000  # kept; some 1.5 kB each
AT_ONCE = 500  # texts read


@dataclass(frozen=True, slots=True)
class ReadText:
    """What a text says for itself: its sketch, and the agencies that it credits with the words that do so."""

    sketch: Sketch
    credits: Mapping[str, str]


@dataclass
class TextCache:
    """Texts by the number of their extraction, over a connection; memory is bounded whatever is asked."""

    conn: Connection
    _site_lines: ImportedSiteLines = field(init=False)
    _texts: dict[int, ComparisonText] = field(default_factory=dict)
    _places: dict[int, Places] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._site_lines = ImportedSiteLines(self.conn)

    def readings(self, extractions: Collection[int]) -> dict[int, ReadText]:
        """What each extraction says for itself."""
        found: dict[int, ReadText] = {}
        for some in batched(extractions, AT_ONCE):
            for row in self._rows(some):
                text = self._texts[row.extraction_id] = self._prepared(row)
                agencies = credits(row.body, row.authors, row.agencies)
                found[row.extraction_id] = ReadText(sketch(row.page_id, row.extraction_id, text), agencies)
            _trim(self._texts, TEXTS)
        return found

    def texts(self, extractions: Collection[int]) -> Mapping[int, ComparisonText]:
        """Each text, made ready; those that are gone from the database are left out."""
        found = {key: self._texts.pop(key) for key in extractions if key in self._texts}
        for some in batched([key for key in extractions if key not in found], AT_ONCE):
            found |= {row.extraction_id: self._prepared(row) for row in self._rows(some)}
        self._texts |= found  # those last asked for stand last
        _trim(self._texts, TEXTS)
        return found

    def places(self, extractions: Collection[int]) -> Mapping[int, Places]:
        """The places of each text's shingles."""
        found = {key: self._places.pop(key) for key in extractions if key in self._places}
        for some in batched([key for key in extractions if key not in found], AT_ONCE):
            found |= {key: places(text.unique) for key, text in self.texts(some).items()}
        self._places |= found
        _trim(self._places, PLACES)
        return found

    def _rows(self, extractions: Collection[int]) -> list[ListSourcesRow]:
        rows = store.sources(self.conn, extractions)
        self._site_lines.load(rows)
        return rows

    def _prepared(self, row: ListSourcesRow) -> ComparisonText:
        publisher, lines = str(row.publisher_id), self._site_lines.of(row)
        text = prepare(row.title, row.body, row.published_at, row.page_type, publisher, lines)
        text.words[:] = map(intern, text.words)  # cached texts share their words: half of their memory
        return text


def _trim(kept: dict[int, Any], size: int) -> None:
    """Drop the oldest over `size`."""
    for key in list(islice(kept, max(0, len(kept) - size))):
        del kept[key]
