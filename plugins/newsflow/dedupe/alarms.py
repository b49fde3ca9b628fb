"""Stories that a person should look at: very large ones, and ones that hang by a thread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    strong = [edge for edge, containment in edges.items() if containment >= WEAK or not edge.joins]
    found = []
    for story in stories:
        size = len(story.members)
        if size > LARGE:
            found.append(Alarm(story.story_id, "large", size, f"{size} articles"))
        parts = components((members[i] for i in story.members), strong) if size > 3 else []
        clumps = sorted((len(part.members) for part in parts if len(part.members) > 1), reverse=True)
        if len(clumps) > 1:
            detail = f"groups of {', '.join(map(str, clumps))} hang together by likeness under {WEAK:.0%}"
            found.append(Alarm(story.story_id, "weak_chain", size, detail))
    return found
