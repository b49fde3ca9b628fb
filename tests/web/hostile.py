"""Servers that lie, stall, flood or break off, and the outcome in which each ends.

Another bad input is another row here, with its outcome.
"""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable

import brotli

from newsflow.outcomes import Outcome
from tests.web import plays
from tests.web.plays import chunked, encoded, redirects_to
from tests.webserver import Play, answer, raw, says

GZ = gzip.compress(b"hello " * 1000)

HOSTILE: dict[str, tuple[Callable[[], Play], Outcome]] = {
    # time
    "slow headers": (lambda: plays.SLOW_HEADERS, Outcome.DEADLINE),
    "slow body": (lambda: plays.SLOW_BODY, Outcome.DEADLINE),
    "endless 100 Continue": (lambda: plays.ENDLESS_CONTINUE, Outcome.DEADLINE),
    "no answer at all": (lambda: plays.silent(threading.Event()), Outcome.DEADLINE),
    # size
    "endless body": (lambda: plays.ENDLESS_BODY, Outcome.TOO_BIG),
    "announced over the cap": (
        lambda: says(body=b"x", headers={"Content-Length": "99999999999"}),
        Outcome.TOO_BIG,
    ),
    "gzip bomb": (plays.gzip_bomb, Outcome.TOO_BIG),
    "brotli bomb": (plays.brotli_bomb, Outcome.TOO_BIG),
    "deflate bomb": (plays.deflate_bomb, Outcome.TOO_BIG),
    "endless chunk extension": (lambda: plays.ENDLESS_CHUNK_EXTENSION, Outcome.BAD_RESPONSE),
    "endless header line": (lambda: plays.ENDLESS_HEADER, Outcome.BAD_RESPONSE),
    "five thousand headers": (lambda: plays.MANY_HEADERS, Outcome.BAD_RESPONSE),
    # encodings
    "stacked encodings": (lambda: encoded(gzip.compress(GZ), "gzip, gzip"), Outcome.DECODE_ERROR),
    "encoding that we do not undo": (lambda: encoded(b"x", "zstd"), Outcome.DECODE_ERROR),
    "gzip header on a plain body": (lambda: encoded(b"<p>plain", "gzip"), Outcome.DECODE_ERROR),
    "br header on a plain body": (lambda: encoded(b"\xff\xff<p>plain", "br"), Outcome.DECODE_ERROR),
    "broken gzip": (lambda: encoded(GZ[:20] + b"\xff" * 20 + GZ[40:], "gzip"), Outcome.DECODE_ERROR),
    "gzip with a wrong checksum": (lambda: encoded(GZ[:-8] + b"\0" * 8, "gzip"), Outcome.DECODE_ERROR),
    # cut
    "truncated gzip": (lambda: encoded(GZ[:-9], "gzip"), Outcome.TRUNCATED),
    "truncated brotli": (lambda: encoded(brotli.compress(b"hello " * 99)[:-3], "br"), Outcome.TRUNCATED),
    "short Content-Length": (lambda: raw(answer(body=b"x" * 10, headers={"Content-Length": "20"})), Outcome.TRUNCATED),
    "chunked without its end": (lambda: raw(chunked(b"hello", end=False)), Outcome.TRUNCATED),
    "chunk cut in the middle": (lambda: raw(chunked(b"hello")[:-9]), Outcome.TRUNCATED),
    "reset in the body": (lambda: plays.reset, Outcome.CONNECTION_LOST),
    "closed before a word": (lambda: raw(b""), Outcome.CONNECTION_LOST),
    # not HTTP
    "another protocol": (lambda: raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), Outcome.BAD_RESPONSE),
    "status that is no number": (lambda: raw(b"HTTP/1.1 abc OK\r\n\r\n"), Outcome.BAD_RESPONSE),
    "chunk size that is no number": (lambda: raw(chunked()[:-5] + b"zz\r\nhello\r\n"), Outcome.BAD_RESPONSE),
    "304 that nobody asked for": (lambda: says("304 Not Modified"), Outcome.BAD_RESPONSE),
    "202, a challenge in progress": (lambda: says("202 Accepted"), Outcome.BAD_RESPONSE),
    # redirects
    "redirect to itself": (lambda: redirects_to("/x"), Outcome.TOO_MANY_REDIRECTS),
    "redirect without Location": (lambda: says("302 Found"), Outcome.BAD_REDIRECT),
    "redirect to half an address": (lambda: redirects_to("http://[::1"), Outcome.BAD_REDIRECT),
    "redirect to a file": (lambda: redirects_to("file:///etc/passwd"), Outcome.BAD_REDIRECT),
    "redirect to gopher": (lambda: redirects_to("gopher://127.0.0.1:70/_x"), Outcome.BAD_REDIRECT),
    "redirect with credentials": (lambda: redirects_to("http://u:p@example.org/"), Outcome.BAD_REDIRECT),
    "redirect to the metadata service": (lambda: redirects_to("http://169.254.169.254/latest/"), Outcome.SSRF_BLOCKED),
    "redirect to metadata, mapped": (lambda: redirects_to("http://[::ffff:169.254.169.254]/"), Outcome.SSRF_BLOCKED),
    "redirect to another loopback port": (lambda: redirects_to("http://127.0.0.1:9200/"), Outcome.SSRF_BLOCKED),
    "redirect to a mail server": (lambda: redirects_to("http://127.0.0.1:25/"), Outcome.BAD_URL),
    "redirect to a number": (lambda: redirects_to("http://0x7f000001:9200/"), Outcome.SSRF_BLOCKED),
}
