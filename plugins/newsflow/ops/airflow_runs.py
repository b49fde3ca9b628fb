"""What Airflow knows of a run's tasks: each one's newest try, the address of its log, and the end of a red one's.

Airflow's own database and its own log reader are asked, within the API server only. So a log shows what Airflow's
pages show of it: secrets were masked when the task wrote it.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import quote

from newsflow.text.characters import strip

log = logging.getLogger(__name__)

RED = ("failed", "up_for_retry")
SHOWN_TASKS = 3  # whose logs a page shows the end of: one cause makes many shards red
SHOWN_LINES = 12
LINE = 400  # characters of a line that are shown
READ_LINES = 30_000  # of a log: about a second of work
MOST_TRIES = 500  # tasks of a run; NEWSFLOW_SHARDS is far below


class TaskTry(NamedTuple):
    """A task of a Dag run in its newest try; `map_index` is the shard of a mapped one, else -1."""

    dag_id: str
    dag_run_id: str
    task_id: str
    map_index: int
    state: str
    try_number: int

    @property
    def name(self) -> str:
        """As our pages name a step: "fetch 3"."""
        return f"{self.task_id} {self.map_index}" if self.map_index >= 0 else self.task_id

    @property
    def path(self) -> str:
        """Where its log stands, below Airflow's address: `TaskInstance.log_url` gives the same."""
        mapped = f"/mapped/{self.map_index}" if self.map_index >= 0 else ""
        tried = f"?try_number={self.try_number}" if self.try_number > 0 else ""
        return f"{run_path(self.dag_id, self.dag_run_id)}/tasks/{quote(self.task_id)}{mapped}{tried}"


@dataclass(frozen=True, slots=True)
class LogEnd:
    """The last lines of a red task's log; none where the log is gone, was never begun, or is too long to be read."""

    task: TaskTry
    lines: tuple[str, ...]
    is_long: bool = False


@dataclass(frozen=True, slots=True)
class RunTasks:
    """What a page shows of a run in Airflow; `path` is empty for a run that Airflow does not know."""

    path: str = ""
    tries: Mapping[tuple[str, int], TaskTry] | None = None
    red: Sequence[LogEnd] = ()
    hidden: bool = False  # there are red tasks, whose logs the reader may not see

    def of(self, stage: str, shard: int = 0) -> TaskTry | None:
        """The task of a step: one for each shard, or one for all."""
        tries = self.tries or {}
        return tries.get((stage, shard)) or (tries.get((stage, -1)) if shard == 0 else None)


NO_TASKS = RunTasks()


def run_path(dag_id: str, dag_run_id: str) -> str:
    """The page of a Dag run, below Airflow's address."""
    return f"/dags/{quote(dag_id, safe='')}/runs/{quote(dag_run_id, safe='')}"


@dataclass(frozen=True, slots=True)
class AirflowRuns:
    """Airflow, as one reader of our pages may see it.

    :param may_read_logs: whether the reader may see the logs of a Dag.
    """

    may_read_logs: Callable[[str], bool]

    def run(self, dag_id: str, dag_run_id: str, *, logs: bool = True) -> RunTasks:
        """A run's tasks, and the ends of its red ones' logs.

        :param logs: False for the addresses alone, which cost one statement.
        """
        tries = _tries(dag_id, dag_run_id)
        if not tries:
            return NO_TASKS
        red = [task for task in tries if task.state in RED][:SHOWN_TASKS] if logs else []
        may = bool(red) and self.may_read_logs(dag_id)
        return RunTasks(
            run_path(dag_id, dag_run_id),
            {(task.task_id, task.map_index): task for task in tries},
            [_end(task) for task in red] if may else [],
            hidden=bool(red) and not may,
        )


def _tries(dag_id: str, dag_run_id: str) -> list[TaskTry]:
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session
    from sqlalchemy import select

    columns = (TaskInstance.task_id, TaskInstance.map_index, TaskInstance.state, TaskInstance.try_number)
    ours = (
        select(*columns)
        .where(TaskInstance.dag_id == dag_id, TaskInstance.run_id == dag_run_id)
        .order_by(TaskInstance.start_date, TaskInstance.task_id, TaskInstance.map_index)
        .limit(MOST_TRIES)
    )
    with create_session() as session:
        return [TaskTry(dag_id, dag_run_id, r[0], r[1], str(r[2] or ""), r[3]) for r in session.execute(ours)]


def _end(task: TaskTry) -> LogEnd:
    """The end of a log, by the reader that Airflow's own pages use; nothing where it can't be read."""
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.log.log_reader import TaskLogReader
    from airflow.utils.session import create_session
    from sqlalchemy import select
    from sqlalchemy.orm import joinedload

    key = (task.dag_id, task.dag_run_id, task.task_id, task.map_index)
    columns = (TaskInstance.dag_id, TaskInstance.run_id, TaskInstance.task_id, TaskInstance.map_index)
    one = select(TaskInstance).where(*(column == value for column, value in zip(columns, key, strict=True)))
    try:
        with create_session() as session:
            found = session.scalar(one.options(joinedload(TaskInstance.dag_run), joinedload(TaskInstance.dag_model)))
            if found is None:
                return LogEnd(task, ())
            messages, _ = TaskLogReader().read_log_chunks(found, task.try_number, {"end_of_log": False})
            return log_end(task, messages)
    except Exception:  # the log may stand on a worker that is gone, or in a store that is away
        log.warning("the log of %s can't be read", task.name, exc_info=True)
        return LogEnd(task, ())


def log_end(task: TaskTry, messages: Iterable[Any]) -> LogEnd:
    """The end of a log of at most READ_LINES lines; of a longer one no line, since its end was not read."""
    stream = iter(messages)
    lines = last_lines(islice(stream, READ_LINES))
    is_long = next(stream, None) is not None
    return LogEnd(task, () if is_long else lines, is_long)


def last_lines(messages: Iterable[Any]) -> tuple[str, ...]:
    """The last lines that a task wrote, without what Airflow says of where the log stands.

    :param messages: Airflow's `StructuredLogMessage`s.
    """
    written = (line for message in _written(messages) for line in _lines(message))
    return tuple(line[: LINE - 1] + "…" if len(line) > LINE else line for line in deque(written, SHOWN_LINES))


def _written(messages: Iterable[Any]) -> Iterator[Any]:
    """All after the first group, which names the sources of the log; where there is none, all."""
    heading = False
    for number, message in enumerate(messages):
        heading = heading or (number == 0 and message.event.startswith("::group::"))
        if not heading:
            yield message
        elif message.event == "::endgroup::":
            heading = False


def _lines(message: Any) -> Iterator[str]:
    if message.event.startswith(("::group::", "::endgroup::")):
        return
    at = f"{message.timestamp:%H:%M:%S} " if message.timestamp else ""
    yield from (f"{at}{line}" for line in _plain(message.event))
    errors = (message.model_extra or {}).get("error_detail")
    for error in errors if isinstance(errors, list) else ():
        yield from (f"{at}{line}" for line in _error(error))


def _error(error: Any) -> list[str]:
    """Lines of an entry of `error_detail`; other programs than Airflow may write what they like there."""
    if not isinstance(error, Mapping):
        return _plain(str(error))
    return _plain(f"{error.get('exc_type', '')}: {error.get('exc_value', '')}")


def _plain(text: str) -> list[str]:
    """Lines without colours and other signs for terminals, and without those that turn the direction of writing."""
    return strip(text).splitlines()
