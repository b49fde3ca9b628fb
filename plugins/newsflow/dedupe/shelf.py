"""Texts of clustered pages, made ready for comparison once and kept while they are likely to be asked for again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from psycopg2.extensions import connection as Connection

from newsflow.dedupe import store
from newsflow.dedupe.furniture import Furniture
from newsflow.dedupe.overlap import Places, places
from newsflow.dedupe.texts import Text, prepare
from newsflow.dedupe.verify import Verdict, compare

TEXTS = 1500  # kept; some 50 kB each
PLACES = 40_000  # kept; some 1.5 kB each
AT_ONCE = 500  # texts read, and pairs compared


@dataclass
class Shelf:
    """Prepared texts over a connection; memory is bounded whatever is asked."""

    conn: Connection
    furniture: Furniture
    _texts: dict[int, Text] = field(default_factory=dict)
    _places: dict[int, Places] = field(default_factory=dict)

    def forget(self, pages: Iterable[int]) -> None:
        """Drop pages whose text is another one now."""
        for page_id in pages:
            self._texts.pop(page_id, None)
            self._places.pop(page_id, None)

    def places(self, pages: Collection[int]) -> Mapping[int, Places]:
        """The places of each page's shingles; pages without a text are left out."""
        found = {page_id: self._places[page_id] for page_id in pages if page_id in self._places}
        for some in _slices(set(pages) - found.keys()):
            found |= {page_id: places(text.unique) for page_id, text in self._read(some).items()}
        self._places.update(found)
        _trim(self._places, PLACES)
        return found

    def verdicts(self, pairs: Iterable[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], Verdict]]:
        """Each pair with what a comparison of its texts found."""
        for some in _slices(pairs):
            texts = self._read(sorted({page_id for pair in some for page_id in pair}))
            yield from ((pair, compare(texts[pair[0]], texts[pair[1]])) for pair in some)

    def _read(self, pages: Sequence[int]) -> dict[int, Text]:
        rows = store.comparable(self.conn, [page_id for page_id in pages if page_id not in self._texts])
        self.furniture.load(rows)
        self._texts.update({row.page_id: self._prepared(row) for row in rows})
        found = {page_id: self._texts[page_id] for page_id in pages if page_id in self._texts}
        _trim(self._texts, TEXTS)
        return found

    def _prepared(self, row: Any) -> Text:
        publisher, lines = str(row.publisher_id), self.furniture.of(row)
        return prepare(row.title, row.body, row.published_at, row.page_type, publisher, lines)


def _slices(items: Iterable[Any]) -> Iterator[list[Any]]:
    waiting = iter(items)
    while some := list(islice(waiting, AT_ONCE)):
        yield some


def _trim(kept: dict[int, Any], size: int) -> None:
    """Drop the oldest over `size`."""
    for page_id in list(islice(kept, max(0, len(kept) - size))):
        del kept[page_id]
