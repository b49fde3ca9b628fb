"""The body of an answer in pieces, and what it means when it breaks off."""

from __future__ import annotations

from collections.abc import Iterator
from http.client import IncompleteRead

from requests import Response
from urllib3.exceptions import HTTPError, InvalidChunkLength, ProtocolError

from newsflow.outcomes import Outcome
from newsflow.web.answers import content_length
from newsflow.web.budget import ExchangeEnd

_PIECE = 64 * 1024
_DRAINED = 16 * 1024
_BODILESS = (204, 304)  # whatever their headers say (RFC 9110 §6.4.1)


def pieces(response: Response) -> Iterator[bytes]:
    """The body as it comes, still encoded.

    :raises Stop: TRUNCATED, CONNECTION_LOST or BAD_RESPONSE, beside those of the budget.
    """
    try:
        yield from response.raw.stream(_PIECE, decode_content=False)
    except (HTTPError, OSError, ValueError) as error:
        raise _stop(error) from None


def _stop(error: Exception) -> ExchangeEnd:
    cause = error.args[1] if isinstance(error, ProtocolError) and len(error.args) > 1 else error
    if isinstance(cause, InvalidChunkLength):
        return ExchangeEnd(Outcome.BAD_RESPONSE, "a chunk's length is no number")
    if isinstance(cause, IncompleteRead):
        got = cause.partial if isinstance(cause.partial, int) else len(cause.partial)
        return ExchangeEnd(Outcome.TRUNCATED, f"ended after {got} bytes, {cause.expected} more were announced")
    if isinstance(cause, ProtocolError):
        if "exceeded" in str(cause):
            return ExchangeEnd(Outcome.BAD_RESPONSE, "a chunk's length line does not end")
        return ExchangeEnd(Outcome.TRUNCATED, "ended before its last chunk")
    return ExchangeEnd(Outcome.CONNECTION_LOST, f"broken in the body: {type(cause).__name__}")


def drain(response: Response) -> None:
    """Read a short body of known length, so that its connection can be kept; leave any other unread."""
    length = 0 if response.status_code in _BODILESS else content_length(response.headers)
    if length is not None and length <= _DRAINED:
        for _ in pieces(response):
            pass
