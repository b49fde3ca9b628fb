"""Exchanges as WARC 1.1 records, one gzip member a record, and back. Bytes only, no files.

Standard: ISO 28500:2017, https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/.
Bodies are stored decoded. As in Common Crawl's archives, the transport headers that no
longer fit are kept under `X-Crawl-…`, and Content-Length is that of the stored body.
"""

from __future__ import annotations

import base64
import hashlib
import io
import uuid
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from urllib.parse import quote, urlsplit

from fastwarc.stream_io import GzipReader
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import BufferWARCWriter

from newsflow import PRODUCT
from newsflow.model import CapturePointer, Exchange
from newsflow.outcomes import Outcome
from newsflow.text.storable import Storable

MAX_PAYLOAD = 64 * 1024 * 1024  # bytes; a stored record that unpacks to more is damaged or hostile

_NAMESPACE = uuid.UUID("5a1c2f0e-9a55-4c0f-8a0e-6e6577736677")
_LEVEL = 5  # zlib; 6 costs 1.3 times the CPU for 1.4 % of the size, 9 twice as much for 2.3 %
_UNFITTING = {"content-encoding", "transfer-encoding", "content-length"}
_SECRET = {"authorization", "proxy-authorization", "cookie"}
_PRINTABLE = "".join(map(chr, range(32, 127)))
_UNPRINTABLE = dict.fromkeys((*range(32), *range(127, 160)), " ")


@dataclass(frozen=True, slots=True)
class Original(Storable):
    """The stored capture that a revisit record refers to; never itself a revisit.

    :param url: WARC-Target-URI of the original (its final URL).
    :param when: WARC-Date of the original.
    """

    pointer: CapturePointer
    url: str
    when: datetime


@dataclass(frozen=True, slots=True)
class Record(Storable):
    """A response or revisit record as it was read.

    :param revisits: where the body lies, for a revisit record.
    """

    exchange: Exchange
    when: datetime | None
    payload_digest: str
    revisits: CapturePointer | None = None


class BadRecordError(ValueError):
    """The bytes are no readable response record."""


def digest(body: bytes) -> str:
    """`sha1:BASE32` of a payload or block, as WARC 1.1 §5.8 and §5.9 show it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


def gzip_member(data: bytes) -> bytes:
    """One gzip member without name and time, so that equal records are equal bytes (RFC 1952)."""
    compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush()


def _date(when: datetime) -> str:
    return when.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _record_id(*parts: str) -> str:
    return f"<urn:uuid:{uuid.uuid5(_NAMESPACE, chr(10).join(parts))}>"


def _clean(value: str) -> str:
    return value.translate(_UNPRINTABLE).encode("utf-8", "replace").decode().strip()


def _ascii(value: str) -> str:
    return _clean(value).encode("ascii", "replace").decode()


def _value(value: str) -> str:
    """Of an HTTP header: in ASCII, as RFC 9110 5.5 wants it; other characters percent-encoded."""
    return quote(_clean(value), safe=_PRINTABLE)


def _uri(url: str) -> str:
    return _clean(url).replace(" ", "%20")


def _response_headers(exchange: Exchange) -> Iterator[tuple[str, str]]:
    for name, value in exchange.headers.items():
        yield (f"X-Crawl-{name}" if name.lower() in _UNFITTING else _ascii(name)), _value(value)
    yield "Content-Length", str(len(exchange.body))


def _request_headers(url: str, headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield "Host", urlsplit(url).netloc.rpartition("@")[2]
    for name, value in headers.items():
        if name.lower() not in _SECRET | {"host"}:
            yield _ascii(name), _value(value)


def _fields(pairs: Iterable[tuple[str, str]]) -> bytes:
    return "".join(f"{name}: {_clean(value)}\r\n" for name, value in pairs if value).encode()


class Builder:
    """Makes the records of exchanges; equal input gives equal bytes.

    :param file: name of the archive file, noted in its warcinfo record.
    """

    def __init__(self, file: str) -> None:
        self._file = file
        self._warc = BufferWARCWriter(gzip=False, warc_version="1.1")

    def _member(self, record: object) -> bytes:
        out = io.BytesIO()
        self._warc._write_warc_record(out, record)
        return gzip_member(out.getvalue())

    def warcinfo(self, when: datetime) -> bytes:
        """The file's first record."""
        headers = {
            "WARC-Record-ID": _record_id("warcinfo", self._file),
            "WARC-Date": _date(when),
            "WARC-Filename": self._file.rpartition("/")[2],
        }
        conforms = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
        data = _fields([("software", PRODUCT), ("format", "WARC File Format 1.1"), ("conformsTo", conforms)])
        return self._member(
            self._warc.create_warc_record(
                "", "warcinfo", payload=io.BytesIO(data), length=len(data), warc_headers_dict=headers
            )
        )

    def exchange(self, exchange: Exchange, when: datetime, original: Original | None = None) -> tuple[bytes, ...]:
        """The members of one exchange: response or revisit, request, metadata.

        :param original: the stored capture with the same payload; the body is then left out.
        :raises ValueError: where the original's payload is another one.
        """
        target = _uri(exchange.address)
        payload = digest(exchange.body)
        if original and original.pointer.payload_digest != payload:
            raise ValueError(f"{target} is no revisit of {original.url}: the payloads differ")
        headers = {
            "WARC-Record-ID": _record_id("response", _clean(exchange.url), target, _date(when), payload),
            "WARC-Date": _date(when),
        }
        if exchange.ip:
            headers["WARC-IP-Address"] = _clean(exchange.ip)
        if len(exchange.hops) > 1 or exchange.url != target:
            headers["Newsflow-Hops"] = " ".join(map(_uri, exchange.hops or (exchange.url, target)))
        http = StatusAndHeaders(
            f"{exchange.status} {_ascii(exchange.reason)}".strip(), list(_response_headers(exchange)), "HTTP/1.1"
        )
        first = (
            self._revisit(target, payload, original, http, headers)
            if original
            else self._response(target, exchange.body, payload, http, headers)
        )
        return (first, *self._companions(exchange, target, headers))

    def _response(
        self, target: str, body: bytes, payload: str, http: StatusAndHeaders, headers: dict[str, str]
    ) -> bytes:
        record = self._warc.create_warc_record(
            target,
            "response",
            payload=io.BytesIO(body),
            length=len(body),
            warc_headers_dict=headers | {"WARC-Payload-Digest": payload},
            http_headers=http,
        )
        return self._member(record)

    def _revisit(
        self, target: str, payload: str, original: Original, http: StatusAndHeaders, headers: dict[str, str]
    ) -> bytes:
        at = original.pointer
        more = headers | {"Newsflow-Refers-To-Capture": f"{at.offset} {at.length} {at.file}"}
        record = self._warc.create_revisit_record(
            target, payload, original.url, _date(original.when), http_headers=http, warc_headers_dict=more
        )
        return self._member(record)

    def _companions(self, exchange: Exchange, target: str, response: Mapping[str, str]) -> Iterator[bytes]:
        shared = {"WARC-Date": response["WARC-Date"], "WARC-Concurrent-To": response["WARC-Record-ID"]}
        parts = urlsplit(target)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        http = StatusAndHeaders(
            f"{_ascii(path)} HTTP/1.1", list(_request_headers(target, exchange.request_headers)), "GET"
        )
        ids = {"WARC-Record-ID": _record_id("request", response["WARC-Record-ID"])}
        yield self._member(
            self._warc.create_warc_record(target, "request", http_headers=http, warc_headers_dict=shared | ids)
        )
        data = _fields(
            [
                ("via", "" if exchange.url == target else exchange.url),
                ("hopsFromSeed", "R" * max(0, len(exchange.hops) - 1)),
                ("fetchTimeMs", str(round(exchange.seconds * 1000))),
            ]
        )
        ids = {"WARC-Record-ID": _record_id("metadata", response["WARC-Record-ID"])}
        yield self._member(
            self._warc.create_warc_record(
                target, "metadata", payload=io.BytesIO(data), length=len(data), warc_headers_dict=shared | ids
            )
        )


def outcome_of(status: int) -> Outcome:
    """The outcome of a stored answer; an archive knows the status only."""
    if 200 <= status < 300:
        return Outcome.OK
    known = {304: Outcome.NOT_MODIFIED, 404: Outcome.NOT_FOUND, 410: Outcome.GONE, 429: Outcome.RATE_LIMITED}
    if status in known:
        return known[status]
    return Outcome.SERVER_ERROR if status >= 500 else Outcome.CLIENT_ERROR


def _http_headers(record: WarcRecord) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in record.http_headers.items():
        key = name.lower()
        found[key] = f"{found[key]}, {value}" if key in found else value
    return found


def to_record(record: WarcRecord) -> Record:
    """A parsed fastwarc record (response or revisit, HTTP parsed) as ours; reads its body.

    :raises BadRecordError: where it holds no HTTP answer or too large a body.
    """
    headers = record.http_headers
    if headers is None or not headers.status_code:
        raise BadRecordError("the record holds no HTTP answer")
    body = record.reader.read(MAX_PAYLOAD + 1)
    if len(body) > MAX_PAYLOAD:
        raise BadRecordError(f"the body is larger than {MAX_PAYLOAD} bytes")
    warc = record.headers
    target = (warc.get("WARC-Target-URI") or "").strip("<>")
    hops = tuple((warc.get("Newsflow-Hops") or "").split())
    exchange = Exchange(
        url=hops[0] if hops else target,
        outcome=outcome_of(headers.status_code),
        status=headers.status_code,
        headers=_http_headers(record),
        body=body,
        final_url=target,
        hops=hops or (target,),
        ip=warc.get("WARC-IP-Address") or "",
        reason=headers.reason_phrase or "",
    )
    return Record(exchange, record.record_date, warc.get("WARC-Payload-Digest") or "", _revisited(record))


def _revisited(record: WarcRecord) -> CapturePointer | None:
    """Where a revisit's body stands. Of a response it could only be another's word, which must not lead us there."""
    found = record.headers.get("Newsflow-Refers-To-Capture")
    if not found or record.record_type is not WarcRecordType.revisit:
        return None
    offset, length, file = found.split(" ", 2)
    return CapturePointer(file, int(offset), int(length), record.headers.get("WARC-Payload-Digest") or "")


def _unpacked(member: bytes) -> bytes:
    # A record's iterator stops before its member's checksum, which is read here; a cut member ends in silence, but not
    # with its length (ISIZE, RFC 1952 §2.3.1).
    if not member.startswith(b"\x1f\x8b"):
        return member
    data: bytes = GzipReader(io.BytesIO(member)).read(MAX_PAYLOAD + 65536)
    if len(data) != int.from_bytes(member[-4:], "little"):
        raise BadRecordError("its gzip member is cut off or too large")
    return data


def parse(member: bytes) -> Record:
    """The response or revisit record in a gzip member (or plain record).

    :raises BadRecordError: for anything else.
    """
    wanted = WarcRecordType.response | WarcRecordType.revisit
    try:
        stream = io.BytesIO(_unpacked(member))
        for record in ArchiveIterator(stream, record_types=wanted, parse_http=True, auto_decode="all"):
            return to_record(record)
    except BadRecordError:
        raise
    except (OSError, ValueError) as error:
        raise BadRecordError(f"the record can't be read: {error}") from None
    raise BadRecordError("no response record there")
