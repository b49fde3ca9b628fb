"""Who publishers can write to: asked once on a terminal, told elsewhere, never somebody else."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from newsflow.local import contact
from newsflow.local.home import Home
from newsflow.local.terminal import Terminal
from newsflow.settings import Settings


@dataclass
class Person(Terminal):
    """A terminal with somebody at it, who gives these answers."""

    console: Console = field(default_factory=lambda: Console(file=io.StringIO()))
    answers: Iterator[str] = field(default_factory=lambda: iter(()))
    asked: int = 0

    def ask(self, question: str) -> str:
        """The next answer."""
        self.asked += 1
        return next(self.answers, "")

    @property
    def said(self) -> str:
        """What was printed."""
        assert isinstance(self.console.file, io.StringIO)
        return self.console.file.getvalue()


NOBODY = Settings(contact="")


def test_it_is_asked_for_once_and_kept_in_the_home(tmp_path: Path) -> None:
    home = Home(tmp_path).prepare()
    person = Person(answers=iter(["me", "desk@example.org"]))
    assert contact.asked(home, NOBODY, person).user_agent.endswith(" (+desk@example.org)")
    assert (person.asked, "neither a URL" in person.said) == (2, True)
    assert home.contact_file.stat().st_mode & 0o077 == 0
    again = Person()
    assert contact.asked(home, NOBODY, again).contact == contact.known(home, NOBODY).contact == "desk@example.org"
    assert again.asked == 0
    other = Settings(contact="https://other.example/")
    assert contact.asked(home, other, again).contact == "https://other.example/"


def test_without_a_terminal_it_is_said_and_requests_name_nobody(tmp_path: Path) -> None:
    shown = Terminal(Console(file=io.StringIO()))
    found = contact.asked(Home(tmp_path).prepare(), NOBODY, shown)
    assert "+" not in found.user_agent and found.user_agent.startswith("newsflow/")
    assert isinstance(shown.console.file, io.StringIO)
    assert "NEWSFLOW_CONTACT" in shown.console.file.getvalue()
    assert list(tmp_path.glob("contact*")) == []
