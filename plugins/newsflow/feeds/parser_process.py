"""Parsing in child processes that can be killed, with bounds on CPU seconds and memory.

A child is a fresh interpreter with an empty environment: a feed that takes it over finds no secrets.
See docs/decisions/0024.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsflow.feeds.pages.memory import PageKnowledge
from newsflow.feeds.parsed import FeedError, ParsedFeed
from newsflow.isolation.bounded_call import BoundedChildren
from newsflow.isolation.limits import Ending, Limits, Stopped
from newsflow.outcomes import Outcome
from newsflow.settings import Settings

if TYPE_CHECKING:
    from newsflow.feeds.parser_child import Answer

_ANSWER = "newsflow.feeds.parser_child:answer"


class ParserProcesses:
    """A few parsing processes shared by many threads, as a context manager; started when first needed.

    :param timeout_s: CPU seconds that one feed may take.
    :param memory_mb: MiB that one process may take on top of what it starts with.
    :param max_bytes: as in `parse.parse`.
    """

    def __init__(self, processes: int, *, memory_mb: int, timeout_s: float, max_bytes: int) -> None:
        self._limits = Limits(timeout_s, memory_mb)
        self._children: BoundedChildren[Answer] = BoundedChildren(processes, _ANSWER, self._limits)
        self._max_bytes = max_bytes

    @classmethod
    def of(cls, settings: Settings, processes: int, *, max_bytes: int | None = None) -> ParserProcesses:
        """With the limits of the settings.

        :param max_bytes: default: that of any answer.
        """
        return cls(
            processes,
            memory_mb=settings.parse_memory_mb,
            timeout_s=settings.parse_timeout_s,
            max_bytes=max_bytes or settings.max_bytes,
        )

    def parse(
        self,
        body: bytes,
        base: str,
        content_type: str = "",
        *,
        known: bytes = b"",
        page: PageKnowledge | None = None,
        zone: str = "",
    ) -> ParsedFeed:
        """As `parse.parse`, bounded; waits for a free process, which doesn't count against the limits.

        :param zone: of times that name none, as the tz database names it; "" for UTC.
        :raises FeedError: also with parse_timeout (stopped at its CPU seconds) and parse_error (crashed or out of
            memory).
        """
        result = self._children.call(body, base, content_type, self._max_bytes, known, page, zone)
        if isinstance(result, Stopped):
            raise self._error(result)
        if isinstance(result.value, ParsedFeed):
            return result.value
        raise FeedError(*result.value)

    def _error(self, stopped: Stopped) -> FeedError:
        if stopped.ending is Ending.TIMED_OUT:
            detail = f"not read after {self._limits.cpu_s:g} s; the reader was stopped"
            return FeedError(Outcome.PARSE_TIMEOUT, detail)
        if stopped.ending is Ending.OUT_OF_MEMORY:
            return FeedError(Outcome.PARSE_ERROR, "reading it takes more memory than allowed")
        if stopped.error:
            return FeedError(Outcome.PARSE_ERROR, f"{stopped.error} while reading")
        return FeedError(Outcome.PARSE_ERROR, "the reader crashed or ran out of memory")

    def __enter__(self) -> ParserProcesses:
        return self

    def __exit__(self, *_: object) -> None:
        self._children.close()
