"""Who takes too much of the CPU: a publisher's share of an extract step. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict

# A page takes 0.05 to 0.2 CPU seconds; a publisher whose pages take more than a second each, and two minutes
# together, is cut: what is left of it is postponed to the next run.
DEAR_CPU_S, SHARE_CPU_S = 1.0, 120.0


class CpuShares:
    """What the pages of each publisher cost so far."""

    def __init__(self) -> None:
        self._given: Counter[int] = Counter()
        self._done: Counter[int] = Counter()
        self._cpu_s: defaultdict[int, float] = defaultdict(float)

    def give(self, publisher_id: int) -> bool:
        """Whether one more page of a publisher may be given out."""
        if self._used_up(publisher_id):
            return False
        self._given[publisher_id] += 1
        return True

    def note(self, publisher_id: int, cpu_s: float) -> None:
        """A page that was given out came back, and took so much."""
        self._done[publisher_id] += 1
        self._cpu_s[publisher_id] += cpu_s

    def _used_up(self, publisher_id: int) -> bool:
        done = self._done[publisher_id]
        if not done:
            return False
        # those under way are taken to cost what the others did
        mean = self._cpu_s[publisher_id] / done
        return mean > DEAR_CPU_S and mean * self._given[publisher_id] >= SHARE_CPU_S
