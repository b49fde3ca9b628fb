"""jusText's paragraphs without what nobody asks of them: their addresses as XPaths, and their texts anew each time."""

from __future__ import annotations

from typing import Any

from justext.core import ParagraphMaker
from justext.paragraph import Paragraph


class _Tags(list[str]):
    """The tags that a place stands in, outermost first, as jusText adds to them and asks for them."""

    xpath = dom = ""


class _Paragraph(Paragraph):  # type: ignore[misc]
    """A paragraph whose text and place are put together once, when they are asked for."""

    _whole: str | None = None

    def __init__(self, tags: _Tags) -> None:
        super().__init__(tags)
        self._tags = tuple(tags)

    @property
    def dom_path(self) -> str:
        return ".".join(self._tags)

    @dom_path.setter
    def dom_path(self, _: str) -> None:
        """What jusText would put together for each of them."""

    @property
    def text(self) -> str:
        if self._whole is None:
            self._whole = str(super().text)
        return self._whole

    def append_text(self, text: str) -> Any:
        self._whole = None
        return super().append_text(text)


class Maker(ParagraphMaker):  # type: ignore[misc]
    """jusText's maker of paragraphs, at half the price."""

    def __init__(self) -> None:
        self.path = _Tags()
        self.paragraphs: list[Paragraph] = []
        self.paragraph: Paragraph | None = None
        self.link = self.br = False
        self._start_new_pragraph()

    def _start_new_pragraph(self) -> None:
        if self.paragraph is not None and self.paragraph.contains_text() and self.paragraph.text:
            self.paragraphs.append(self.paragraph)
        self.paragraph = _Paragraph(self.path)
