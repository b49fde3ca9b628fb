"""Watches a process and its children while they work: memory over pages, and what each waited for.

Linux counts for each process how long it ran, and how long it was ready but waited for a core
(`/proc/PID/schedstat`, Documentation/scheduler/sched-stats.rst); the rest of its life it had nothing to do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

import psutil
from rich.progress import Progress

EVERY_S = 0.5
WARM = 0.05  # share of the pages after which the cores count as filled; the last ones drain them


@dataclass(frozen=True)
class Sample:
    """A moment: seconds, pages done, MiB of the parent and of each child."""

    at: float
    pages: int
    parent_mb: float
    children_mb: tuple[float, ...]


@dataclass
class Life:
    """Seconds of a process: first and last sight, running, and ready but without a core, at both."""

    born: float
    seen: float
    first: tuple[float, float]
    last: tuple[float, float]

    @property
    def ran(self) -> float:
        return self.last[0] - self.first[0]

    @property
    def wanted(self) -> float:
        """Running or ready to."""
        return self.ran + self.last[1] - self.first[1]

    @property
    def span(self) -> float:
        return self.seen - self.born


@dataclass
class Watch:
    """What was seen of process `pid` and its children.

    :param done: pages done so far.
    :param unit: what is counted, where it is not pages.
    :param marks: what begins where, for the plot.
    """

    pid: int
    done: Callable[[], int]
    total: int
    samples: list[Sample] = field(default_factory=list)
    lives: dict[int, Life] = field(default_factory=dict)
    machine: list[tuple[float, float]] = field(default_factory=list)
    unit: str = "pages"
    marks: dict[str, int] = field(default_factory=dict)

    def until(self, over: Callable[[], bool], name: str) -> None:
        """Watch until it is over, with a progress bar."""
        with Progress(transient=True) as progress:
            bar = progress.add_task(f"  {name}", total=self.total)
            while not over():
                self._sample()
                progress.update(bar, completed=self.samples[-1].pages if self.samples else 0)
                time.sleep(EVERY_S)

    def _sample(self) -> None:
        try:
            parent = psutil.Process(self.pid)
            sizes = {p.pid: p.memory_info().rss / 2**20 for p in [parent, *parent.children()]}
            pages, now = self.done(), time.monotonic()
            for pid in sizes:
                self._live(pid, now)
        except (psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
            return
        self.samples.append(Sample(now, pages, sizes.pop(self.pid), tuple(sizes.values())))
        times = psutil.cpu_times()
        self.machine.append((times.idle + times.iowait, sum(times[:8])))

    def _live(self, pid: int, now: float) -> None:
        times = (0.0, 0.0)
        for task in Path(f"/proc/{pid}/task").iterdir():
            ran, waited, _ = (task / "schedstat").read_text().split()
            times = (times[0] + int(ran) / 1e9, times[1] + int(waited) / 1e9)
        life = self.lives.setdefault(pid, Life(now, now, times, times))
        life.seen, life.last = now, times

    def figures(self) -> dict[str, str]:
        """What a person wants to read, by name."""
        first, last = self.samples[0], self.samples[-1]
        wall, parent = last.at - first.at, self.lives[self.pid]
        workers = [life for pid, life in self.lives.items() if pid != self.pid and life.span]
        ran, wanted, span = (sum(map(of, workers)) for of in (lambda w: w.ran, lambda w: w.wanted, lambda w: w.span))
        idle, whole = (self.machine[-1][n] - self.machine[0][n] for n in (0, 1))
        return {
            "pages per second": f"{self.total / wall:.1f}",
            "workers' CPU s": f"{ran:.0f}",
            "parent's CPU s": f"{parent.ran:.0f}",
            "workers: share of their time with work": f"{wanted / span:.1%}",
            "workers: share of their time on a core": f"{ran / span:.1%}",
            "machine idle": f"{idle / whole:.1%}",
            "of what others left, used by parent and workers": f"{(ran + parent.ran) / (ran + parent.ran + idle):.1%}",
            "parent's MiB at a quarter, half, the end": self._sizes(lambda s: s.parent_mb),
            "largest child's MiB at a quarter, half, the end": self._sizes(lambda s: max(s.children_mb, default=0.0)),
            "children that lived": str(len(workers)),
        }

    def _sizes(self, of: Callable[[Sample], float]) -> str:
        """The largest of the samples around three moments."""
        found = []
        for share in (0.25, 0.5, 1.0):
            near = [of(s) for s in self.samples if share - 0.1 <= s.pages / self.total <= share]
            found.append(max(near, default=0.0))
        return " · ".join(f"{size:.0f}" for size in found)


WIDTH, HEIGHT, LEFT, BOTTOM = 360, 260, 60, 40


def spent(*processes: psutil.Process) -> float:
    """CPU seconds of processes and of those of their children that have ended."""
    return sum(t.user + t.system + t.children_user + t.children_system for t in (p.cpu_times() for p in processes))


def draw(watches: Mapping[str, Watch]) -> str:
    """Memory over pages as SVG, a panel a process tree: the parent, and its largest child."""
    top = max(max(s.parent_mb, *s.children_mb, 1.0) for w in watches.values() for s in w.samples) * 1.15
    panels = [part for n, (name, w) in enumerate(watches.items()) for part in _panel(n, name, w, top)]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH * len(watches) + 20} {HEIGHT + 30}"'
        ' font-family="sans-serif" font-size="12">'
    )
    return "\n".join([head, '<rect width="100%" height="100%" fill="#fff"/>', *panels, "</svg>", ""])


def _panel(number: int, name: str, watch: Watch, top: float) -> list[str]:
    left, width, height = WIDTH * number + LEFT, WIDTH - LEFT - 10, HEIGHT - BOTTOM - 30

    def line(of: Callable[[Sample], float], colour: str, label: str, at: int) -> list[str]:
        spots = " ".join(
            f"{left + width * s.pages / watch.total:.1f},{30 + height * (1 - of(s) / top):.1f}" for s in watch.samples
        )
        return [
            f'<polyline points="{spots}" fill="none" stroke="{colour}" stroke-width="1.5"/>',
            f'<text x="{left + 8}" y="{at}" fill="{colour}">{label}</text>',
        ]

    ticks = [
        f'<text x="{left - 6}" y="{34 + height * (1 - part):.0f}" text-anchor="end">{top * part:.0f}</text>'
        for part in (0.0, 0.5, 1.0)
    ]
    marks = [
        f'<g transform="translate({left + width * at / watch.total:.1f} {30 + height})" stroke-dasharray="3">'
        f'<path d="M0 0v{-height}" stroke="#bbb"/>'
        f'<text transform="rotate(-90)" x="4" y="12" fill="#666">{escape(mark)}</text></g>'
        for mark, at in watch.marks.items()
    ]
    return [
        f'<text x="{left}" y="18" font-size="14">{escape(name)}: MiB over {watch.unit}</text>',
        f'<path d="M{left} 30V{30 + height}H{left + width}" fill="none" stroke="#999"/>',
        *ticks,
        *marks,
        f'<text x="{left + width}" y="{HEIGHT - BOTTOM + 18}" text-anchor="end">{watch.total:,} {watch.unit}</text>',
        *line(lambda s: max(s.children_mb, default=0.0), "#c2410c", "largest child", 46),
        *line(lambda s: s.parent_mb, "#1f5fa8", "parent", 62),
    ]
