"""Task logs in a folder or an object store that all machines reach, written while the task works.

Airflow's own remote logging sends a log when its task has ended: of a worker that died, there is none. Here the log so
far is sent every few seconds, so a dead worker's stands there but for its last lines. Switched on by two settings:

    AIRFLOW__LOGGING__LOGGING_CONFIG_CLASS=newsflow.airflow_glue.remote_logs.LOGGING_CONFIG
    AIRFLOW__LOGGING__REMOTE_BASE_LOG_FOLDER=s3://bucket/logs

`[logging] remote_logging` stays off: it would have Airflow load the provider of that store.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from airflow.config_templates.airflow_local_settings import DEFAULT_LOGGING_CONFIG
from airflow.configuration import conf
from fsspec.implementations.local import LocalFileSystem

from newsflow.store.filesystem import ask, open_filesystem

LOGGING_CONFIG = DEFAULT_LOGGING_CONFIG

_FIRST_S, _EVERY_S = 0.5, 5.0  # seconds from a log's first line to its first copy, and from a later line to the next
_BYTES_A_S = 1_000_000  # a log is sent whole each time: a long one waits so much longer
# A store that hangs holds up a task's end, and the start of the next one in that process.
_PATIENCE_S = 20.0  # seconds for a copy, and a second more for each megabyte
_OWN = logging.getLogger(__name__)


class RemoteLogs:
    """Copies of this machine's task logs (Airflow's protocol `RemoteLogIO`).

    :param base: URL or folder that the copies go to, under the paths that they have here.
    :param local: `[logging] base_log_folder`.
    """

    def __init__(self, base: str, local: Path) -> None:
        self._base, self._local = base.rstrip("/"), local
        self._waiting: dict[str, threading.Timer] = {}
        self._sent: set[str] = set()
        # A task is forked from the process that sends its log: never while a copy is under way (its locks would
        # stay locked in the child for ever).
        self._sending = threading.RLock()
        os.register_at_fork(
            before=self._sending.acquire, after_in_parent=self._sending.release, after_in_child=self._forget
        )

    def _forget(self) -> None:
        """In a forked child: what waits here is the parent's to send."""
        self._waiting, self._sent = {}, set()
        self._sending.release()

    @property
    def processors(self) -> tuple[Any, ...]:
        """What Airflow calls with each line of a log."""
        return (self._note,)

    def _note(self, logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        name = getattr(getattr(logger, "_file", None), "name", None)
        if isinstance(name, str) and Path(name).is_relative_to(self._local):
            self._send_soon(Path(name).relative_to(self._local).as_posix())
        return line

    def _send_soon(self, path: str) -> None:
        """The line itself is written after this; it is there when the copy is made."""
        if path in self._waiting:
            return
        delay_s = _EVERY_S + _size(self._local / path) / _BYTES_A_S if path in self._sent else _FIRST_S
        self._waiting[path] = timer = threading.Timer(delay_s, self._send, [path])
        timer.daemon = True
        timer.start()

    def _send(self, path: str) -> None:
        """Copy the log as it is now; trouble with the store is no trouble of the task."""
        with self._sending:
            self._waiting.pop(path, None)
            self._sent.add(path)
            try:
                _put(f"{self._base}/{path}", (self._local / path).read_bytes())
            except Exception as error:  # whatever a store's client raises
                _OWN.warning(
                    "the log %s could not be copied to %s: %s", path, self._base, str(error) or type(error).__name__
                )

    def upload(self, path: str | os.PathLike[str], ti: object = None) -> None:
        """Copy a log whose task has ended; `path` is relative to the folder of logs."""
        if timer := self._waiting.pop(str(path), None):
            timer.cancel()
        self._send(str(path))
        self._sent.discard(str(path))

    def read(self, relative_path: str, ti: object = None) -> tuple[list[str], list[str] | None]:
        """Where the copy is, and what stands in it; None where there is none."""
        url = f"{self._base}/{relative_path}"
        try:
            fs, place = open_filesystem(url)
            return [url], [ask(fs, "cat_file", place, limit_s=_PATIENCE_S).decode(errors="replace")]
        except FileNotFoundError:
            return [f"no copy at {url}"], None
        except Exception as error:  # whatever a store's client raises
            return [f"{url} can't be read: {str(error) or type(error).__name__}"], None


def _put(url: str, text: bytes) -> None:
    """Write a copy that appears whole: an object does by itself, a file by its name."""
    fs, place = open_filesystem(url)
    if not isinstance(fs, LocalFileSystem):
        ask(fs, "pipe_file", place, text, limit_s=_PATIENCE_S + len(text) / _BYTES_A_S)
        return
    part = Path(f"{place}.part")
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(text)
    part.replace(place)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _configured() -> RemoteLogs | None:
    base = conf.get("logging", "remote_base_log_folder", fallback="")
    local = conf.get("logging", "base_log_folder", fallback="")
    return RemoteLogs(base, Path(local)) if base and local else None


REMOTE_TASK_LOG = _configured()
