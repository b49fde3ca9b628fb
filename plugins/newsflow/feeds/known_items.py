"""Items of feeds told by their bytes: what stands there as it stood last time need not be read again.

Most of the work of reading a feed goes into parsing it, making texts plain and HTML harmless, and most items of a poll
are those of the poll before. Of each item is kept what every poll wants to know: which entry it is, and its dates.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from newsflow import __version__
from newsflow.model import Entry

MOST = 1_000  # items of a feed that are kept so; real feeds have 10 to 100
_LONGEST = 8_000  # bytes of a record; one with a longer address is read each time
_LARGEST = 1_000_000  # bytes of a feed's records, unpacked: 30 have some 6,000; items beyond are read each time
_SIZE = 8  # bytes of a fingerprint: 10,000 items of a feed are alike by chance once in 10^11 feeds


class KnownItems:
    """What is kept of the items of the last poll.

    :param kept: what `joined` made; where it can't be read, nothing is known, and the feed is read whole.
    """

    def __init__(self, kept: bytes = b"") -> None:
        try:
            records = zlib.decompressobj().decompress(kept, _LARGEST).split(b"\n") if kept else []
        except zlib.error:
            records = []
        self._records = {record[2 : 2 + 2 * _SIZE]: record for record in records}

    def __bool__(self) -> bool:
        return bool(self._records)

    def entries(self, prints: Iterable[bytes]) -> list[Entry | None]:
        """The entries of items, with identity and dates alone; None for each that is to be read."""
        records = [self._records.get(print_) for print_ in prints]
        try:
            made = map(_entry, json.loads(b"[%s]" % b",".join(filter(None, records))), filter(None, records))
            return [next(made) if record else None for record in records]
        except (ValueError, TypeError, RecursionError):
            return [None] * len(records)


def _entry(fields: list[Any], record: bytes) -> Entry:
    _, guid, link, raw, language, published, updated = fields
    return Entry(
        guid,
        link,
        published_at=published and datetime.fromisoformat(published),
        published_raw=raw,
        updated_at=updated and datetime.fromisoformat(updated),
        language=language,
        record=record,
        known=True,
    )


def joined(records: Iterable[bytes]) -> bytes:
    """As a feed's row keeps them: each once, in no order that depends on the feed's."""
    kept = sorted({one for one in records if one})
    while sum(map(len, kept)) + len(kept) > _LARGEST:
        kept = kept[: len(kept) // 2]
    return zlib.compress(b"\n".join(kept), 1) if kept else b""


def fingerprint(item: bytes, context: bytes) -> bytes:
    """Of an item's bytes, and of what is the same for all items of its feed: hexadecimal digits."""
    digest = hashlib.sha256(context)
    digest.update(item)
    return digest.hexdigest()[: 2 * _SIZE].encode()


def context(*parts: object) -> bytes:
    """Of what a feed says for all its items; the release counts too, as another may read them otherwise."""
    return hashlib.sha256(repr((__version__, *parts)).encode("utf-8", "replace")).digest()


def record(print_: bytes, entry: Entry) -> bytes:
    """What is kept of an entry, as a line of JSON; empty for one without a link, which is read each time.

    Its texts may be its identity: where it has no guid, or other entries have the same.
    """
    if not entry.link:
        return b""
    times = [at and at.isoformat() for at in (entry.published_at, entry.updated_at)]
    fields = [print_.decode(), entry.guid, entry.link, entry.published_raw, entry.language, *times]
    made = json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace")
    return made if len(made) <= _LONGEST else b""
