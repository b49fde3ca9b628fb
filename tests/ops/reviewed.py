"""A comparison that waits for a person: rows as news_reprocess leaves them, one text hostile."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

from psycopg2.extensions import connection as Connection

from newsflow.reprocess import report
from newsflow.store import queries

HOSTILE = "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 1'>"
BEGUN = datetime(2026, 11, 22, 7, tzinfo=timezone.utc)

FERRY = (
    "The ferry to the islands leaves at nine, the harbour office said on Monday.\n"
    "Passengers should be there half an hour earlier, with their papers at hand.\n"
    "In winter the crossing takes twice as long, and in storms there is none."
)
BRIDGE = FERRY.replace("ferry", "bridge", 1).rpartition("\n")[0]

# slug → (verdict, similarity, changed fields, outcome before, outcome after, body before, body after)
PAGES = {
    "ferry": ("changed", 0.5, ["body", "title"], "new", "ok", FERRY, BRIDGE),
    "quay": ("changed", 0.85, ["body"], "new", "ok", f"{FERRY}\n{HOSTILE}", FERRY),
    "brief": ("gained", None, [], "too_short", "ok", None, f"A brief that is one now. {HOSTILE}"),
    "members": ("lost", None, [], "new", "paywall", FERRY, None),
    "same": ("same", 1.0, [], "new", "ok", FERRY, None),
}


def compared(conn: Connection) -> int:
    """Put one comparison there, in state compared; its number."""
    publisher = _add(conn, "publisher", "publisher_id", name="reviewed.example")
    origin = _add(conn, "origin", "origin_id", origin="https://reviewed.example", publisher_id=publisher)
    number = _add(
        conn,
        "reprocess",
        "reprocess_id",
        selection={"publishers": ["courier.example"]},
        extractor="newsflow-9+trafilatura-9.9.9",
        pages=len(PAGES),
        created_at=BEGUN,
    )
    for slug in PAGES:
        _page(conn, number, slug, {"publisher_id": publisher, "origin_id": origin})
    summary, done = report.summary(conn, number), BEGUN + timedelta(minutes=3)
    queries.reprocess.set_state(conn, reprocess_id=number, state="compared", run_id=None, report=summary, now=done)
    conn.commit()
    return number


def _add(conn: Connection, table: str, key: str, **row: Any) -> int:
    columns, places = ", ".join(f'"{name}"' for name in row), ", ".join(["%s"] * len(row))
    with conn.cursor() as cursor:
        cursor.execute(
            f"insert into ingest.{table} ({columns}) values ({places}) returning {key}",
            list(row.values()),
        )
        (found,) = cursor.fetchone() or (0,)
    return int(found)


def _page(conn: Connection, number: int, slug: str, owner: dict[str, int]) -> None:
    verdict, similarity, changed, before_outcome, outcome, before, after = PAGES[slug]
    url, state = f"https://reviewed.example/2026/{slug}", "loaded" if before else "rejected"
    page = _add(conn, "page", "page_id", url=url, url_hash=sha256(url.encode()).digest(), state=state, **owner)
    where = {"file": "x.warc.gz", "offset": page, "length": 1, "payload_digest": "", "bytes": 1}
    capture = _add(conn, "capture", "capture_id", page_id=page, fetched_at=BEGUN, final_url=url, status=200, **where)
    ids = {
        f"{side}_extraction_id": _extraction(conn, page, capture, extractor, body) if body else None
        for side, extractor, body in (("before", "old", before), ("after", f"new#r{number}", after))
    }
    judged = {"verdict": verdict, "similarity": similarity, "changed": changed, "outcome": outcome}
    key = {"reprocess_id": number, "page_id": page, "capture_id": capture, "before_outcome": before_outcome}
    _add(conn, "reprocess_page", "page_id", **key, **judged, **ids)


def _extraction(conn: Connection, page_id: int, capture_id: int, extractor: str, body: str) -> int:
    key = sha256(body.encode()).digest()
    return _add(
        conn,
        "extraction",
        "extraction_id",
        page_id=page_id,
        capture_id=capture_id,
        extractor=extractor,
        outcome="ok",
        title="Crossing" if extractor == "old" else "Crossing the sound",
        body=body,
        authors=["Ada Lane"],
        published_at=BEGUN,
        content_hash=key,
        text_hash=key,
    )
