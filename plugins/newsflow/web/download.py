"""An answer whose body is read as it comes, for files that are larger than memory."""

from __future__ import annotations

from requests import Response
from urllib3.exceptions import HTTPError

from newsflow.outcomes import Outcome
from newsflow.web.budget import HEADER_BYTES, ExchangeEnd, RequestBudget, running
from newsflow.web.resolver import Resolver
from newsflow.web.trip import Trip


class Download:
    """A guarded answer under way; close it when done.

    :param read_s: seconds that one read may wait for bytes.
    """

    def __init__(self, trip: Trip, response: Response, names: Resolver, *, read_s: float = 60.0) -> None:
        self._trip, self._response, self._names, self._read_s = trip, response, names, read_s

    @property
    def status(self) -> int:
        """Of the last answer."""
        return self._trip.status

    @property
    def headers(self) -> dict[str, str]:
        """Of the last answer, names in lower case."""
        return self._trip.headers

    def read(self, size: int) -> bytes:
        """The next bytes, at most `size` of them, as soon as there are any; b'' at the end. Still encoded.

        :raises ExchangeEnd: DEADLINE where nothing came in time, CONNECTION_LOST where the answer broke off.
        """
        with running(RequestBudget(self._names, self._read_s, limit=size + HEADER_BYTES)):
            try:
                # `read1` gives what one read of the socket brought: `read` would wait for all of `size`
                found: bytes = self._response.raw.read1(size, decode_content=False)
            except (HTTPError, OSError, ValueError) as error:
                raise ExchangeEnd(Outcome.CONNECTION_LOST, f"broken in the body: {type(error).__name__}") from None
        return found

    def close(self) -> None:
        """Drop the connection."""
        self._response.close()
