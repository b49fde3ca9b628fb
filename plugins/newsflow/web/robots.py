"""robots.txt by RFC 9309: what an answer means, and whether a URL may be asked for. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

CAP = 500 * 1024  # RFC 9309 §2.5: at least 500 KiB are read
KEEP = timedelta(hours=24)  # §2.4: not longer
KEEP_FAILURE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """robots.txt of an origin as last fetched; status 0 for no answer."""

    status: int
    body: str
    fetched_at: datetime
    expires_at: datetime
