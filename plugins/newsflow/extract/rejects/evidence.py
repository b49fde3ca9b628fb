"""What a judgement of a page rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from newsflow.extract import phrase_lists
from newsflow.extract.body.placement import Paragraph
from newsflow.extract.page.blocks import Block
from newsflow.extract.page.metadata import PageMetadata, types
from newsflow.extract.page.signals import PageSignals
from newsflow.extract.rejects import vendor_walls
from newsflow.outcomes import Outcome
from newsflow.text.word_count import count_words

_SHOWN_BLOCKS = 300  # of a page without a body; walls are short
Verdict = tuple[Outcome, str]  # an outcome, and a detail for people


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a judgement rests on. `heads`: the title and the h1 texts; `blocks`: the whole page's lines.

    `own`: the body without the teasers of other articles, or all of it where it is a list of such. `dated`: it states a
    day as only articles do; `has_day`: one was found in any way; `signed`: so was an author.
    """

    url: str
    heads: Sequence[str]
    body: Sequence[Paragraph]
    blocks: Sequence[Block]
    page: PageMetadata
    signals: PageSignals
    dated: bool = False
    has_day: bool = False
    signed: bool = False
    asked: str = ""  # the address that was asked for, where that is known
    text: str = field(init=False, default="")
    words: int = field(init=False, default=0)
    stated: bool = field(init=False, default=False)
    own: Sequence[Paragraph] = field(init=False, default=())

    def __post_init__(self) -> None:
        text = "\n".join(p.text for p in self.body)
        own = [p for p in self.body if not (p.block and vendor_walls.is_teaser(p.block, self.blocks))]
        object.__setattr__(self, "text", text.casefold())
        object.__setattr__(self, "words", count_words(text))
        object.__setattr__(self, "own", own or self.body)
        object.__setattr__(self, "stated", _is_stated(self.page, dated=self.dated))

    def other_words(self, *lists: str) -> int:
        """Words of its own paragraphs that hold no phrase of these lists."""
        return sum(p.words for p in self.own if not any(phrase_lists.hits(name, p.text.casefold()) for name in lists))

    @property
    def prose(self) -> int:
        """Words of its own paragraphs that are running text beyond doubt."""
        return sum(p.words for p in self.own if vendor_walls.is_prose(p))

    @property
    def everything(self) -> str:
        """The page's text with its buttons, folded: for pages that have no body."""
        return f"{' '.join(block.text for block in self.blocks[:_SHOWN_BLOCKS])} {self.signals.buttons}".casefold()


def _is_stated(page: PageMetadata, *, dated: bool) -> bool:
    """Does the page say itself that it is an article? `og:type` alone is said of anything, walls included."""
    if any(name.endswith(("Article", "Posting")) for name in types(page.article)):
        return True
    return dated and page.first("og:type").casefold() == "article"
