"""Items of feeds told by their bytes: what stands there as it stood last time need not be read again.

Most of the work of reading a feed goes into making texts plain and HTML harmless, and most items of a poll are those of
the poll before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from lxml import etree

SIZE = 8  # bytes of a fingerprint: 10,000 items of a feed are alike by chance once in 10^11 feeds
READER = "2"  # change it where entries are read otherwise, so that all are read once more


class Known(NamedTuple):
    """Fingerprints of the items that need not be read again."""

    prints: frozenset[bytes] = frozenset()

    @classmethod
    def of(cls, joined: bytes) -> Known:
        """From their bytes one after the other, as a feed's row keeps them."""
        return cls(frozenset(joined[at : at + SIZE] for at in range(0, len(joined) - SIZE + 1, SIZE)))


def joined(prints: Iterable[bytes]) -> bytes:
    """As a feed's row keeps them: each once, in no order that depends on the feed's."""
    return b"".join(sorted({one for one in prints if one}))


def fingerprint(node: etree._Element, context: object) -> bytes:
    """Of an item's bytes, and of what its feed says for all items.

    :param context: its `repr` stands for the latter.
    """
    digest = hashlib.blake2b(f"{READER}{context!r}".encode("utf-8", "replace"), digest_size=SIZE)
    digest.update(etree.tostring(node, encoding="UTF-8", with_tail=False))
    return digest.digest()
