"""Parsing in child processes that can be killed, with bounds on time and memory.

A child is a fresh interpreter with an empty environment (no secrets to steal) that reads
length-prefixed requests from stdin and answers on stdout. See docs/decisions/0051.
"""

from __future__ import annotations

import os
import pickle
import resource
import select
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, cast

from newsflow import resources
from newsflow.feeds.parsed import FeedError, ParsedFeed
from newsflow.model import Outcome

_LENGTH = struct.Struct("!I")
_START = (
    "import sys; sys.path[:0] = sys.argv[2:]; from newsflow.feeds.parser_process import serve; serve(int(sys.argv[1]))"
)
_PACKAGES = str(resources.import_folder())


class ParserProcess:
    """One parsing process; not for several threads at once."""

    def __init__(self, memory_mb: int) -> None:
        self._memory_mb = memory_mb
        self._process: subprocess.Popen[bytes] | None = None

    def parse(self, body: bytes, base: str, content_type: str, timeout_s: float, max_bytes: int) -> ParsedFeed:
        """As `parse.parse`, bounded.

        :raises FeedError: also with parse_timeout (killed after `timeout_s`, seconds) and parse_error
            (crashed or out of memory).
        """
        process = self._process or self._start()
        deadline = time.monotonic() + timeout_s
        try:
            _send(process.stdin, (body, base, content_type, max_bytes), deadline)
            found = _receive(process.stdout, deadline)
        except TimeoutError:
            self.close()
            raise FeedError(Outcome.PARSE_TIMEOUT, f"not read after {timeout_s:g} s; the reader was stopped") from None
        except (EOFError, BrokenPipeError):
            self.close()
            raise FeedError(Outcome.PARSE_ERROR, "the reader crashed or ran out of memory") from None
        if isinstance(found, ParsedFeed):
            return found
        outcome, detail = cast("tuple[Outcome, str]", found)
        raise FeedError(outcome, detail)

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-c", _START, str(self._memory_mb), _PACKAGES, *filter(None, sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
        )
        # a hanging child must not make our writes hang
        os.set_blocking(_fd(self._process.stdin), False)
        return self._process

    def close(self) -> None:
        """Kill the process, if it runs."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                _close_pipe(pipe)


def _close_pipe(pipe: IO[bytes]) -> None:
    """Close a pipe whose other end may be dead with bytes still to be written."""
    try:
        pipe.close()
    except BrokenPipeError:
        return


class ParserProcesses:
    """A few parsing processes shared by many threads; started when first needed."""

    def __init__(self, processes: int, *, memory_mb: int, timeout_s: float, max_bytes: int) -> None:
        self._all = [ParserProcess(memory_mb) for _ in range(processes)]
        self._free = list(self._all)
        self._ready = threading.Condition()
        self._timeout_s = timeout_s
        self._max_bytes = max_bytes

    def parse(self, body: bytes, base: str, content_type: str = "") -> ParsedFeed:
        """As `Child.parse`; waits for a free process, which doesn't count against the time limit."""
        with self._borrowed() as child:
            return child.parse(body, base, content_type, self._timeout_s, self._max_bytes)

    @contextmanager
    def _borrowed(self) -> Iterator[ParserProcess]:
        with self._ready:
            while not self._free:
                self._ready.wait()
            child = self._free.pop()
        try:
            yield child
        finally:
            with self._ready:
                self._free.append(child)
                self._ready.notify()

    def __enter__(self) -> ParserProcesses:
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._all:
            child.close()


def _fd(pipe: IO[bytes] | None) -> int:
    if pipe is None:
        raise RuntimeError("the child was started without pipes")
    return pipe.fileno()


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _send(pipe: IO[bytes] | None, message: object, deadline: float) -> None:
    data = pickle.dumps(message, protocol=5)
    view = memoryview(_LENGTH.pack(len(data)) + data)
    while view:
        if not select.select([], [_fd(pipe)], [], _left(deadline))[1]:
            raise TimeoutError
        view = view[os.write(_fd(pipe), view[:65536]) :]


def _receive(pipe: IO[bytes] | None, deadline: float) -> object:
    size = _LENGTH.unpack(_read(pipe, _LENGTH.size, deadline))[0]
    return pickle.loads(_read(pipe, size, deadline))  # noqa: S301


def _read(pipe: IO[bytes] | None, size: int, deadline: float) -> bytes:
    parts: list[bytes] = []
    while size:
        if not select.select([_fd(pipe)], [], [], _left(deadline))[0]:
            raise TimeoutError
        part = os.read(_fd(pipe), min(size, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def serve(memory_mb: int) -> None:
    """The child's side: answer until stdin ends."""
    from newsflow.feeds.parse import parse

    resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while head := source.read(_LENGTH.size):
        body, base, content_type, max_bytes = pickle.loads(source.read(_LENGTH.unpack(head)[0]))  # noqa: S301
        answer: object
        try:
            answer = parse(body, base, content_type, max_bytes=max_bytes)
        except FeedError as error:
            answer = (error.outcome, error.detail)
        except MemoryError:
            answer = (Outcome.PARSE_ERROR, "reading it takes more memory than allowed")
        except Exception as error:  # whatever a hostile document brings about is that document's outcome
            answer = (Outcome.PARSE_ERROR, f"{type(error).__name__} while reading")
        data = pickle.dumps(answer, protocol=5)
        sink.write(_LENGTH.pack(len(data)) + data)
        sink.flush()
