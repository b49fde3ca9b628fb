"""Many pages at once, from a manifest: JSON lines in, JSON lines out, in order."""

from __future__ import annotations

import gzip
import json
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any
from urllib.parse import urlsplit

from newsflow.dates.reading import read as read_date
from newsflow.extract.document import MIN_WORDS
from newsflow.extract.pool import ExtractionJob
from newsflow.model import Extraction, Hints
from newsflow.outcomes import Outcome
from newsflow.text.characters import clean
from newsflow.text.normalise import tokens_by_line
from newsflow.text.site_lines import PageLines, learn, line_hash, page_lines
from newsflow.text.word_count import count_words

_LEARN_PAGES = 500  # of one host; the learner samples among them
MAX_BYTES = 50_000_000  # of one decoded file


class TooBigError(OSError):
    """A page of more than `MAX_BYTES`."""


def read_page(path: Path) -> bytes:
    """The bytes of a stored page, unpacked where it is gzip.

    :raises TooBigError: where it is larger than `MAX_BYTES`, unpacked.
    :raises OSError: where it can't be read, or the gzip stream is cut or damaged.
    """
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    try:
        with gzip.open(path) if packed else path.open("rb") as file:
            return bounded(file, str(path))
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise OSError(f"{path}: the gzip stream is cut or damaged ({error})") from error


def bounded(file: IO[bytes] | gzip.GzipFile, name: str) -> bytes:
    """All that a file holds.

    :raises TooBigError: where that is more than `MAX_BYTES`.
    """
    read = file.read(MAX_BYTES + 1)
    if len(read) > MAX_BYTES:
        raise TooBigError(f"{name}: larger than {MAX_BYTES // 1_000_000} MB")
    return read


def _hints(line: dict[str, Any]) -> Hints:
    published = read_date(line["published_at"]) if isinstance(line.get("published_at"), str) else None
    return Hints(
        title=str(line.get("feed_title") or ""),
        published_at=published.aware() if published else None,
        language=str(line.get("language") or ""),
        zone=str(line.get("zone") or ""),
        content_type=str(line.get("content_type") or ""),
    )


def _find(name: str, folder: Path) -> Path:
    path = Path(name)
    return path if path.is_absolute() or path.exists() else folder / path


def job(line: str, folder: Path) -> ExtractionJob:
    """The job of one manifest line; what can't be read becomes a job with an error."""
    try:
        stated = json.loads(line)
    except (ValueError, RecursionError) as error:
        return _unreadable("", f"the line is no JSON ({type(error).__name__})")
    if not isinstance(stated, dict):
        return _unreadable("", "the line is no JSON object")
    url = clean(str(stated.get("url") or ""))
    name = stated.get("path") or (url if "://" not in url else "")
    if not name:
        return _unreadable(url, "the line names no file (key path)")
    try:
        return ExtractionJob(url, read_page(_find(str(name), folder)), _hints(stated))
    except TooBigError as error:
        return _unreadable(url, str(error), Outcome.TOO_BIG)
    except (ValueError, OSError) as error:
        return _unreadable(url, str(error))


def _unreadable(url: str, why: str, ends: Outcome = Outcome.UNREADABLE_ROW) -> ExtractionJob:
    return ExtractionJob(url, error=clean(why)[:300], ends=ends)


def jobs(manifest: Path) -> Iterator[ExtractionJob]:
    """The jobs of a manifest, read as they are needed; empty lines are passed over."""
    with manifest.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.strip():
                yield job(line, manifest.parent)


def count(manifest: Path) -> int:
    """Lines of a manifest that hold something."""
    with manifest.open("rb") as file:
        return sum(1 for line in file if line.strip())


class Spool:
    """Extractions on their way to the second pass: on disk, with what is learned from them in memory."""

    def __init__(self) -> None:
        self._file = TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 -- lives as long as the spool
        self._pages: dict[str, dict[str, PageLines]] = defaultdict(dict)
        self._count = 0

    def add(self, extraction: Extraction) -> None:
        """Take one in."""
        self._file.write(to_json(extraction) + "\n")
        self._count += 1
        host = _host(extraction.url) if extraction.outcome is Outcome.OK else ""
        pages = self._pages[host] if host else {}
        if host and len(pages) < _LEARN_PAGES:
            key = f"{extraction.url} {self._count}"
            pages[key] = page_lines(key, extraction.title, tokens_by_line(extraction.body))

    def lines(self) -> Iterator[str]:
        """All of them as JSON lines, in order, without the lines that recur on their hosts."""
        learned = {host: frozenset(learn(pages.values())) for host, pages in self._pages.items() if len(pages) > 1}
        self._file.seek(0)
        for line in self._file:
            made = json.loads(line)
            found = learned.get(_host(made["url"]))
            yield json.dumps(_without(made, found), ensure_ascii=False) if found else line.rstrip("\n")
        self._file.close()


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _without(made: dict[str, Any], found: frozenset[int]) -> dict[str, Any]:
    """An extraction without site lines; one that held nothing else is a template."""
    lines = [line for line in made["body"].split("\n") if line_hash(line) not in found]
    if len(lines) == made["body"].count("\n") + 1:
        return made
    body = "\n".join(lines)
    if made["outcome"] == Outcome.OK and count_words(body) < MIN_WORDS:
        made |= {"outcome": str(Outcome.DUPLICATE_TEMPLATE), "detail": "nothing but lines that recur on its host"}
    return made | {"body": body, "sources": made["sources"] | {"site_lines": "batch"}}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def to_json(extraction: Extraction) -> str:
    """One line of JSON; times as ISO 8601 in UTC."""
    return json.dumps(asdict(extraction), default=_plain, ensure_ascii=False)
