"""What holds for the extraction of any bytes whatever."""

from __future__ import annotations

import re

from newsflow.extract.manifest import to_json
from newsflow.extract.row import values
from newsflow.model import Extraction
from newsflow.outcomes import Outcome

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def broken(made: Extraction, html: bytes) -> str:
    """The first promise that an extraction does not keep; "" where it keeps all."""
    for value in (made.title, made.body, made.lead, made.section, *made.authors, *made.tags):
        if CONTROLS.search(value):
            return f"a control or surrogate in {value[:60]!r}"
    if (made.outcome is Outcome.OK) and not made.body:
        return "an article without a body"
    if made.outcome is not Outcome.OK and not 0 < len(made.detail) <= 500:
        return f"{made.outcome} with a detail of {len(made.detail)} characters"
    if len(made.body) > 4 * len(html):
        return "a body larger than the page allows"
    to_json(made).encode("utf-8")
    return "" if len(values(made)["text_hash"]) == 32 else "a hash that is none"
