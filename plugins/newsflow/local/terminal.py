"""What `make run` shows: what is slow, how far the run is, and what came of it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO

from psycopg2.extensions import connection as Connection
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from newsflow.outcomes import Stage
from newsflow.pipeline import Funnel
from newsflow.progress import StageProgress
from newsflow.run_check import PASSED, FunnelStage
from newsflow.store import queries

Row = queries.local.NewestArticlesRow | queries.local.SharedStoriesRow | queries.local.ReasonsRow
QUERIES: dict[str, tuple[str, Callable[[Connection], Sequence[Row]]]] = {
    "local.newest_articles": ("The newest articles", queries.local.newest_articles),
    "local.shared_stories": (
        "Stories that more than one publisher carried, and who had them first",
        queries.local.shared_stories,
    ),
    "local.reasons": ("What did not become an article, and why", queries.local.reasons),
}
PLAIN_EVERY_S = 5.0
PLAIN_WIDTH = 120
BAR = 20  # characters of a progress bar


def _console(stream: TextIO) -> Console:
    return Console(file=stream, width=None if stream.isatty() else PLAIN_WIDTH, highlight=False, soft_wrap=True)


@dataclass
class Terminal:
    """A terminal, or a pipe that gets plain lines."""

    console: Console = field(default_factory=lambda: _console(sys.stdout))

    @classmethod
    def on_stderr(cls) -> Terminal:
        """For commands whose stdout is their result."""
        return cls(_console(sys.stderr))

    @property
    def is_screen(self) -> bool:
        """Whether a person sees it as it is printed; else it goes into a pipe or a log."""
        return self.console.is_terminal

    def ask(self, question: str) -> str:
        """What a person answers; empty where nobody can: one side is no terminal, or the input ends."""
        if not (self.is_screen and sys.stdin and sys.stdin.isatty()):
            return ""
        try:
            return self.console.input(Text(question))
        except EOFError:
            return ""

    def line(self, text: str) -> None:
        """One line."""
        self.console.print(Text(text))

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Say what is being done while it is done, and how long it took."""
        started = time.monotonic()
        if self.console.is_terminal:
            with self.console.status(Text(f"{text} …")):
                yield
        else:
            self.line(f"· {text} …")
            yield
        self.line(f"✓ {text} ({time.monotonic() - started:.1f} s)")

    @contextmanager
    def progress(self) -> Iterator[ProgressLines]:
        """A display that is given the stages again and again while a run goes on."""
        if not self.console.is_terminal:
            yield ProgressLines(self)
            return
        with Live(console=self.console, refresh_per_second=4, transient=True) as live:
            yield ProgressLines(self, live)

    def funnel(self, funnel: Funnel) -> None:
        """The run in numbers, then its verdict."""
        table = Table(title="The run's funnel", title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for name, justify in (("stage", "left"), ("in", "right"), ("passed", "right"), ("left because", "left")):
            table.add_column(name, justify=justify)  # type: ignore[arg-type]
        polls = _counts(funnel.polls)
        table.add_row("poll", str(sum(funnel.polls.values())), "", f"feeds: {polls}" if polls else "")
        for stage in funnel.stages:
            table.add_row(stage.stage, str(stage.taken), str(stage.passed), _ended(stage))
        self.console.print()
        self.console.print(table)
        self.line(funnel.verdict.sentence)

    def answers(self, conn: Connection) -> None:
        """The answers of the first queries, with their SQL."""
        for name, (title, ask) in QUERIES.items():
            found = ask(conn)
            conn.rollback()
            self.console.print()
            self.line(f"{title}:")
            self.console.print(Text(_indent(queries.sql(name)), style="dim"))
            self.table(found[0]._fields if found else (), found)

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Rows, cut to the width of the screen."""
        if rows:
            self.console.print(_table(columns, rows), soft_wrap=False)
        else:
            self.line("  (none)")

    def where(self, lines: Sequence[tuple[str, str]]) -> None:
        """Where to look next: what, and the address or command."""
        self.console.print()
        width = max(len(name) for name, _value in lines)
        for name, value in lines:
            self.line(f"{name:<{width}}  {value}")


@dataclass
class ProgressLines:
    """The display of one run; where there is no terminal, lines at times and when a stage ends."""

    show: Terminal
    live: Live | None = None
    _printed: float = 0.0
    _finished: set[str] = field(default_factory=set)

    def update(self, stages: Sequence[StageProgress], note: str = "") -> None:
        """Show the stages as they stand now."""
        if self.live:
            self.live.update(_stages(stages, note))
            return
        finished = [s for s in stages if s.finished]
        for stage in (s for s in finished if s.stage not in self._finished):
            self.show.line(stage.line())
        self._finished |= {s.stage for s in finished}
        self._now_and_then([s for s in stages if not s.finished])

    def _now_and_then(self, working: Sequence[StageProgress]) -> None:
        """A line about the newest stage at work; a log is not to be filled with them."""
        if working and time.monotonic() - self._printed > PLAIN_EVERY_S:
            self._printed = time.monotonic()
            self.show.line(working[-1].line())

    def end(self, stages: Sequence[StageProgress]) -> None:
        """Leave the last state standing."""
        if self.live:
            self.live.stop()
            self.show.console.print(_stages(stages, ""))
        else:
            self.update(stages)


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{code} {n}" for code, n in counts.items())


def _ended(stage: FunnelStage) -> str:
    """What became of a stage's pages; those that went on have a column of their own, unless it is the last stage."""
    hidden = () if stage.stage == Stage.LOAD else PASSED
    return _counts({code: n for code, n in stage.outcomes.items() if code not in hidden})


def _bar(share: float) -> str:
    filled = round(BAR * share)
    return "█" * filled + "░" * (BAR - filled)


def _stages(stages: Sequence[StageProgress], note: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(justify="left")
    table.add_column(justify="right")
    table.add_column()
    table.add_column(justify="right")
    table.add_column()
    for stage in stages:
        share = stage.done / stage.total if stage.total else 1.0
        commonest = dict(sorted(stage.counts.items(), key=lambda c: -c[1])[:4])
        mark = "✓" if stage.finished else "…"
        table.add_row(
            f"{mark} {stage.stage}",
            f"{stage.done}/{stage.total}",
            Text(_bar(share), "cyan"),
            f"{stage.rate:.1f}/s",
            _counts(commonest),
        )
    if note:
        table.add_row(Text(note, "dim"))
    return table


def _table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 2))
    texts = [[str(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *texts, strict=True)]
    for name, width in zip(columns, widths, strict=True):
        # on a narrow terminal rich takes room from columns that may wrap: only the widest gives way
        table.add_column(name, no_wrap=width < max(widths), header_style="bold")
    for words in texts:
        table.add_row(*(Text(word, no_wrap=True, overflow="ellipsis") for word in words))
    return table


def _indent(sql: str) -> str:
    return "\n".join(f"  {line}" for line in sql.splitlines())
