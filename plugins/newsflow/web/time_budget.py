"""How long a set of origins is visited, and who is too slow to be waited for: pure decisions."""

from __future__ import annotations

import math
from dataclasses import dataclass

from newsflow.web import pace
from newsflow.web.pace import Pace

# An origin is slow where it takes this much more than our own pause between two requests, and at least so many seconds.
SLOW_TIMES, SLOW_S = 3.0, 2.0


@dataclass(frozen=True, slots=True)
class TimeBudget:
    """Seconds by the clock for all origins of a set.

    The slow origins, by their Crawl-delay or by their answers, are waited for beyond the others for as long as
    the others took, and at least for `tail_s`: else one of them would hold everybody's news.

    :param most_s: in all.
    :param pause_s: our own pause between two requests to an origin, least and most.
    """

    most_s: float = math.inf
    tail_s: float = math.inf
    pause_s: tuple[float, float] = (0.0, 0.0)

    def slow(self, found: Pace) -> bool:
        """Whether an origin takes far longer than we would ask for."""
        least, most = self.pause_s
        return pace.delay_s(found, least=least, most=most) >= max(SLOW_S, SLOW_TIMES * least)

    def left_s(self, used_s: float, others_s: float) -> float:
        """Seconds that are left.

        :param used_s: since the set was begun.
        :param others_s: of them, while an origin that is not slow had jobs left.
        """
        return min(self.most_s, others_s + max(self.tail_s, others_s)) - used_s

    def is_up(self, used_s: float, others_s: float) -> bool:
        """Whether nothing more is to be asked."""
        return self.left_s(used_s, others_s) <= 0


NO_LIMIT = TimeBudget()
