"""What a newsroom's eye would strike out of the engine's paragraphs, with the reason."""

from __future__ import annotations

from dataclasses import dataclass, replace

from newsflow.extract import vocabulary as v
from newsflow.extract.title import squeeze

_COMMENT_FORM = v.starts(v.COMMENT_FORM)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph and why it was cut ("" for kept)."""

    text: str
    cut: str = ""


def _is_title(text: str, titles: set[str]) -> bool:
    short = squeeze(text)
    return bool(short) and any(short == title for title in titles)


def cut_title(paragraphs: list[Paragraph], titles: set[str]) -> list[Paragraph]:
    """The title and its variants among the first paragraphs stand in the title field."""
    return [
        replace(p, cut="title") if not p.cut and i < 4 and _is_title(p.text, titles) else p
        for i, p in enumerate(paragraphs)
    ]


def cut_comments(paragraphs: list[Paragraph]) -> list[Paragraph]:
    """Comment forms, wherever they stand, and all that follows one in the second half."""
    found: list[Paragraph] = []
    ended = False
    for i, p in enumerate(paragraphs):
        form = len(p.text) < 250 and bool(_COMMENT_FORM.match(p.text))
        ended = ended or (form and i * 2 >= len(paragraphs))
        found.append(replace(p, cut="comment form") if (form or ended) and not p.cut else p)
    return found


def clean(lines: list[str], titles: list[str], site_lines: frozenset[int]) -> list[Paragraph]:
    """All rules, in order.

    :param titles: wordings of the headline, for the repeat at the top.
    :param site_lines: hashes of lines learned across the publisher's pages.
    """
    paragraphs = [Paragraph(line) for line in lines]
    paragraphs = cut_title(paragraphs, {squeeze(title) for title in titles if title})
    return cut_comments(paragraphs)
