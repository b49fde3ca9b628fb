"""Stories that a person should look at: very large ones, and ones that hang by a thread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from newsflow.dedupe.stories import Edge, Member, Story, components

LARGE = 50  # members
WEAK = 0.7  # containment below which an edge alone should not hold a story together


@dataclass(frozen=True, slots=True)
class Alarm:
    """What is odd about a story; `kind` is large or weak_chain."""

    story_id: int
    kind: str
    members: int
    detail: str


def alarms(stories: Iterable[Story], members: Mapping[int, Member], edges: Mapping[Edge, float]) -> list[Alarm]:
    """The alarms of these stories.

    :param edges: all edges of the members, with their containment.
    """
    strong = _by_page(edge for edge, containment in edges.items() if containment >= WEAK or not edge.joins)
    found = []
    for story in stories:
        size = len(story.members)
        if size > LARGE:
            found.append(Alarm(story.story_id, "large", size, f"{size} articles"))
        clumps = _clumps(story, members, strong) if size > 3 else []
        if len(clumps) > 1:
            detail = f"groups of {', '.join(map(str, clumps))} hang together by likeness under {WEAK:.0%}"
            found.append(Alarm(story.story_id, "weak_chain", size, detail))
    return found


def _clumps(story: Story, members: Mapping[int, Member], strong: Mapping[int, Sequence[Edge]]) -> list[int]:
    """Sizes of the groups into which a story falls without its weak edges, those of one apart."""
    own = {edge for page_id in story.members for edge in strong.get(page_id, ())}
    parts = components((members[page_id] for page_id in story.members), own)
    return sorted((len(part.members) for part in parts if len(part.members) > 1), reverse=True)


def _by_page(edges: Iterable[Edge]) -> dict[int, list[Edge]]:
    found: dict[int, list[Edge]] = {}
    for edge in edges:
        found.setdefault(edge.lo, []).append(edge)
        found.setdefault(edge.hi, []).append(edge)
    return found
