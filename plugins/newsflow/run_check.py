"""Was the run good? A pure judgement over its funnel and its steps; `check` is its gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from newsflow.outcomes import Blame, Kind, Outcome, Stage, where
from newsflow.text.counted import counted

PASSED = where(lambda it: it.goes_on)  # a page goes on to the next stage
LOADED = where(lambda it: it.stage is Stage.LOAD and it.kind is Kind.OK)  # a page is an article
ANSWERED = where(lambda it: it.kind is Kind.OK)
PUT_OFF = where(lambda it: it.kind is Kind.RETRY and it.blame is Blame.NOBODY)  # nobody was asked
FEEDS_FAILED = 0.5  # from this share of the asked feeds on, a run is not good
UNASKED = timedelta(days=1)  # the longest interval of a feed
AHEAD = timedelta(hours=1)  # a time further ahead is no time at which anything was done
LOST = where(lambda it: it.loses_capture)
MIN_SAMPLE = 20  # below this many pages a share says nothing


@dataclass(frozen=True, slots=True)
class FunnelStage:
    """One stage of a run's funnel; `open` pages have no outcome yet (zero when the run balances)."""

    stage: str
    taken: int
    outcomes: Mapping[str, int] = field(default_factory=dict)
    open: int = 0

    @property
    def passed(self) -> int:
        """Pages that went on to the next stage, or that load brought to the analysts."""
        return sum(self.outcomes.get(code, 0) for code in self._good)

    @property
    def left(self) -> Mapping[str, int]:
        """Pages that ended here, or wait to be tried again, by outcome."""
        return {code: pages for code, pages in self.outcomes.items() if code not in self._good}

    @property
    def _good(self) -> tuple[Outcome, ...]:
        return LOADED if self.stage == Stage.LOAD else PASSED

    @property
    def unchanged(self) -> int:
        """Pages whose article says the same already: extract ends them, and load those that changed meanwhile."""
        return self.outcomes.get(Outcome.UNCHANGED, 0)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check found: `problems` empty means a good run."""

    sentence: str
    problems: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the run may be published."""
        return not self.problems


def _unfinished(unfinished_steps: Sequence[str]) -> list[str]:
    return [f"step {name} did not finish" for name in unfinished_steps]


def _imbalance(stages: Sequence[FunnelStage]) -> list[str]:
    return [f"{s.open} of {s.taken} pages have no outcome of {s.stage}" for s in stages if s.open]


def _leaks(stages: Sequence[FunnelStage], entered: Mapping[str, int]) -> list[str]:
    """Pages in = pages passed by the stage before + pages that entered here."""
    found = []
    for before, after in pairwise(stages):
        expected = before.passed + entered.get(after.stage, 0)
        if after.taken != expected:
            found.append(f"{after.stage} took {after.taken} pages, {expected} were due")
    return found


def _yield(stages: Sequence[FunnelStage], min_loaded: float) -> list[str]:
    by_name = {s.stage: s for s in stages}
    extract, load = by_name.get("extract"), by_name.get("load")
    if not extract or extract.taken < MIN_SAMPLE:
        return []
    share = ((load.passed if load else 0) + extract.unchanged) / extract.taken
    if share >= min_loaded:
        return []
    return [f"only {share:.0%} of {extract.taken} captures became articles (limit {min_loaded:.0%})"]


def _lost(stages: Sequence[FunnelStage]) -> list[str]:
    pages = sum(stage.outcomes.get(code, 0) for stage in stages for code in LOST)
    if not pages:
        return []
    return [
        f"{counted(pages, 'capture')} lost or damaged in the archive, see newsflow archive verify; to be fetched again"
    ]


@dataclass(frozen=True, slots=True)
class Left:
    """What a nightly run left undone, as the tables have it at its end.

    `active` feeds of its selection, of which `due` ones were not asked, and `held` ones were taken in hand by a task
    that never asked them; `last_asked_at` is when anybody last asked one of them; `pages` wait between two stages, and
    no run works on them.
    """

    now: datetime
    active: int = 0
    due: int = 0
    last_asked_at: datetime | None = None
    pages: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True)
class _Asked:
    """The polls of a run: feeds asked, those of them that failed, and those whose origin wants a pause."""

    asked: int
    failed: int
    put_off: int

    @property
    def words(self) -> str:
        later = f", {self.put_off} put off" if self.put_off else ""
        if self.failed:
            return f"feeds: {self.asked} asked, {self.failed} failed{later}"
        return f"{counted(self.asked, 'feed')} asked{later}"


def _asked(polls: Mapping[str, int]) -> _Asked:
    put_off = sum(polls.get(code, 0) for code in PUT_OFF)
    asked = sum(polls.values()) - put_off
    return _Asked(asked, asked - sum(polls.get(code, 0) for code in ANSWERED), put_off)


def _failing(polls: Mapping[str, int]) -> list[str]:
    found = _asked(polls)
    if not found.failed or found.failed < FEEDS_FAILED * found.asked:
        return []
    return [_all_failed(found.asked) if found.failed == found.asked else found.words]


def _all_failed(feeds: int) -> str:
    return "the only feed asked failed" if feeds == 1 else f"all {feeds} feeds failed"


def _unasked(polls: Mapping[str, int], left: Left) -> list[str]:
    if left.due and not sum(polls.values()):
        return [f"no feed was asked, though {left.due} were due"]
    return unasked_since(left.active, left.last_asked_at, left.now)


def unasked_since(active: int, last_asked_at: datetime | None, now: datetime) -> list[str]:
    """That no feed was asked for a day, in words; empty where one was, or where there is none to ask.

    :param active: feeds that can be asked.
    """
    if not active:
        return []
    if last_asked_at is None:
        return ["no feed was ever asked"]
    if now - UNASKED <= last_asked_at <= now + AHEAD:
        return []
    return [f"no feed was asked since {last_asked_at:%a %d %b %Y %H:%M} UTC"]


def _left(polls: Mapping[str, int], left: Left | None) -> list[str]:
    if left is None:
        return []
    waiting = [f"no run works on {counted(left.pages, 'captured page')}"] if left.pages else []
    return [*waiting, *_held(left.held), *_unasked(polls, left)]


def _held(feeds: int) -> list[str]:
    return [f"{counted(feeds, 'feed')} not asked, as the task did not end, and due again"] if feeds else []


def judge_polls(asked: int, unfinished_steps: Sequence[str], held: int) -> Verdict:
    """Judge a run that only asks feeds: what they answer does not matter, but all that were taken in hand are asked.

    :param asked: polls of the run.
    :param held: feeds that were taken in hand and not asked.
    """
    problems = (*_unfinished(unfinished_steps), *_held(held))
    return Verdict(f"Not good: {'; '.join(problems)}." if problems else f"{counted(asked, 'feed')} asked", problems)


def judge(
    stages: Sequence[FunnelStage],
    *,
    entered: Mapping[str, int],
    polls: Mapping[str, int],
    unfinished_steps: Sequence[str],
    min_loaded: float,
    left: Left | None = None,
    also: Sequence[str] = (),
) -> Verdict:
    """Judge a run.

    :param stages: the funnel, in the order of the stages.
    :param entered: pages that came into the run at each stage.
    :param polls: polls of the run by outcome code.
    :param unfinished_steps: names of steps without an end.
    :param min_loaded: share of captures that must become articles, 0 to 1.
    :param left: what a nightly run left undone; None for runs that ask no feeds and take on no others' pages.
    :param also: what else was wrong, in words.
    """
    problems = [
        *_unfinished(unfinished_steps),
        *_imbalance(stages),
        *_leaks(stages, entered),
        *_lost(stages),
        *_failing(polls),
        *_left(polls, left),
        *_yield(stages, min_loaded),
        *also,
    ]
    return Verdict(_sentence(stages, polls, left, problems), tuple(problems))


def _sentence(
    stages: Sequence[FunnelStage], polls: Mapping[str, int], left: Left | None, problems: Sequence[str]
) -> str:
    if problems:
        return "Not good: " + "; ".join(problems) + "."
    load = next((s for s in stages if s.stage == "load"), FunnelStage("load", 0))
    new, revised = (load.outcomes.get(code, 0) for code in (Outcome.NEW, Outcome.REVISED))
    same = sum(stage.unchanged for stage in stages)
    feeds = "" if left is None and not polls else f"{_asked(polls).words}; "
    if left is not None and not left.active:
        feeds = "there is no active feed to ask; "
    return f"Good: {feeds}{counted(new, 'new article')}, {revised} revised, {same} unchanged."
