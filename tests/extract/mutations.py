"""What happens to a page on its way, and what a hostile one does: damage drawn from a random source."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

_TAG = re.compile(rb"<[^<>]{1,200}>")
ENCODINGS = ("utf-8", "utf-16", "utf-16-be", "windows-1252", "koi8-r", "shift_jis", "gb18030", "iso-2022-jp")
LABELS = (*ENCODINGS, "utf-7", "x-user-defined", "replacement", "", "\x00", "ebcdic-cp-us")
NESTED = (
    b"div",
    b"span",
    b"b",
    b"table",
    b"td",
    b"ul",
    b"li",
    b"form",
    b"svg",
    b"math",
    b"select",
    b"template",
    b"font",
)
OPENERS = (
    *b"<!-- <![CDATA[ <script> <style> <textarea> <title> <noscript> <plaintext> <xmp> <?php ]]> <frameset>".split(),
    *b"&# &#xD800; &#1114112; &Aacute </body></html> \x00 \xff\xfe \xed\xa0\x80 \xe2\x80\xae \x1b$B".split(b" "),
    b'<a href="',
    b"<p class='",
    b"<!DOCTYPE [",
    b'<base href="//[::1">',
    b'<meta charset="utf-7">',
    b'<meta property="article:published_time" content="9999-12-31T23:59:59-12:00">',
    b'<time datetime="0001-01-01">',
    b'<script type="application/ld+json">{"@type":"NewsArticle","headline":[[[[',
)

Mutation = Callable[[bytes, bytes, Random], bytes]


def _slice(page: bytes, rng: Random, longest: int = 2_000) -> tuple[int, int]:
    start = rng.randint(0, len(page))
    return start, min(len(page), start + rng.randint(0, longest))


def truncate(page: bytes, other: bytes, rng: Random) -> bytes:
    """A connection that was cut."""
    return page[: rng.randint(0, len(page))]


def flip(page: bytes, other: bytes, rng: Random) -> bytes:
    """Bits that fell over."""
    damaged = bytearray(page)
    for _ in range(rng.randint(1, 40)):
        if damaged:
            damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
    return bytes(damaged)


def cut(page: bytes, other: bytes, rng: Random) -> bytes:
    start, end = _slice(page, rng)
    return page[:start] + page[end:]


def repeat(page: bytes, other: bytes, rng: Random) -> bytes:
    start, end = _slice(page, rng, 400)
    return page[:start] + page[start:end] * rng.randint(2, 60) + page[end:]


def splice(page: bytes, other: bytes, rng: Random) -> bytes:
    """Two pages in one."""
    return page[: rng.randint(0, len(page))] + other[rng.randint(0, len(other)) :]


def nest(page: bytes, other: bytes, rng: Random) -> bytes:
    """A part of the page inside many elements, closed or not."""
    (start, end), depth = _slice(page, rng), rng.choice((3, 60, 300, 2_000))
    tags = [rng.choice(NESTED) for _ in range(rng.randint(1, 3))]
    opening = b"".join(b"<%b>" % tag for tag in tags) * (depth // len(tags))
    closing = b"".join(b"</%b>" % tag for tag in reversed(tags)) * (depth // len(tags))
    return page[:start] + opening + page[start:end] + (closing if rng.random() < 0.6 else b"") + page[end:]


def open_something(page: bytes, other: bytes, rng: Random) -> bytes:
    """Something begins, and may never end."""
    at = rng.randint(0, len(page))
    return page[:at] + rng.choice(OPENERS) + page[at:]


def shuffle_tags(page: bytes, other: bytes, rng: Random) -> bytes:
    """Tags change their places."""
    tags = _TAG.findall(page)
    if not tags:
        return page
    return _TAG.sub(lambda match: rng.choice(tags) if rng.random() < 0.05 else match[0], page)


def drop_tags(page: bytes, other: bytes, rng: Random) -> bytes:
    share = rng.choice((0.02, 0.2, 0.9))
    return _TAG.sub(lambda match: b"" if rng.random() < share else match[0], page)


def attributes(page: bytes, other: bytes, rng: Random) -> bytes:
    """A tag with more attributes than anyone needs."""
    many = b" ".join(b'data-%d="%d"' % (n, n) for n in range(rng.choice((20, 3_000))))
    at = rng.randint(0, len(page))
    return page[:at] + b"<p " + many + b">" + page[at:]


def lie(page: bytes, other: bytes, rng: Random) -> bytes:
    """In one encoding, said to be in another."""
    coded = page.decode("utf-8", "replace").encode(rng.choice(ENCODINGS), "replace")
    label = rng.choice(LABELS).encode()
    return re.sub(rb'charset="?[\w-]*', b'charset="' + label, coded, count=1)


MUTATIONS: tuple[Mutation, ...] = (
    truncate, flip, cut, repeat, splice, nest, open_something, shuffle_tags, drop_tags, attributes, lie,
)  # fmt: skip


def mutate(page: bytes, other: bytes, rng: Random) -> bytes:
    """One to six kinds of damage, one after another; never more than 2 MB."""
    for _ in range(rng.choice((1, 1, 2, 3, 6))):
        page = rng.choice(MUTATIONS)(page, other, rng)[:2_000_000]
    return page
